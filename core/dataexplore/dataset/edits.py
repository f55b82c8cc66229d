"""Rows as a person edited them: all that is known of a dataset follows, its source stays as it is."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import orjson
import polars as pl
from numpy.typing import NDArray

from dataexplore.dataset.columns import MAX_FIELDS, PROMPT, RESPONSE, common_kind, fits_float, stacked
from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.framing import Reader, texts_of
from dataexplore.dataset.parse import Record
from dataexplore.dataset.parts import Columns, Held, Stored, Table, common_kinds, kinds_of
from dataexplore.dataset.piece import Piece, read_piece
from dataexplore.dataset.problems import Problems, merge
from dataexplore.dataset.schema import Schema
from dataexplore.dataset.scores import is_score_name, read_scores
from dataexplore.dataset.source import Source
from dataexplore.dataset.spans import Spans
from dataexplore.dataset.stretch import Stretch
from dataexplore.dataset.textflags import rows_of
from dataexplore.dataset.whole import is_looked_at, whole_problems
from dataexplore.errors import WorkspaceError

Rows = NDArray[np.int64]
Numbers = TypeVar("Numbers", np.int32, np.uint16)


def with_edits(dataset: Dataset, changes: Mapping[int, bytes | None]) -> Dataset:
    """Return the dataset with other bytes for some rows; None is a row as the source has it.

    Only these rows are read again. Problems that show in many rows alone (a repeated id, text among scores)
    are not looked for anew: an edited row keeps those that it had while its other fields stay as they are.
    """
    base = dataset.base or dataset
    now = {row: edit for row, edit in {**dataset.edits, **changes}.items() if edit is not None}
    if not now:
        return base
    changed = np.array(sorted(changes), np.int64)
    rows = [row for row in changed.tolist() if row in now]
    piece = _read(base, [now[row] for row in rows])
    at = np.array(rows, np.int64)
    schemas, codes = _schemas(dataset, base, changed, at, piece)
    return replace(
        dataset,
        schemas=schemas,
        codes=codes,
        table=_table(dataset, base, changed, now),
        tokens=_put(dataset.tokens, base.tokens, changed, at, piece.tokens),
        response_chars=_put(dataset.response_chars, base.response_chars, changed, at, piece.chars),
        problems=_problems(dataset, base, changed, at, piece, now),
        edits=now,
        base=base,
    )


@dataclass(frozen=True)
class Patched:
    """Columns of a part of the table in which some rows are edited."""

    rest: Columns
    schema: Schema
    places: Rows
    """Of the edited rows in the part."""
    edited: pl.DataFrame
    """The columns of these rows, both texts among them."""
    rows: int

    def read(self, names: Sequence[str] | None) -> pl.DataFrame:
        """Return some of the columns; one of another kind in the edited rows is of the kind of both."""
        found = self.rest.read(names)
        if not found.width:
            found = pl.DataFrame(height=self.rows)
        if names is None or PROMPT in names:
            prompts, responses = texts_of(found, self.schema)
            found = found.with_columns(prompts.alias(PROMPT), responses.alias(RESPONSE))
        order = np.arange(self.rows)
        order[self.places] = self.rows + np.arange(len(self.places))
        own = [name for name in self.edited.columns if names is None or name in names]
        columns = [self._column(name, found, order) for name in dict.fromkeys([*found.columns, *own])]
        return pl.DataFrame(columns) if columns else pl.DataFrame(height=self.rows)

    def _column(self, name: str, found: pl.DataFrame, order: Rows) -> pl.Series:
        sides = [
            frame[name] if name in frame.columns else pl.Series(name, [None] * frame.height, dtype=pl.Null)
            for frame in (found, self.edited)
        ]
        kind = sides[0].dtype
        if any(side.dtype != kind for side in sides):
            kind = common_kind([(side.dtype, fits_float(side)) for side in sides])
        # Joining and picking share the texts themselves; putting into place would copy all of them.
        return pl.concat([side.cast(kind) for side in sides], rechunk=True).gather(order)


def _read(base: Dataset, rows: Sequence[bytes]) -> Piece:
    """Read rows just as the rows of a file are read."""
    data = b"".join(row + b"\n" for row in rows)
    end = np.cumsum([len(row) + 1 for row in rows], dtype=np.int64) - 1
    start = end - np.array([len(row) for row in rows], np.int64)
    spans = Spans(start, end, np.arange(1, len(rows) + 1, dtype=np.int64))
    source = Source(base.path, data, 0, len(data), ())
    piece = read_piece(source, Reader(base.schema, None, base.mapped), Stretch(0, len(data), spans))
    if len(piece) < len(rows):
        raise WorkspaceError("an edit in the journal is no JSON object; restore workspace.db from a copy")
    return piece


def _table(dataset: Dataset, base: Dataset, changed: Rows, now: Mapping[int, bytes]) -> Table:
    first, stored = base.table.first, list(dataset.table.stored)
    edited = np.array(sorted(now), np.int64)
    for index in {bisect_right(first, row) - 1 for row in changed.tolist()}:
        here = edited[(edited >= first[index]) & (edited < first[index + 1])]
        old = base.table.stored[index]
        stored[index] = _patched(base, old, here - first[index], [now[row] for row in here.tolist()])
    return Table(base.schema, stored, MAX_FIELDS, _numbers(base, stored))


def _patched(base: Dataset, old: Stored, places: Rows, rows: Sequence[bytes]) -> Stored:
    if not rows:
        return old
    frame = _read(base, rows).frame
    prompts, responses = texts_of(frame, base.schema)
    edited = frame.with_columns(prompts.alias(PROMPT), responses.alias(RESPONSE))
    kinds = dict(old.kinds)
    for name, kind in kinds_of(edited).items():
        both = [kinds[name], kind] if name in kinds else [kind]
        kinds[name] = common_kind(both), all(fits for _, fits in both)
    return Stored(old.rows, kinds, Patched(old.columns, base.schema, places, edited, old.rows))


def _numbers(base: Dataset, stored: Sequence[Stored]) -> pl.DataFrame:
    """Return the columns of numbers; one that has text in an edited row is none of them any more."""
    names = [name for name, kind in common_kinds(stored).items() if kind.is_numeric()]
    patched = [
        (first, part.columns)
        for first, part in zip(base.table.first, stored, strict=False)
        if isinstance(part.columns, Patched)
    ]
    parts = [({one.name: one for one in columns.edited}, columns.edited.height) for _, columns in patched]
    places = np.concatenate([first + columns.places for first, columns in patched])
    there = [name for name in names if any(name in columns for columns, _ in parts)]
    numbers = Held(base.table.numbers)
    return Patched(numbers, base.schema, places, stacked(parts, there), len(base)).read(names)


def _put(
    now: NDArray[Numbers], before: NDArray[Numbers], changed: Rows, at: Rows, found: NDArray[Numbers]
) -> NDArray[Numbers]:
    numbers = now.copy()  # whoever holds the dataset of before still sees the old ones
    numbers[changed] = before[changed]
    numbers[at] = found
    return numbers


def _schemas(
    dataset: Dataset, base: Dataset, changed: Rows, at: Rows, piece: Piece
) -> tuple[tuple[Schema, ...], NDArray[np.uint16] | None]:
    if dataset.codes is None and not piece.others:
        return dataset.schemas, None
    schemas = list(dict.fromkeys([*dataset.schemas, *piece.others.values()]))
    none = np.zeros(len(base), np.uint16)
    found = np.array([schemas.index(piece.others.get(place, base.schema)) for place in range(len(at))])
    before = none if base.codes is None else base.codes
    now = none if dataset.codes is None else dataset.codes
    return tuple(schemas), _put(now, before, changed, at, found.astype(np.uint16))


def _problems(
    dataset: Dataset, base: Dataset, changed: Rows, at: Rows, piece: Piece, now: Mapping[int, bytes]
) -> Problems:
    others = {name: rows[~np.isin(rows, changed)] for name, rows in dataset.problems.items()}
    back = np.setdiff1d(changed, at)
    again = {name: rows[np.isin(rows, back)] for name, rows in base.problems.items()}
    found = {name: at[places] for name, places in piece.problems.items()}
    problems = merge([others, again, found, _in_columns(base, at, piece, now), _kept(base, at, piece)])
    return {name: rows for name, rows in problems.items() if len(rows)}


def _in_columns(base: Dataset, at: Rows, piece: Piece, now: Mapping[int, bytes]) -> Problems:
    """Return the problems that a file's columns are looked at for, as far as edited rows have them alone."""
    frame = piece.frame
    names = [one.name for one in frame if is_looked_at(one.name, one.dtype, base.schema)]

    def record(place: int) -> Record:
        found: Record = orjson.loads(now[int(at[place])])
        return found

    found = whole_problems(frame.get_column, names, base.schema, record)
    for name in names:
        if is_score_name(name) and frame[name].dtype == pl.String and _was_number(base, name):
            lost = rows_of(read_scores(frame[name]).is_null() & frame[name].is_not_null())
            found |= {f"{name} is unscored": lost} if len(lost) else {}
    return {name: at[places] for name, places in found.items() if not name.startswith("repeated ")}


def _was_number(base: Dataset, name: str) -> bool:
    return name in base.table.kinds and base.table.kinds[name].is_numeric()


def _kept(base: Dataset, at: Rows, piece: Piece) -> Problems:
    """Return the problems of edited rows that do not show in a row alone, or not any more."""
    had = {name: at[np.isin(at, rows)] for name, rows in base.problems.items()}
    if not any(map(len, had.values())):
        return {}
    original = _read(base, [base.raw(row) for row in at.tolist()])
    same = [
        row
        for place, row in enumerate(at.tolist())
        if _other_fields(original.frame, place, base.schema) == _other_fields(piece.frame, place, base.schema)
    ]
    kept: Problems = {}
    for name, rows in had.items():
        alone = at[original.problems.get(name, np.empty(0, np.int64))]
        stay = rows if name in base.source.flags else np.intersect1d(rows, same)
        kept[name] = np.setdiff1d(stay, alone)
    return kept


def _other_fields(frame: pl.DataFrame, place: int, schema: Schema) -> Record:
    hidden: Iterable[str] = (*schema.text_fields, PROMPT, RESPONSE)
    return {name: value for name, value in frame.row(place, named=True).items() if name not in hidden}
