"""Builds typed columns from parsed records without casting a value that does not fit."""

import json
from collections.abc import Iterable, Sequence

import orjson
import polars as pl

from dataexplore.dataset.parse import Record

MAX_FIELDS = 200
"""Fields beyond this many stay in the rows' bytes and get no column of their own."""

_NUMBER = (pl.Int64, pl.Float64)
_EXACT = 2**53
"""Up to here every whole number is a float."""


class ColumnBuilder:
    """Takes records chunk by chunk; a field whose values are of several kinds becomes JSON text."""

    def __init__(self, always: Iterable[str] = ()) -> None:
        self._chunks: list[dict[str, pl.Series]] = []
        self._sizes: list[int] = []
        self._fields: dict[str, None] = {}
        self._always = frozenset(always)
        """Fields that get a column however many there are."""

    def add(self, records: Sequence[Record]) -> None:
        """Append one chunk of records."""
        for record in records:
            if record.keys() - self._fields.keys():
                for name in record:
                    if len(self._fields) < MAX_FIELDS or name in self._always:
                        self._fields[name] = None
        chunk = {name: _series(name, [record.get(name) for record in records]) for name in self._fields}
        self._chunks.append(chunk)
        self._sizes.append(len(records))

    def frame(self) -> pl.DataFrame:
        """Return one column per field; absent and null are both null here, the bytes tell them apart."""
        columns = {name: self._joined(name) for name in self._fields}
        return pl.DataFrame(columns) if columns else pl.DataFrame(height=sum(self._sizes))

    def _joined(self, name: str) -> pl.Series:
        parts = [
            chunk.get(name, pl.Series(name, [None] * size, dtype=pl.Null))
            for chunk, size in zip(self._chunks, self._sizes, strict=True)
        ]
        kinds = {part.dtype for part in parts} - {pl.Null}
        if len(kinds) <= 1:
            kind = kinds.pop() if kinds else pl.String()
        else:
            kind = pl.Float64() if kinds <= set(_NUMBER) and all(map(_fits_float, parts)) else pl.String()
        return pl.concat([part.cast(kind) for part in parts], rechunk=True)


def _fits_float(part: pl.Series) -> bool:
    return part.dtype != pl.Int64 or not part.is_between(-_EXACT, _EXACT).not_().any()


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
