"""Flags what is odd about a row's content; the row itself is never changed."""

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dataexplore.dataset.parse import Record
from dataexplore.dataset.schema import Schema

Problems = dict[str, NDArray[np.int64]]
"""Row numbers (from 0) by the name of the problem."""

_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{9f}]|\r(?:[^\n]|$)"
"""A carriage return before a line feed is text; alone it lets a line overwrite itself."""
_INVISIBLE = (
    r"[\x{00ad}\x{034f}\x{061c}\x{115f}\x{1160}\x{17b4}\x{17b5}\x{180b}-\x{180f}\x{200b}\x{200e}\x{200f}"
    r"\x{202a}-\x{202e}\x{2060}-\x{206f}\x{3164}\x{fdd0}-\x{fdef}\x{fe00}-\x{fe0d}\x{feff}\x{ffa0}"
    r"\x{fff0}-\x{fffb}\x{fffe}\x{ffff}\x{e0000}-\x{e0fff}\p{Co}]"
)
"""Without joiners and emoji selectors, which ordinary text has."""
_EXACT = 2.0**63


def content_problems(
    prompts: pl.Series, responses: pl.Series, schema: Schema, calling: Sequence[int] = ()
) -> Problems:
    """Return rows with an empty side (of those the schema has), control characters or invisible characters.

    `calling` are the rows that call a tool: their response may be empty.
    """
    no_prompt, no_response = prompts.str.strip_chars() == "", responses.str.strip_chars() == ""
    if calling:
        no_response &= ~pl.Series(np.isin(np.arange(len(responses)), calling))
    found = {
        "empty prompt": no_prompt & bool((schema.prompt or schema.turns) and schema.kind != "unknown"),
        "empty response": no_response & bool(schema.response or schema.turns),
        "control characters": prompts.str.contains(_CONTROL) | responses.str.contains(_CONTROL),
        "invisible characters": prompts.str.contains(_INVISIBLE) | responses.str.contains(_INVISIBLE),
    }
    return {name: rows for name, mask in found.items() if len(rows := _rows(mask))}


def field_problems(records: Iterable[tuple[int, Record]], schema: Schema) -> Problems:
    """Return rows whose text fields are missing, null or of another type than text."""
    known = schema.kind != "unknown"  # then the prompt is a guess
    required = [name for name in (schema.prompt, schema.response) if name and known]
    optional = [name for name in (schema.system, schema.input) if name]
    found: dict[str, list[int]] = {}
    for row, record in records:
        for name in required:
            if name not in record:
                found.setdefault(f"missing {name}", []).append(row)
        for name in (*required, *optional):
            value = record.get(name, "")
            if value is None and name in required:
                found.setdefault(f"null {name}", []).append(row)
            elif value is not None and not isinstance(value, str):
                found.setdefault(f"{name} is not text", []).append(row)
        if schema.turns and not isinstance(record.get(schema.turns), list):
            found.setdefault(f"missing {schema.turns}", []).append(row)
    return {name: np.array(rows, np.int64) for name, rows in found.items()}


def number_problems(frame: pl.DataFrame) -> Problems:
    """Return rows with a number so large that its last digits are not what the file says."""
    wide = [_rows(column.abs() >= _EXACT) for column in frame if column.dtype == pl.Float64]
    rows = np.unique(np.concatenate([np.empty(0, np.int64), *wide]))
    return {"number out of range": rows} if len(rows) else {}


def merge(parts: Iterable[Problems]) -> Problems:
    """Join the findings of several chunks."""
    joined: dict[str, list[NDArray[np.int64]]] = {}
    for part in parts:
        for name, rows in part.items():
            joined.setdefault(name, []).append(rows)
    return {name: np.concatenate(rows) for name, rows in joined.items()}


def _rows(mask: pl.Series) -> NDArray[np.int64]:
    return np.flatnonzero(mask.fill_null(False).to_numpy())
