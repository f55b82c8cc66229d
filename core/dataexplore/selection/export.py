"""Writes the kept rows byte for byte, and beside them why each other row was dropped."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import orjson

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.keys import key_text
from dataexplore.errors import ExportError
from dataexplore.journal.decision import DROP, KEEP, UNDECIDED, Decisions
from dataexplore.journal.journal import Entry
from dataexplore.selection.formats import format_of, own_name, write_as
from dataexplore.selection.reasons import reason_of
from dataexplore.text import short, visible

Why = Callable[[int], Entry | None]
"""Returns the journal entry that decided a row."""


@dataclass(frozen=True)
class Exported:
    """What was written; kept + dropped + undecided + unreadable is every line of the source."""

    kept: int
    dropped: int
    undecided: int
    unreadable: int
    rows: int
    """Rows in `out`."""
    out: Path
    dropped_out: Path
    recipe_out: Path
    format: str = "jsonl"
    """What `out` is: jsonl, gzip jsonl, json array, csv, parquet ..."""


def export(
    dataset: Dataset, decisions: Decisions, why: Why, recipe: bytes, out: Path, *, only_kept: bool = False
) -> Exported:
    """Write the rows not dropped (or only the kept ones), `dropped.jsonl` and `recipe.toml` beside them.

    Each file is old or complete, never half, and those of another export in the folder are left alone.
    Raises ExportError when the source has changed or is `out`.
    """
    out = _target(dataset, out)
    _check_source(dataset)
    wanted = decisions == KEEP if only_kept else decisions != DROP
    rows = np.flatnonzero(wanted)
    dropped_out, recipe_out = _beside(out)
    for beside in (dropped_out, recipe_out):
        if out.name == beside.name:
            raise ExportError(
                f"{short(str(out), 200)}: this name is for what goes beside the rows; choose another"
            )
        _refuse_overwriting(dataset, beside)
    write_rows(dataset, rows, out)
    with replacing(dropped_out) as file:
        for row in np.flatnonzero(decisions == DROP).tolist():
            file.write(_dropped_line(dataset, row, why(row)))
    with replacing(recipe_out) as file:
        file.write(_made(out) + recipe)
    keep, drop, undecided = (int(np.count_nonzero(decisions == one)) for one in (KEEP, DROP, UNDECIDED))
    unreadable = len(dataset.unreadable)
    format_ = str(format_of(dataset, out))
    return Exported(keep, drop, undecided, unreadable, len(rows), out, dropped_out, recipe_out, format_)


def write_rows(dataset: Dataset, rows: np.ndarray[tuple[int], np.dtype[np.int64]], out: Path) -> None:
    """Copy rows in source order, in the source's own bytes; OUT ending in .csv or .parquet converts them.

    Raises ExportError for rows that such a table cannot hold.
    """
    _refuse_overwriting(dataset, out)
    with replacing(out) as file:
        write_as(dataset, rows.tolist(), file, out)
        _check_source(dataset)  # rows of a large file are read from disk only now


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes the place of `path` only when it was written whole."""
    try:
        if path.exists() and not path.is_file():
            raise ExportError(f"{short(str(path), 200)}: is not a regular file; write to another name")
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}-")
    except OSError as error:
        raise ExportError(_failure(path, error)) from None
    try:
        with os.fdopen(descriptor, "wb", buffering=1 << 20) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        mode = 0o666 & ~_umask()
        Path(name).chmod(mode)
        Path(name).replace(path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise ExportError(_failure(path, error)) from None
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _target(dataset: Dataset, out: Path) -> Path:
    return out / own_name(dataset) if out.is_dir() else out


def _beside(out: Path) -> tuple[Path, Path]:
    """Return where reasons and recipe go: names of their own when the folder has those of another export."""
    dropped, recipe = out.parent / "dropped.jsonl", out.parent / "recipe.toml"
    try:
        with recipe.open("rb") as file:
            free = file.readline() == _made(out)
    except FileNotFoundError:
        free = not dropped.exists()
    except OSError:
        free = False
    if free or out.name in (dropped.name, recipe.name):
        return dropped, recipe
    return out.with_name(f"{out.name}.dropped.jsonl"), out.with_name(f"{out.name}.recipe.toml")


def _made(out: Path) -> bytes:
    return f"# made {visible(out.name)}\n".encode()


def _refuse_overwriting(dataset: Dataset, path: Path) -> None:
    same = any(_same(path, own) for own in (dataset.path, *(stamp.path for stamp in dataset.source.stamps)))
    if same:
        raise ExportError(f"{short(str(path), 200)}: is the dataset itself; write to another name")


def _same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:  # one of them is not there
        return False


def _check_source(dataset: Dataset) -> None:
    if dataset.source.changed():
        raise ExportError(
            f"{short(str(dataset.path), 200)}: has changed since it was opened; open it again first"
        )


def _dropped_line(dataset: Dataset, row: int, entry: Entry | None) -> bytes:
    note = {
        "row": row,
        "key": key_text(int(dataset.keys[row])),
        "reason": reason_of(entry, DROP) if entry else "",
        "by": "hand" if entry and entry.act.hand else "rule",
        "rule": entry.act.rule if entry else None,
    }
    # JSON has no raw line end inside a string, so a line end in a row's bytes only separates its parts.
    raw = dataset.raw(row).replace(b"\r", b" ").replace(b"\n", b" ")
    return orjson.dumps(note)[:-1] + b',"record":' + raw + b"}\n"


def _failure(path: Path, error: OSError) -> str:
    reason = (error.strerror or "failed").lower()
    return f"{short(str(path), 200)}: not written ({reason}); what was there before is untouched"


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
