"""Writes the kept rows byte for byte, or converted, and beside them why each other row was dropped."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.keys import key_text
from dataexplore.duplicates.groups import Groups
from dataexplore.journal.decision import DROP, KEEP, UNDECIDED, Decisions
from dataexplore.journal.journal import Entry
from dataexplore.selection.beside import made, reasons_and_recipe, refuse, refuse_existing
from dataexplore.selection.card import Known
from dataexplore.selection.convert.conversion import Progress
from dataexplore.selection.copying import on_one_line
from dataexplore.selection.files import FileSet
from dataexplore.selection.formats import own_name, write_as
from dataexplore.selection.reasons import reason_of
from dataexplore.selection.unchanged import Unchanged
from dataexplore.selection.writing import Around, Wishes, Writer, Written, edited_among

Why = Callable[[int], Entry | None]
"""Returns the journal entry that decided a row."""

AS_THEY_ARE = Wishes()


@dataclass(frozen=True)
class Exported:
    """What was written; kept + dropped + undecided + unreadable is every line of the source."""

    kept: int
    dropped: int
    undecided: int
    unreadable: int
    rows: int
    """Rows in `out`, those for validation included."""
    out: Path
    """The rows, or those of them to train on."""
    dropped_out: Path
    recipe_out: Path
    format: str
    """What `out` is: jsonl, gzip jsonl, json array, csv, parquet ..."""
    written: Written
    notice: str = ""
    """What the person should know of the source."""
    edited: int = 0
    """Of `rows`, those that are not as the source has them."""


@dataclass(frozen=True)
class WrittenOut:
    """What a conversion of all rows wrote."""

    rows: int
    unreadable: int
    out: Path
    format: str
    written: Written
    notice: str = ""
    edited: int = 0
    """Of `rows`, those that are not as the source has them."""


def export(
    dataset: Dataset,
    decisions: Decisions,
    why: Why,
    recipe: bytes,
    out: Path,
    *,
    only_kept: bool = False,
    wishes: Wishes = AS_THEY_ARE,
    known: Known = Known(),  # noqa: B008 # frozen
    groups: Groups | None = None,
    progress: Progress | None = None,
) -> Exported:
    """Write the rows not dropped (or only the kept ones), `dropped.jsonl` and `recipe.toml` beside them.

    Each file is old or complete, never half, and those of another export in the folder are left alone.
    Raises ExportError, with nothing written, when a row differs from what was decided on, when the target
    cannot hold a row, or when `out` is the source.
    """
    out = _target(dataset, out)
    rows = leaving(decisions, only_kept)
    dropped = np.flatnonzero(decisions == DROP)
    refuse(dataset, out)
    dropped_out, recipe_out = reasons_and_recipe(dataset, out)
    unchanged = Unchanged(dataset, rows, dropped)
    writer = Writer(dataset, rows, out, wishes, groups, progress)
    recipe = made(out) + recipe
    keep, drop, undecided = (int(np.count_nonzero(decisions == one)) for one in (KEEP, DROP, UNDECIDED))
    unreadable = len(dataset.unreadable)
    counts = {"kept": keep, "dropped": drop, "undecided": undecided, "unreadable": unreadable}
    with FileSet() as files:
        with files.open(dropped_out) as file:
            for row in dropped.tolist():
                file.write(_dropped_line(dataset, row, why(row)))
        with files.open(recipe_out) as file:
            file.write(recipe)
        written = writer.write(files, unchanged, Around(counts, known, recipe))
    return Exported(
        keep,
        drop,
        undecided,
        unreadable,
        len(writer.rows),
        writer.out,
        dropped_out,
        recipe_out,
        str(writer.format),
        written,
        unchanged.notice,
        edited_among(dataset, writer.rows),
    )


def leaving(decisions: Decisions, only_kept: bool = False) -> NDArray[np.int64]:
    """Return the rows not dropped, or only the kept ones."""
    return np.flatnonzero(decisions == KEEP if only_kept else decisions != DROP)


def export_all(
    dataset: Dataset,
    out: Path,
    wishes: Wishes,
    groups: Groups | None = None,
    progress: Progress | None = None,
) -> WrittenOut:
    """Write all rows, whatever was decided on them; raise ExportError as `export` does."""
    out = _target(dataset, out)
    rows = np.arange(len(dataset))
    unchanged = Unchanged(dataset, rows)
    writer = Writer(dataset, rows, out, wishes, groups, progress)
    unreadable = len(dataset.unreadable)
    with FileSet() as files:
        written = writer.write(files, unchanged, Around({"rows": len(rows), "unreadable": unreadable}))
    return WrittenOut(
        len(writer.rows),
        unreadable,
        writer.out,
        str(writer.format),
        written,
        unchanged.notice,
        edited_among(dataset, writer.rows),
    )


def write_rows(dataset: Dataset, rows: NDArray[np.int64], out: Path, *, overwrite: bool = True) -> None:
    """Copy rows in source order, in the source's own bytes; OUT ending in .csv or .parquet converts them.

    Raises ExportError for rows that such a table cannot hold, and where OUT is there and may not be replaced.
    """
    refuse(dataset, out)
    if not overwrite:
        refuse_existing(out)
    unchanged = Unchanged(dataset, rows)
    with FileSet() as files, files.open(out) as file:
        write_as(dataset, rows, file, out)
        unchanged.again()  # rows of a large file are read from disk only now


def _target(dataset: Dataset, out: Path) -> Path:
    return out / own_name(dataset) if out.is_dir() else out


def _dropped_line(dataset: Dataset, row: int, entry: Entry | None) -> bytes:
    note = {
        "row": row,
        "key": key_text(int(dataset.keys[row])),
        "reason": reason_of(entry, DROP) if entry else "",
        "by": "hand" if entry and entry.act.hand else "rule",
        "rule": entry.act.rule if entry else None,
    }
    line = orjson.dumps(note)[:-1] + b',"record":' + on_one_line(dataset.raw(row))
    if row in dataset.edits:
        line += b',"original":' + on_one_line(dataset.original(row))
    return line + b"}\n"
