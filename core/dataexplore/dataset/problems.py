"""Flags what is odd about a row's content; the row itself is never changed."""

from collections.abc import Iterable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dataexplore.dataset.parse import Record
from dataexplore.dataset.schema import Schema

Problems = dict[str, NDArray[np.int64]]
"""Row numbers (from 0) by the name of the problem."""

_CONTROL = r"[\x00-\x08\x0b-\x1f\x7f-\x{9f}]"
_INVISIBLE = r"[\x{00ad}\x{061c}\x{180e}\x{200b}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2060}-\x{206f}\x{feff}]"


def content_problems(prompts: pl.Series, responses: pl.Series) -> Problems:
    """Return rows with an empty side, control characters or invisible characters."""
    found = {
        "empty prompt": prompts.str.strip_chars() == "",
        "empty response": responses.str.strip_chars() == "",
        "control characters": prompts.str.contains(_CONTROL) | responses.str.contains(_CONTROL),
        "invisible characters": prompts.str.contains(_INVISIBLE) | responses.str.contains(_INVISIBLE),
    }
    return {name: rows for name, mask in found.items() if len(rows := _rows(mask))}


def field_problems(records: Iterable[tuple[int, Record]], schema: Schema) -> Problems:
    """Return rows whose text fields are missing, null or of another type than text."""
    required = [name for name in (schema.prompt, schema.response) if name]
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


def merge(parts: Iterable[Problems]) -> Problems:
    """Join the findings of several chunks."""
    joined: dict[str, list[NDArray[np.int64]]] = {}
    for part in parts:
        for name, rows in part.items():
            joined.setdefault(name, []).append(rows)
    return {name: np.concatenate(rows) for name, rows in joined.items()}


def _rows(mask: pl.Series) -> NDArray[np.int64]:
    return np.flatnonzero(mask.fill_null(False).to_numpy())
