"""Finds the one type that all values of a column have, nested ones included."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

_EXACT = 2**53
"""Up to here every whole number is a float."""
_DEEPEST = 60
"""Levels of lists and objects in a column; readers of Parquet allow about as many."""


class MixedError(Exception):
    """Values that no one type holds; its text says which."""


@dataclass
class Kind:
    """What was seen of a value so far; it widens as more values are taken in."""

    name: str = "null"
    """null, bool, int, float, str, list or struct."""
    inner: Kind | None = None
    fields: dict[str, Kind] = field(default_factory=dict)
    beyond: bool = False
    """Whether a whole number was seen that no float holds exactly."""

    def take(self, value: object, depth: int = 0) -> None:
        """Take one value in; raise MixedError when nothing holds it and the values before."""
        if depth > _DEEPEST:
            raise MixedError("nested too deeply for a column")
        if value is None:
            return
        name = _NAMES.get(type(value))
        if name is None:
            raise MixedError("numbers too long for a column")
        if name == "int":
            assert isinstance(value, int)
            if not -(2**63) <= value < 2**63:
                raise MixedError("numbers too long for a column")
            self.beyond |= not -_EXACT <= value <= _EXACT
        self._widen(name)
        if isinstance(value, list):
            self.inner = self.inner or Kind()
            for one in value:
                self.inner.take(one, depth + 1)
        elif isinstance(value, dict):
            for key, one in value.items():
                self.fields.setdefault(key, Kind()).take(one, depth + 1)

    def _widen(self, name: str) -> None:
        if self.name == "null":
            self.name = name
        elif {self.name, name} == {"int", "float"}:
            self.name = "float"
        elif self.name != name:
            raise MixedError(f"of several kinds ({_WORDS[self.name]}, {_WORDS[name]})")
        if self.name == "float" and self.beyond:
            raise MixedError("numbers too long for a column")

    @property
    def flat(self) -> bool:
        """Whether the values fit into the cell of a table."""
        return self.name not in ("list", "struct")

    def dtype(self) -> pl.DataType:
        """Return the column type; raise MixedError for objects that are all empty."""
        if self.name == "list":
            return pl.List((self.inner or Kind()).dtype())
        if self.name == "struct":
            if not self.fields:
                raise MixedError("objects without any key")
            return pl.Struct({key: kind.dtype() for key, kind in self.fields.items()})
        return _TYPES[self.name]


def kinds_of(records: Iterable[dict[str, object]]) -> dict[str, Kind]:
    """Return the kind of each field, in the order in which fields appear.

    Raises MixedError, beginning with the field's name, when the values of one field do not go together.
    """
    kinds: dict[str, Kind] = {}
    for record in records:
        for name, value in record.items():
            kind = kinds.setdefault(name, Kind())
            try:
                kind.take(value)
            except MixedError as error:
                raise MixedError(name, str(error)) from None
    return kinds


_NAMES: dict[type, str] = {
    bool: "bool",
    int: "int",
    float: "float",
    str: "str",
    list: "list",
    dict: "struct",
}
_TYPES: dict[str, pl.DataType] = {
    "null": pl.String(),
    "bool": pl.Boolean(),
    "int": pl.Int64(),
    "float": pl.Float64(),
    "str": pl.String(),
}
_WORDS = {
    "bool": "true or false",
    "int": "whole numbers",
    "float": "numbers",
    "str": "text",
    "list": "lists",
    "struct": "objects",
}
