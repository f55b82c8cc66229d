"""Writes rows as they were asked for: converted, split, with a card and a trainer's configuration."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
import orjson
from numpy.typing import NDArray

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.keys import key_text
from dataexplore.dataset.schema import same_kind
from dataexplore.duplicates.groups import Groups
from dataexplore.errors import ExportError
from dataexplore.selection.beside import beside, refuse, refuse_existing
from dataexplore.selection.card import CardFacts, Known, Output, card, mark_of
from dataexplore.selection.configs import Layout, config
from dataexplore.selection.convert.conversion import Conversion, Converted, Progress
from dataexplore.selection.convert.report import Report
from dataexplore.selection.copying import on_one_line
from dataexplore.selection.files import FileSet
from dataexplore.selection.formats import (
    Format,
    converted_format,
    format_of,
    with_word,
    write_as,
    write_records,
)
from dataexplore.selection.split import Split, validation
from dataexplore.selection.unchanged import Unchanged
from dataexplore.text import short

Rows = NDArray[np.int64]
_SIDES = ("train", "validation")


@dataclass(frozen=True)
class Wishes:
    """What a person asked for beyond the rows themselves."""

    conversion: Conversion | None = None
    skip_unfit: bool = False
    """Whether rows that the target cannot hold are left out, and listed beside."""
    split: Split | None = None
    card: bool = False
    config: str = ""
    """A trainer by name."""
    overwrite: bool = True
    """Whether a file of rows that is there already is replaced."""


@dataclass(frozen=True)
class Around:
    """What goes into a card."""

    counts: dict[str, int] = field(default_factory=dict)
    known: Known = field(default_factory=Known)
    recipe: bytes = b""


@dataclass(frozen=True)
class Written:
    """What was written."""

    outputs: tuple[Output, ...]
    report: Report | None = None
    unfit_out: Path | None = None
    card_out: Path | None = None
    config_out: Path | None = None
    config_use: str = ""


class Writer:
    """Writes one set of rows; everything that can be refused is refused before a byte is written."""

    def __init__(
        self,
        dataset: Dataset,
        rows: Rows,
        out: Path,
        wishes: Wishes,
        groups: Groups | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._dataset, self._out, self._wishes = dataset, out, wishes
        asked = wishes.conversion
        self._form = converted_format(dataset, out) if asked else format_of(dataset, out)
        refuse(dataset, out)
        if not wishes.overwrite:
            for path in (out,) if wishes.split is None else (with_word(out, one) for one in _SIDES):
                refuse(dataset, path)
                refuse_existing(path)
        self.converted = Converted(dataset, rows, asked, progress) if asked else None
        self.rows = rows
        """The rows that are written."""
        if self.converted is not None:
            self.rows = self.converted.rows
            if len(self.converted.unfit) and not wishes.skip_unfit:
                raise ExportError(
                    f"{short(str(out), 200)}: not written: {self.converted.report.sentence}; --skip-unfit "
                    "leaves them out and lists them"
                )
        self._parts = {"train": self.rows}
        self._paths = {"train": out}
        if wishes.split is not None:
            side = validation(dataset, self.rows, wishes.split, groups)
            self._parts = dict(zip(_SIDES, (self.rows[~side], self.rows[side]), strict=True))
            self._paths = {split: with_word(out, split) for split in self._parts}
            for path in self._paths.values():
                refuse(dataset, path)
        self._config = config(wishes.config, self._layout(), self._paths) if wishes.config else None

    @property
    def out(self) -> Path:
        """The file of rows, or that of the rows to train on."""
        return self._paths["train"]

    @property
    def format(self) -> Format:
        """What the files of rows are."""
        return self._form

    def write(self, files: FileSet, unchanged: Unchanged, around: Around) -> Written:
        """Write everything into a set of files, the rows to train on last."""
        dataset, out = self._dataset, self._out
        report = self.converted.report if self.converted else None
        unfit_out = card_out = config_out = None
        if self._wishes.skip_unfit and self.converted is not None:
            listed = out.with_name(f"{out.name}.unfit.jsonl")
            refuse(dataset, listed)
            # One of an earlier export must not stand beside rows that it is not about.
            unfit_out = listed if len(self.converted.unfit) or listed.exists() else None
        if unfit_out is not None and self.converted is not None:
            with files.open(unfit_out) as file:
                for row in self.converted.unfit.tolist():
                    file.write(_unfit_line(dataset, row, self.converted.reasons(row)))
        if self._config is not None:
            config_out = beside(dataset, out, self._config.name, self._config.may_replace)
            with files.open(config_out) as file:
                file.write(self._config.content)
        for split in reversed(self._parts):
            with files.open(self._paths[split], last=True) as file:
                self._write_rows(self._parts[split], file, self._paths[split])
                unchanged.again()  # rows of a large file are read from disk only now
        outputs = tuple(
            Output(split, path, len(self._parts[split]), files.sha256(path) if self._wishes.card else "")
            for split, path in self._paths.items()
        )
        if self._wishes.card:
            mark = mark_of(out)
            card_out = beside(dataset, out, "README.md", lambda head: mark.encode() in head)
            facts = CardFacts(
                around.counts, outputs, around.known, around.recipe, self._kind, self._notes(unfit_out)
            )
            with files.open(card_out) as file:
                file.write(card(dataset, facts, mark))
        use = self._config.use if self._config else ""
        return Written(outputs, report, unfit_out, card_out, config_out, use)

    def _write_rows(self, rows: Rows, file: BinaryIO, path: Path) -> None:
        converted = self.converted
        if converted is None:
            write_as(self._dataset, rows, file, path)
        else:
            lines = converted.lines(rows)
            write_records(lambda: converted.records(rows), lines, file, self._form, path)

    @property
    def _kind(self) -> str:
        return self.converted.schema.kind if self.converted else self._dataset.schema.kind

    def _notes(self, unfit_out: Path | None) -> list[str]:
        """Return in sentences how the rows differ from those of the source."""
        notes = []
        edited = edited_among(self._dataset, self.rows)
        if edited:
            notes.append(f"rows edited by hand: {edited:,}")
        if self.converted is None:
            each = "each other row" if edited else "each row"
            notes.append(f"{each} has the fields and values of the source")
        else:
            report = self.converted.report
            notes += [f"{one.words}: {one.rows:,} rows" for one in report.notes.values()]
            if unfit_out is not None:
                notes.append(f"{report.unfit:,} rows that {report.target} cannot hold were left out")
        split = self._wishes.split
        if split is not None:
            alike = "with the same prompt"
            if split.similar is not None:
                alike = f"with prompts of a similarity of {split.similar:g} or more"
            share = f"{split.share:g} of the rows, seed {split.seed}"
            notes.append(f"validation set: {share}; rows {alike} are on one side")
        return notes

    def _layout(self) -> Layout:
        """Return how the rows are laid out; raise ExportError when they are not all alike."""
        form = self._form
        if self.converted is not None:
            as_messages = self.converted.needs.as_messages
            return Layout(self.converted.schema, as_messages, form.shape, bool(form.packed))
        schema = self._dataset.schema
        for row in self.rows.tolist():
            if not same_kind(schema, self._dataset.schema_of(row)):
                raise ExportError(
                    f"row {row + 1:,} is of another schema than most, which one configuration cannot say; "
                    "convert all rows with --to"
                )
        return Layout(schema, False, form.shape, bool(form.packed))


def edited_among(dataset: Dataset, rows: Rows) -> int:
    """Return how many of some rows are not as the source has them."""
    return int(np.isin(list(dataset.edits), rows).sum()) if dataset.edits else 0


def preview(dataset: Dataset, rows: Rows, asked: Conversion, progress: Progress | None = None) -> Report:
    """Return what a conversion would do, without writing anything."""
    return Converted(dataset, rows, asked, progress).report


def _unfit_line(dataset: Dataset, row: int, reasons: list[str]) -> bytes:
    note = {"row": row, "key": key_text(int(dataset.keys[row])), "reasons": reasons}
    return orjson.dumps(note)[:-1] + b',"record":' + on_one_line(dataset.raw(row)) + b"}\n"
