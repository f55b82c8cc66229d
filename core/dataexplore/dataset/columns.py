"""Makes typed columns of parsed records without casting a value that does not fit."""

import json
from collections.abc import Iterable, Mapping, Sequence

import orjson
import polars as pl

from dataexplore.dataset.parse import Record

MAX_FIELDS = 200
"""Fields beyond this many stay in the rows' bytes and get no column of their own."""

PROMPT, RESPONSE = "\0prompt", "\0response"
"""Columns for what is asked and answered, where the fields alone do not say it.

A field of such a name gets no column.
"""
_NUMBER = (pl.Int64, pl.Float64)
_EXACT = 2**53
"""Up to here every whole number is a float."""


def columns_of(records: Sequence[Record], always: Iterable[str] = ()) -> dict[str, pl.Series]:
    """Return a column per field, `always` some however many there are; one without a value is of no kind.

    Absent and null are both null; the rows' bytes tell them apart.
    """
    fields: dict[str, None] = {}
    kept = frozenset(always)
    for record in records:
        if record.keys() - fields.keys():
            for name in record:
                if (len(fields) < MAX_FIELDS or name in kept) and name not in (PROMPT, RESPONSE):
                    fields[name] = None
    return {name: _series(name, [record.get(name) for record in records]) for name in fields}


def stacked(parts: Sequence[tuple[Mapping[str, pl.Series], int]], names: Iterable[str]) -> pl.DataFrame:
    """Put columns of several parts (with the rows of each) on one another; what a part lacks is null."""
    columns = {}
    for name in names:
        found = [columns.get(name, pl.Series(name, [None] * rows, dtype=pl.Null)) for columns, rows in parts]
        kind = common_kind([(part.dtype, fits_float(part)) for part in found])
        columns[name] = pl.concat([part.cast(kind) for part in found], rechunk=True)
    return pl.DataFrame(columns) if columns else pl.DataFrame(height=sum(rows for _, rows in parts))


def common_kind(kinds: Iterable[tuple[pl.DataType, bool]]) -> pl.DataType:
    """Return the kind that holds columns of several: numbers with numbers, else JSON text.

    Beside each kind stands whether its values fit a float.
    """
    kinds = [(kind, fits) for kind, fits in kinds if kind != pl.Null]
    found = {kind for kind, _ in kinds}
    if len(found) <= 1:
        return found.pop() if found else pl.Null()
    both = found <= set(_NUMBER) and all(fits for _, fits in kinds)
    return pl.Float64() if both else pl.String()


def fits_float(column: pl.Series) -> bool:
    """Tell whether each whole number of a column is a float too."""
    if column.dtype != pl.Int64:
        return True
    large = column.filter(column.is_between(-_EXACT, _EXACT).not_())
    return all(int(float(value)) == value for value in large)


def _series(name: str, values: list[object]) -> pl.Series:
    kinds = {type(value) for value in values} - {type(None)}
    if not kinds:
        return pl.Series(name, values, dtype=pl.Null)
    if kinds == {str}:
        return pl.Series(name, values, dtype=pl.String)
    if kinds == {bool}:
        return pl.Series(name, values, dtype=pl.Boolean)
    whole = [value for value in values if isinstance(value, int)]
    if kinds == {int} and min(whole) >= -(2**63) and max(whole) < 2**63:
        return pl.Series(name, values, dtype=pl.Int64)
    if kinds <= {int, float} and all(
        -_EXACT <= value <= _EXACT or int(float(value)) == value for value in whole
    ):
        return pl.Series(name, values, dtype=pl.Float64, strict=False)
    return pl.Series(name, [_text(value) for value in values], dtype=pl.String)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # it reads deeper nesting than it writes
        pass
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        return "[nested too deeply for a column]"
