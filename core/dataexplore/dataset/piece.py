"""Reads some rows that follow one another: their columns, where they stand, and what is odd about them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dataexplore.dataset.examine import examine_columns
from dataexplore.dataset.framing import Framed, Reader, texts_of
from dataexplore.dataset.problems import Problems, merge
from dataexplore.dataset.repeats import REPEATED
from dataexplore.dataset.rows import Rows, rows_of
from dataexplore.dataset.schema import Schema
from dataexplore.dataset.source import Source
from dataexplore.dataset.spans import Offsets
from dataexplore.dataset.stretch import Stretch
from dataexplore.dataset.textflags import hidden_problems
from dataexplore.dataset.unreadable import Unreadable
from dataexplore.text import short

BYTES_PER_TOKEN = 4.0
"""A usual figure for English; the preflight of a run counts with the model's own tokenizer."""
MARKERS = [
    *("<|", "<\uff5c", "<s>", "</s>", "[INST]", "[/INST]", "<<SYS>>", "<</SYS>>", "_of_turn>"),
    *("<bos>", "<eos>", "<pad>", "<unk>", "AVAILABLE_TOOLS]", "TOOL_CALLS]", "TOOL_RESULTS]"),
]
"""Each text that a model's tokenizer reads as one special token has one of these in it."""
_EMPTY = {"empty prompt": ("prompt", "turns"), "empty response": ("response", "turns")}
"""What a schema needs for a side to be missed."""


@dataclass(frozen=True)
class Piece:
    """Readable rows of one stretch."""

    frame: pl.DataFrame
    start: Offsets
    end: Offsets
    line: Offsets
    """From 1 within the stretch, or in the file where the stretch had spans."""
    tokens: NDArray[np.int32]
    """Estimated: UTF-8 bytes of prompt and response divided by four."""
    chars: NDArray[np.int32]
    """Length of each response in characters."""
    others: Mapping[int, Schema]
    """Rows of another schema than the file's, by their place."""
    problems: Problems
    """Places by the name of the problem."""
    unreadable: tuple[Unreadable, ...]
    readable: NDArray[np.bool_]
    """Which of the records found here are rows."""
    lines: int
    """Line ends in the stretch."""

    def __len__(self) -> int:
        return len(self.start)


def frame_of(source: Source, reader: Reader, stretch: Stretch) -> pl.DataFrame:
    """Read the columns of a stretch again."""
    return _framed(source, reader, stretch)[1].frame


def read_piece(source: Source, reader: Reader, stretch: Stretch) -> Piece:
    """Read all that is to be known about the rows of a stretch."""
    rows, framed = _framed(source, reader, stretch)
    spans = rows.spans
    readable = framed.readable
    prompts, responses = texts_of(framed.frame, reader.schema)
    size = prompts.str.len_bytes().to_numpy() + responses.str.len_bytes().to_numpy()
    return Piece(
        framed.frame,
        spans.start[readable],
        spans.end[readable],
        spans.line[readable],
        np.ceil(size / BYTES_PER_TOKEN).astype(np.int32),
        responses.str.len_chars().to_numpy().astype(np.int32),
        _others(framed, reader.schema),
        _problems(framed, prompts, responses, reader.schema),
        tuple(
            Unreadable(int(spans.line[place]), reason, _preview(rows[place]))
            for place, reason in framed.reasons.items()
        ),
        readable,
        rows.lines,
    )


def _framed(source: Source, reader: Reader, stretch: Stretch) -> tuple[Rows, Framed]:
    rows, texts = rows_of(source, stretch)
    usual = reader.usual(rows if texts is None else texts)
    del texts  # as large as the rows themselves
    cut_off = bool(len(rows)) and int(rows.spans.end[-1]) == source.size
    return rows, reader.framed(rows, usual, rows.block, cut_off=cut_off)


def _others(framed: Framed, schema: Schema) -> dict[int, Schema]:
    places = framed.odd.tolist()
    found = zip(places, framed.examined.schemas, strict=True)
    return {place: other for place, other in found if other != schema}


def _problems(framed: Framed, prompts: pl.Series, responses: pl.Series, schema: Schema) -> Problems:
    found: list[Problems] = [
        {name: framed.odd[np.array(places, np.int64)] for name, places in framed.examined.problems.items()}
    ]
    if len(framed.repeated):
        found.append({REPEATED: framed.repeated})
    looked_at = _worth_a_look(framed, prompts, responses)
    flagged = examine_columns(prompts[looked_at], responses[looked_at], schema)
    found.append({name: looked_at[places] for name, places in flagged.items()})
    for name, sides in _EMPTY.items():
        if name in found[-1] and (others := _others(framed, schema)):
            without = [
                place for place, own in others.items() if not any(getattr(own, side) for side in sides)
            ]
            found[-1][name] = np.setdiff1d(found[-1][name], without)
    system = framed.frame.get_column(schema.system, default=None) if schema.system else None
    if system is not None and system.dtype == pl.String and system.str.contains_any(MARKERS).any():
        found.append(hidden_problems(system))
    return merge(found)


def _worth_a_look(framed: Framed, prompts: pl.Series, responses: pl.Series) -> NDArray[np.int64]:
    """Return rows that a check of texts may flag: usual ones have no control or invisible characters."""
    odd = np.zeros(len(prompts), bool)
    odd[framed.odd] = True
    odd[_blank(prompts)] = odd[_blank(responses)] = True
    odd |= (prompts.str.contains_any(MARKERS) | responses.str.contains_any(MARKERS)).to_numpy()
    return np.flatnonzero(odd)


def _blank(texts: pl.Series) -> NDArray[np.int64]:
    """Return rows of white space alone: it begins before "!" or beyond ASCII, and few other texts do."""
    rows = np.flatnonzero(((texts < "!") | (texts > "\x7f")).to_numpy())
    blank: NDArray[np.int64] = rows[texts[rows].str.contains(r"^\s*$").to_numpy()]
    return blank


def _preview(row: bytes) -> str:
    return short(row[:200].decode("utf-8", "replace"), 80)
