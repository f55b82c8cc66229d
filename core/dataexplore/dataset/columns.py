"""Builds typed columns from parsed records without casting a value that does not fit."""

from collections.abc import Sequence

import orjson
import polars as pl

from dataexplore.dataset.parse import Record

MAX_FIELDS = 200
"""Fields beyond this many stay in the rows' bytes and get no column of their own."""

_NUMBER = (pl.Int64, pl.Float64)


class ColumnBuilder:
    """Takes records chunk by chunk; a field whose values are of several kinds becomes JSON text."""

    def __init__(self) -> None:
        self._chunks: list[dict[str, pl.Series]] = []
        self._sizes: list[int] = []
        self._fields: dict[str, None] = {}

    def add(self, records: Sequence[Record]) -> None:
        """Append one chunk of records."""
        for record in records:
            if record.keys() - self._fields.keys():
                for name in record:
                    if name not in self._fields and len(self._fields) < MAX_FIELDS:
                        self._fields[name] = None
        chunk = {name: _series(name, [record.get(name) for record in records]) for name in self._fields}
        self._chunks.append(chunk)
        self._sizes.append(len(records))

    def frame(self) -> pl.DataFrame:
        """Return one column per field; absent and null values are both null here, the bytes tell them apart."""
        return pl.DataFrame([self._joined(name) for name in self._fields])

    def _joined(self, name: str) -> pl.Series:
        parts = [
            chunk.get(name, pl.Series(name, [None] * size, dtype=pl.Null))
            for chunk, size in zip(self._chunks, self._sizes, strict=True)
        ]
        kinds = {part.dtype for part in parts} - {pl.Null}
        if len(kinds) <= 1:
            kind = kinds.pop() if kinds else pl.String()
        else:
            kind = pl.Float64() if kinds <= set(_NUMBER) else pl.String()
        return pl.concat([part.cast(kind) for part in parts], rechunk=True)


def _series(name: str, values: list[object]) -> pl.Series:
    kinds = {type(value) for value in values} - {type(None)}
    if not kinds:
        return pl.Series(name, values, dtype=pl.Null)
    if kinds == {str}:
        return pl.Series(name, values, dtype=pl.String)
    if kinds == {bool}:
        return pl.Series(name, values, dtype=pl.Boolean)
    if kinds == {int} and all(value is None or -(2**53) < value < 2**53 for value in values):  # type: ignore[operator] # kinds says int
        return pl.Series(name, values, dtype=pl.Int64)
    if kinds <= {int, float}:
        return pl.Series(name, values, dtype=pl.Float64, strict=False)
    return pl.Series(name, [_text(value) for value in values], dtype=pl.String)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return orjson.dumps(value).decode()
