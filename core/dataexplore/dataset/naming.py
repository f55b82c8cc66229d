"""Finds what a person names: files, patterns, folders, standard input, datasets on the hub."""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dataexplore.errors import InputRefusedError
from dataexplore.text import short

if TYPE_CHECKING:  # naming a file that is there needs none of it
    from dataexplore.dataset.source import Source

Say = Callable[[str], None]

PIPED = "-"
_WILD = re.compile(r"[*?\[]")
_DATA = re.compile(r"\.(jsonl?|ndjson|csv|tsv|parquet|arrow)(\.[a-z0-9]+)?$", re.IGNORECASE)
_WEB = re.compile(r"https?://")
_MOST = 10_000
"""More files at once are a mistake: a process may not open so many."""


@dataclass(frozen=True)
class Named:
    """What was named, found."""

    paths: tuple[Path, ...]
    """The files in the order in which they are read; none for what was piped in."""
    path: Path
    """Under what name decisions on it are kept: its own path for one file, else one that no file has."""
    shown: str
    """How it is called in messages."""
    origin: str = ""
    """Where it came from, if not from a file here: stdin, or hf://datasets/ORG/NAME@COMMIT."""
    source: "Source | None" = None
    """What was piped in."""
    notes: tuple[str, ...] = ()
    """What a person should know of how the names were taken, a sentence each."""


def resolve(names: Sequence[str], *, max_bytes: int | None = None, progress: Say | None = None) -> Named:
    """Return the files that the names stand for; a path that is not there is left for its opening to refuse.

    `max_bytes` is the most that may be piped in or downloaded. Raises InputRefusedError for names that stand
    for nothing, or for more than one dataset.
    """
    if not names:
        raise InputRefusedError("no file is named")
    if PIPED in names:
        return _piped(names, max_bytes, progress)
    found = [_found(name, max_bytes, progress) for name in names]
    paths, notes = _once([path for one in found for path in one.paths])
    notes = [*(note for one in found for note in one.notes), *notes]
    if len(found) == 1:
        one = found[0]
        return Named(paths, one.path, one.shown, one.origin, notes=tuple(notes))
    if len(paths) == 1:
        return Named(paths, paths[0], found[0].shown, found[0].origin, notes=tuple(notes))
    if len(paths) > _MOST:
        raise InputRefusedError(f"{len(paths):,} files are more than {_MOST:,}; join them first")
    from dataexplore.dataset.several import joined_path

    origins = {one.origin for one in found}
    origin = ", ".join(sorted(origins)) if all(origins) else ""
    return Named(paths, joined_path(paths), _list(paths), origin, notes=tuple(notes))


def is_local(name: str) -> bool:
    """Tell whether a file or folder of this name is there."""
    return os.path.lexists(name) if "\0" not in name else False


def _piped(names: Sequence[str], max_bytes: int | None, progress: Say | None) -> Named:
    if len(names) > 1:
        raise InputRefusedError(f"{PIPED}: what is piped in is read alone; name no other files with it")
    from dataexplore.dataset.stdin import STDIN, open_stdin

    source = open_stdin(max_bytes, progress)
    return Named((), source.path, STDIN, STDIN, source)


def _found(name: str, max_bytes: int | None, progress: Say | None) -> Named:
    path = Path(name)
    if is_local(name):
        return _folder(path) if path.is_dir() else Named((path,), path, short(name, 200))
    if _WEB.match(name):
        raise InputRefusedError(
            f"{short(name, 200)}: is a web address; download it, or say ORG/NAME for a dataset on the hub"
        )
    from dataexplore.dataset.address import SCHEME, address_of

    full = name.startswith(SCHEME)
    address = address_of(name) if full or not _like_a_path(name) else None
    if address is not None:
        from dataexplore.dataset.hub import fetch

        try:
            fetched = fetch(address, max_bytes, progress)
        except InputRefusedError as error:
            raise (
                error if full else InputRefusedError(f"{error}; no file here has this name either")
            ) from None
        return Named(
            fetched.paths, Path(fetched.name), short(str(address), 200), fetched.origin, notes=fetched.notes
        )
    if _WILD.search(name) and "\0" not in name:
        return _matching(name)
    if not _DATA.search(name) and address_of(name) is not None:
        raise InputRefusedError(
            f"{short(name, 200)}: no such file; for the dataset of this name on the hub say "
            f"{SCHEME}datasets/{short(name, 100)}"
        )
    return Named((path,), path, short(name, 200))


def _like_a_path(name: str) -> bool:
    """Tell whether this is more likely a file's name that is wrong: such must not reach the network."""
    plain = name.partition("@")[0]
    folder = plain.partition("/")[0]
    return ("@" not in name and bool(_DATA.search(name) or _WILD.search(name))) or Path(folder).is_dir()


def _matching(pattern: str) -> Named:
    from glob import glob

    found = sorted(Path(name) for name in glob(str(Path(pattern).expanduser()), recursive=True))  # noqa: PTH207 # patterns may be absolute
    files = [path for path in found if path.is_file()] or found
    shown = short(pattern, 200)
    if not files:
        raise InputRefusedError(f"{shown}: no such file, and nothing here fits the pattern")
    if len(files) > _MOST:
        raise InputRefusedError(f"{shown}: fits {len(files):,} files, more than {_MOST:,}; join them first")
    if len(files) == 1:
        return _folder(files[0]) if files[0].is_dir() else Named((files[0],), files[0], shown)
    from dataexplore.dataset.several import joined_path

    return Named(tuple(files), joined_path(files), shown)


def _folder(path: Path) -> Named:
    from dataexplore.dataset.folder import files_in

    files, shown = files_in(path), short(str(path), 200)
    named = path if path.name and path.name != ".." else path.resolve()
    if not files:
        return Named((path,), named, shown)
    return Named(tuple(files), files[0] if len(files) == 1 else named, shown)


def _once(paths: Sequence[Path]) -> tuple[tuple[Path, ...], list[str]]:
    """Return each file once, and a note for those that were named again."""
    first: dict[str, Path] = {}
    again: list[Path] = []
    for path in paths:
        real = os.path.realpath(path) if "\0" not in str(path) else str(path)
        if real in first:
            again.append(path)
        first.setdefault(real, path)
    each = ", ".join(short(str(path), 60) for path in again[:5]) + " ..." * (len(again) > 5)
    notes = [f"named more than once and read once: {each}"] if again else []
    return tuple(first.values()), notes


def _list(paths: Sequence[Path]) -> str:
    each = ", ".join(short(path.name, 40) for path in paths[:3])
    return f"{each} and {len(paths) - 3:,} more" if len(paths) > 3 else each
