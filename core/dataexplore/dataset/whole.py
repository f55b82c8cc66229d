"""Problems that show only when all rows of a column are seen: repeated ids, scores as text, huge numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dataexplore.dataset.flags import OUT_OF_RANGE, is_out_of_range
from dataexplore.dataset.parse import Record
from dataexplore.dataset.schema import Schema
from dataexplore.dataset.scores import NUMBER, is_score_name, scores_in
from dataexplore.dataset.textflags import rows_of
from dataexplore.dataset.turns import same_value, value_text

Rows = NDArray[np.int64]

_IDS = frozenset({"id", "_id", "__id", "uid", "uuid", "guid", "sample_id", "example_id"})
_EXACT = 2.0**63
_LOOKED_AT = 100_000
"""Rows of a column that are looked at one by one, to tell 1 from "1" and null from nothing."""
_SAMPLE = 1000


def whole_problems(
    column: Callable[[str], pl.Series | None],
    names: Sequence[str],
    schema: Schema,
    record: Callable[[int], Record] | None = None,
) -> dict[str, Rows]:
    """Return rows by problem, from whole columns: `column` gives one by its name, None where there is none.

    Fields that are read and trained on are not looked at. A column of several types is text, so `record`
    is asked what a row holds; without it, numbers that may have been text are not flagged.
    """
    found: dict[str, Rows] = {}
    wide: list[Rows] = []
    for name in names:
        values = None if name in schema.text_fields else column(name)
        if values is None:
            continue
        if values.dtype == pl.Float64:
            wide.append(rows_of(values.abs() >= _EXACT))
        if name.lower() in _IDS:
            _put(found, f"repeated {name}", repeated(name, values, record))
            _put(found, f"null {name}", without(name, values, record))
        else:
            for problem, rows in text_scores(name, values, record).items():
                _put(found, problem, rows)
    if wide:
        _put(found, OUT_OF_RANGE, np.unique(np.concatenate(wide)))
    return found


def is_looked_at(name: str, kind: pl.DataType, schema: Schema) -> bool:
    """Tell whether `whole_problems` needs a column at all: of a large file most are not worth the reading."""
    if name in schema.text_fields:
        return False
    return kind == pl.Float64 or name.lower() in _IDS or (kind == pl.String and is_score_name(name))


def repeated(name: str, values: pl.Series, record: Callable[[int], Record] | None = None) -> Rows:
    """Return all rows whose id a different row has, too: 1 and 1.0 are the same id, "1" is another.

    Copies of one row are duplicates, and no fault of their id; without `record` they are not told apart.
    """
    if values.dtype.is_integer() and not values.null_count() and _all_differ(values):
        return np.empty(0, np.int64)
    twice = values.is_duplicated() & values.is_not_null()
    if record is None:
        return rows_of(twice)
    if values.dtype == pl.String:
        numbers = values.str.contains(NUMBER).fill_null(False)
        if not _all_text(name, rows_of(numbers)[:_SAMPLE], record):  # 1.0 and 1 differ as text
            twice |= numbers
    at = rows_of(twice)
    seen: dict[tuple[bool, object], _Same] = {}
    for row in at[:_LOOKED_AT].tolist():
        fields = record(row)
        value = fields.get(name)
        if is_out_of_range(value):  # numbers that differ may be read as one
            continue
        if not isinstance(value, str | int | float):
            value = value_text(value)
        same = seen.setdefault((isinstance(value, bool), value), _Same(fields, []))
        same.rows.append(row)
        same.differ = same.differ or not same_value(fields, same.first)
    found = [row for same in seen.values() if same.differ for row in same.rows]
    return np.union1d(np.array(found, np.int64), at[_LOOKED_AT:])


def without(name: str, values: pl.Series, record: Callable[[int], Record] | None = None) -> Rows:
    """Return the rows whose id is there and null."""
    at = rows_of(values.is_null())[:_LOOKED_AT] if record is not None else np.empty(0, np.int64)
    return np.array([row for row in at.tolist() if record is not None and name in record(row)], np.int64)


def text_scores(
    name: str, values: pl.Series, record: Callable[[int], Record] | None = None
) -> dict[str, Rows]:
    """Return the rows of a column of scores that hold text: read as a number, or unscored."""
    scores = scores_in(name, values)
    if scores is None:
        return {}
    found = {f"{name} is unscored": rows_of(scores.is_null() & values.is_not_null())}
    if record is not None:
        at = rows_of(scores.is_not_null())
        if len(at) <= _SAMPLE or not _all_text(name, at[:_SAMPLE], record):
            at = at[:_LOOKED_AT]
            at = at[np.array([isinstance(record(row).get(name), str) for row in at.tolist()], bool)]
        found[f"{name} is text"] = at
    return {problem: rows for problem, rows in found.items() if len(rows)}


def _all_text(name: str, rows: Rows, record: Callable[[int], Record]) -> bool:
    return all(isinstance(record(row).get(name), str) for row in rows.tolist())


def _all_differ(values: pl.Series) -> bool:
    """Tell whether no whole number comes twice: sorting takes a fifth of the memory of counting."""
    ordered = np.sort(values.to_numpy())
    return not bool((ordered[1:] == ordered[:-1]).any())


def _put(found: dict[str, Rows], name: str, rows: Rows) -> None:
    if len(rows):
        found[name] = np.union1d(found[name], rows) if name in found else rows


@dataclass
class _Same:
    """Rows of one id."""

    first: Record
    rows: list[int]
    differ: bool = False
