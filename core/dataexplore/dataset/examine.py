"""Looks at rows: which schema each has, what is asked and answered, and what is odd."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dataexplore.dataset.fitting import Fitting
from dataexplore.dataset.flags import record_flags
from dataexplore.dataset.parse import Record
from dataexplore.dataset.roles import ASSISTANT, USER
from dataexplore.dataset.schema import Schema
from dataexplore.dataset.textflags import empty_problems, hidden_problems
from dataexplore.dataset.turns import Turn, prompt_of, rejected_text, response_of, turns, value_text
from dataexplore.dataset.whole import whole_problems

__all__ = ["Examined", "examine", "examine_columns", "whole_problems"]

_NAMES = 40
"""Problems whose name has a word of the data in it; further ones share one name."""


class Examined(NamedTuple):
    """What was found in some records; rows are numbered from 0."""

    prompts: list[str]
    """All that the user asks."""
    responses: list[str]
    """All that the assistant answers; of a preference pair the chosen answer."""
    schemas: list[Schema]
    problems: dict[str, list[int]]


def examine(records: Sequence[Record], schema: Schema, fixed: bool = False) -> Examined:
    """Look at records one by one; a row of another kind than `schema` gets its own, unless it is `fixed`."""
    found = Examined([], [], [], {})
    fit = Fitting(schema)
    others: list[str] = []
    for row, record in enumerate(records):
        own, other = (schema, "") if fixed else fit(record)
        said = turns(record, own)
        flags = record_flags(record, own, said)
        if other:
            flags.append(other)
        for name in flags:
            _add(found.problems, name, row)
        found.prompts.append(prompt_of(said) or _shown(record, own.prompt))
        found.responses.append(response_of(said) or _shown(record, own.response))
        found.schemas.append(own)
        others.append(_rest(record, own, said))
    for name, rows in hidden_problems(pl.Series(others, dtype=pl.String)).items():
        found.problems[name] = rows.tolist()
    return found


def examine_columns(prompts: pl.Series, responses: pl.Series, schema: Schema) -> dict[str, NDArray[np.int64]]:
    """Return rows by problem of their texts."""
    return empty_problems(prompts, responses, schema) | hidden_problems(prompts, responses)


def _shown(record: Mapping[str, object], name: str) -> str:
    """Return what a field holds that is no text, as JSON: it is shown, and flagged."""
    value = record.get(name) if name else None
    return "" if value is None or (isinstance(value, str | list) and not value) else value_text(value)


def _rest(record: Mapping[str, object], schema: Schema, said: Sequence[Turn]) -> str:
    """Return the texts that are neither prompt nor response."""
    texts = [turn.text for turn in said if turn.role != USER and turn.role != ASSISTANT]
    if schema.rejected:
        texts.append(rejected_text(record, schema))
    return "\n".join(texts) if texts else ""


def _add(problems: dict[str, list[int]], name: str, row: int) -> None:
    if name not in problems and ": " in name and len(problems) >= _NAMES:
        name = f"{name.partition(': ')[0]}: others"
    problems.setdefault(name, []).append(row)
