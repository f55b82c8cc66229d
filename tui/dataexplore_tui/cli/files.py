"""The files that a command line names, with what goes for all of them."""

import re
from argparse import Action, ArgumentError, ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataexplore.dataset.naming import Named, resolve
from dataexplore.text import short
from dataexplore.workspace.location import CACHE, find_folder
from dataexplore_tui.cli.output import say
from dataexplore_tui.cli.progress import ProgressLine

if TYPE_CHECKING:
    from dataexplore.dataset.dataset import Dataset
    from dataexplore.dataset.opening import Head

_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([kmgt]?)(i?b)?", re.IGNORECASE)
_LEAST = 1024


@dataclass(frozen=True)
class Files:
    """What a person named as the dataset."""

    names: tuple[str, ...] = ()
    max_bytes: int | None = None
    roles: Mapping[str, str] = field(default_factory=dict)
    """Which field plays which role, where the names of fields do not tell."""

    def __str__(self) -> str:
        return short(" ".join(self.names), 200)


def add_names(parser: ArgumentParser, nargs: str) -> None:
    """Declare the names of files, and the options that go for all of them."""
    parser.add_argument(
        "file",
        metavar="FILE",
        nargs=nargs,
        action=_Names,
        default=Files(),
        help="the dataset, never written to: a file, several, 'a*.jsonl', a folder, - for what is piped in, "
        "ORG/NAME on the hub",
    )
    parser.add_argument(
        "--map",
        metavar="ROLE=FIELD",
        dest="file",
        action=_Role,
        default=Files(),
        help="say which field is the prompt, the response ...: --map prompt=question; may be repeated",
    )
    parser.add_argument(
        "--max-bytes",
        metavar="SIZE",
        dest="file",
        action=_Limit,
        type=size,
        default=Files(),
        help="the most that may be unpacked, piped in or downloaded, such as 2G",
    )


def find(files: Files) -> Named:
    """Find what the names stand for, with progress, and say what a person should know of it."""
    with ProgressLine() as progress:
        named = resolve(files.names, max_bytes=files.max_bytes, progress=progress.show)
    for note in named.notes:
        say(f"{named.shown}: {note}")
    return named


def open_files(files: Files) -> "tuple[Named, Head]":
    """Find the files and read their first rows."""
    from dataexplore.dataset import opening

    named = find(files)
    given: Any = named.source or (named.paths[0] if len(named.paths) == 1 else named.paths)
    options: dict[str, Any] = {"mapping": files.roles} if files.roles else {}
    if files.max_bytes is not None:
        options["max_bytes"] = files.max_bytes
    head = opening.open_head(given, **options)
    if head.source.path != named.path or named.origin:
        head = replace(head, source=replace(head.source, path=named.path, origin=named.origin))
    return named, head


def read_files(files: Files, workspace: Path | None = None) -> "Dataset":
    """Read a dataset whole, with progress, or what a workspace has cached of it."""
    from dataexplore.dataset.cache import CacheFolder
    from dataexplore.dataset.loading import load

    _, head = open_files(files)
    folder = find_folder(head.source.path, workspace)
    cache = CacheFolder(folder / CACHE, writable=False) if folder else None
    with ProgressLine("reading rows") as progress:
        return load(head, progress, cache=cache)


def size(text: str) -> int:
    """Return a number of bytes: 2G and 2GiB are 2 * 1024 ** 3, 2GB is 2 * 1000 ** 3."""
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise ArgumentTypeError(f"{short(text, 40)!r} is no size; say a number with K, M or G, such as 2G")
    number, unit, decimal = found[1], found[2].lower(), (found[3] or "").lower() == "b"
    bytes_ = int(float(number) * (1000 if decimal and unit else 1024) ** " kmgt".index(unit or " "))
    if bytes_ < _LEAST:
        raise ArgumentTypeError(f"{short(text, 40)!r} is too little, allow at least {_LEAST} bytes")
    return bytes_


class _Set(Action):
    """Sets one field of the files; all their options share one place in the namespace."""

    field = ""

    def value(self, files: Files, given: Any) -> Any:
        """Return what the field becomes."""
        return given

    def __call__(
        self,
        parser: ArgumentParser,
        namespace: Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        files: Files = namespace.file
        namespace.file = replace(files, **{self.field: self.value(files, values)})


class _Names(_Set):
    field = "names"

    def value(self, files: Files, given: Any) -> tuple[str, ...]:
        return tuple(given) if isinstance(given, list) else ()


class _Role(_Set):
    field = "roles"

    def value(self, files: Files, given: Any) -> dict[str, str]:
        role, equals, name = str(given).partition("=")
        if not (role and equals and name):
            raise ArgumentError(self, f"{short(str(given), 60)!r} is not ROLE=FIELD, as in prompt=question")
        if role in files.roles:
            raise ArgumentError(self, f"{short(role, 40)} is two fields; give one")
        return {**files.roles, role: name}


class _Limit(_Set):
    field = "max_bytes"
