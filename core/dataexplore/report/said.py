"""All that is said in a part as one long column, whatever the rows' schemas are."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import orjson
import polars as pl
from numpy.typing import NDArray

from dataexplore.dataset.dataset import Dataset, Part
from dataexplore.dataset.roles import ASSISTANT
from dataexplore.dataset.turns import turns

_BLOCK = 1 << 26
"""Bytes; a read of its own for each of a million rows takes seconds."""


@dataclass(frozen=True)
class Said:
    """One text a line: a prompt, a response, or one turn of a conversation."""

    places: NDArray[np.int64]
    """The row of each text, counted from the part's first row."""
    texts: pl.Series
    answers: NDArray[np.bool_]
    """Whether it is the assistant that says it."""

    def per_row(self, amounts: NDArray[np.int64], rows: int) -> NDArray[np.int64]:
        """Return the sum of the texts' amounts in each row."""
        total: NDArray[np.int64] = np.bincount(self.places, amounts, minlength=rows).astype(np.int64)
        return total


def said_in(dataset: Dataset, part: Part) -> Said:
    """Return what the rows of a part say: conversations by turns, of a preference pair the chosen answer."""
    talks = _talks(dataset, part)
    plain = np.flatnonzero(~talks)
    whole = len(plain) == len(talks)
    columns = [(part.prompts, False), (part.responses, True)]
    system = dataset.schema.system
    if system in part.frame.columns and part.frame[system].dtype == pl.String:
        columns.append((part.frame[system].fill_null(""), False))
    texts = [column if whole else column[plain] for column, _ in columns]
    answers = np.repeat([answer for _, answer in columns], len(plain))
    places = np.tile(plain, len(columns))
    if not whole:
        owners, spoken, by_assistant = _conversations(dataset, part, talks)
        texts.append(pl.Series(spoken, dtype=pl.String))
        answers, places = np.concatenate((answers, by_assistant)), np.concatenate((places, owners))
    return Said(places, pl.concat([text.alias("text") for text in texts]), answers)


def _talks(dataset: Dataset, part: Part) -> NDArray[np.bool_]:
    """Tell which rows of a part say more than their prompt and response columns hold apart."""
    rows = len(part.prompts)
    if dataset.codes is None:
        return np.full(rows, not dataset.schema.flat)
    of_schema = np.array([not schema.flat for schema in dataset.schemas])
    return of_schema[dataset.codes[part.first : part.first + rows]]


def _conversations(
    dataset: Dataset, part: Part, talks: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], list[str], NDArray[np.bool_]]:
    owners: list[int] = []
    spoken: list[str] = []
    by_assistant: list[bool] = []
    for place, (raw, talk) in enumerate(zip(raw_rows(dataset, part), talks.tolist(), strict=True)):
        if talk:
            for turn in turns(orjson.loads(raw), dataset.schema_of(part.first + place)):
                owners.append(place)
                spoken.append(turn.spoken)
                by_assistant.append(turn.role == ASSISTANT)
    return np.array(owners, np.int64), spoken, np.array(by_assistant, bool)


def raw_rows(dataset: Dataset, part: Part) -> Iterator[bytes]:
    """Yield the bytes of a part's rows, read at once where they stand close together."""
    rows = slice(part.first, part.first + len(part.prompts))
    start, end = dataset.spans.start[rows], dataset.spans.end[rows]
    if not len(start):
        return
    low, high = int(start.min()), int(end.max())
    if high - low > _BLOCK:
        yield from (dataset.raw(row) for row in range(rows.start, rows.stop))
        return
    block = dataset.source.data[low:high]
    places = zip((start - low).tolist(), (end - low).tolist(), strict=True)
    for row, (begin, stop) in enumerate(places, part.first):
        yield dataset.raw(row) if row in dataset.edits else block[begin:stop]
