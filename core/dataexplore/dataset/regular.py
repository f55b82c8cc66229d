"""Proves of most rows at once that a fast parser reads them without loss; the others are parsed one by one.

A file's usual row is described by one regular expression: these fields in this order, each of one kind, text
without a control, invisible or unpaired character. What matches holds nothing that could be lost; what does
not match need not be wrong, it only goes the careful way.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import orjson
import polars as pl

from dataexplore.dataset.characters import INVISIBLE
from dataexplore.dataset.columns import PROMPT, RESPONSE
from dataexplore.dataset.parse import Record
from dataexplore.dataset.schema import Schema

_MOST_FIELDS = 64
_KINDS = ("alpaca", "prompt-completion", "text")
"""Schemas whose prompt and response are fields as they are."""
_ESCAPE = (
    r"\\(?:[\"\\/nt]|r\\n"
    r"|u(?:00(?:[2-6][0-9a-fA-F]|7[0-9a-eA-E]|[b-fB-FaA][0-9abcefABCEF])|0[124578-9][0-9a-fA-F]{2}"
    r"|20(?:1[0-9a-fA-F]|2[0-7]|[3-5][0-9a-fA-F])|2[1-9a-fA-F][0-9a-fA-F]{2}"
    r"|30[0-9a-fA-F]{2}|[4-9a-cA-C][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2}"
    r"|[dD]8[0-3][0-9a-fA-F]\\u[dD][c-fC-F][0-9a-fA-F]{2}))"
)
"""Of \\u escapes the blocks without control and invisible characters, and pairs of the first astral plane."""
_TEXT = rf'"(?:[^"\\\x00-\x1f\x7f-\x{{9f}}{INVISIBLE}]|{_ESCAPE})*"'
_PATTERNS: dict[type[pl.DataType], str] = {
    pl.String: _TEXT,
    pl.Int64: r"-?(?:0|[1-9][0-9]{0,17})",
    pl.Float64: r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?(?:[eE][-+]?[0-9]{1,2})?",
    pl.Boolean: "(?:true|false)",
    pl.Null: "null",
}
_WHITE = r"[ \t\r\n]*"


@dataclass(frozen=True)
class Regular:
    """The usual row of a file."""

    fields: dict[str, type[pl.DataType]]
    """The kind of each field, in the order of the rows."""
    texts: frozenset[str]
    """Fields that are read and trained on: a null in them is worth a look."""

    @cached_property
    def pattern(self) -> str:
        """A regular expression that the whole of a usual row matches."""
        members = []
        for name, kind in self.fields.items():
            value = _PATTERNS[kind] if name in self.texts else f"(?:null|{_PATTERNS[kind]})"
            members.append(rf"{_quoted(name)}{_WHITE}:{_WHITE}{value}{_WHITE}")
        return rf"^{_WHITE}\{{{_WHITE}" + f",{_WHITE}".join(members) + rf"\}}{_WHITE}$"

    def matches(self, rows: pl.Series) -> pl.Series:
        """Tell which rows (as text, null where they are none) are usual ones."""
        return rows.str.contains(self.pattern).fill_null(False)

    def frame(self, rows: bytes) -> pl.DataFrame:
        """Read usual rows, one a line."""
        nothing = [name for name, kind in self.fields.items() if kind == pl.Null]
        schema = {name: pl.String if kind == pl.Null else kind for name, kind in self.fields.items()}
        frame = pl.read_ndjson(rows, schema=schema)
        return frame.with_columns(pl.lit(None).alias(name) for name in nothing) if nothing else frame


def find_regular(records: Sequence[Record], schema: Schema) -> Regular | None:
    """Describe the usual row after some first rows; None where there is none worth the trouble."""
    if schema.kind not in _KINDS or not schema.flat or not records:
        return None
    needed = set(schema.required)
    complete = Counter(tuple(record) for record in records if needed <= record.keys())
    names, often = complete.most_common(1)[0] if complete else ((), 0)
    if 2 * often < len(records) or len(names) > _MOST_FIELDS or {PROMPT, RESPONSE} & set(names):
        return None
    fields: dict[str, type[pl.DataType]] = {}
    for name in names:
        kind = _kind({type(record[name]) for record in records if tuple(record) == names})
        is_text = kind is pl.String or (kind is pl.Null and name not in needed)
        if kind is None or (name in schema.text_fields and not is_text):
            return None
        fields[name] = kind
    texts = (name for name in schema.text_fields if fields.get(name) is pl.String)
    return Regular(fields, frozenset(texts))


def _kind(types: set[type]) -> type[pl.DataType] | None:
    types = types - {type(None)}
    if types == {bool}:
        return pl.Boolean
    if types == {int}:
        return pl.Int64
    if types and types <= {int, float}:
        return pl.Float64
    if not types:
        return pl.Null
    return pl.String if types == {str} else None


def _quoted(name: str) -> str:
    return re.sub(r"([\\.+*?()|\[\]{}^$#&~-])", r"\\\1", orjson.dumps(name).decode())
