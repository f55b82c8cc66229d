"""Reads some rows that follow one another: their columns, where they stand, and what is odd about them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dataexplore.dataset.examine import examine_columns
from dataexplore.dataset.filebytes import read
from dataexplore.dataset.framing import Framed, Reader, lines_of, texts_of
from dataexplore.dataset.problems import Problems, merge
from dataexplore.dataset.repeats import REPEATED
from dataexplore.dataset.schema import Schema
from dataexplore.dataset.source import Source
from dataexplore.dataset.spans import Offsets, Spans, positions, trimmed
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
_MOST, _LEAST = 1 << 24, 1 << 22
"""Bytes that are read together: more rows at once cost memory, fewer cost time."""
_WINDOW = 1 << 16


@dataclass(frozen=True)
class Stretch:
    """Bytes of a file in which some rows stand."""

    begin: int
    stop: int
    spans: Spans | None = None
    """Where the rows are, if that is known; otherwise each is a line."""


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


def stretches(source: Source, spans: Spans | None) -> Iterator[Stretch]:
    """Cut a file into stretches of whole rows."""
    size = max(_LEAST, min(_MOST, source.size // 8))
    if spans is None:
        at = source.begin
        while at < source.size:
            stop = _line_end(source, at + size)
            yield Stretch(at, stop)
            at = stop
        return
    first = 0
    while first < len(spans):
        begin = int(spans.start[first])
        last = max(first + 1, int(np.searchsorted(spans.end, begin + size)))
        some = Spans(spans.start[first:last], spans.end[first:last], spans.line[first:last])
        yield Stretch(begin, int(some.end[-1]), some)
        first = last


class Rows(Sequence[bytes]):
    """The bytes of the rows of a stretch; each is cut out when it is asked for."""

    def __init__(self, block: bytes, begin: int, spans: Spans, lines: int, *, alone: bool) -> None:
        self._block, self._begin = block, begin
        self.spans = spans
        """Where the rows stand in the file."""
        self.lines = lines
        """Line ends in the stretch."""
        self.block = block if alone else None
        """The same rows with nothing but a line end after each; None where there is more between them."""

    def __len__(self) -> int:
        return len(self.spans)

    @overload
    def __getitem__(self, place: int) -> bytes: ...
    @overload
    def __getitem__(self, place: slice) -> list[bytes]: ...
    def __getitem__(self, place: int | slice) -> bytes | list[bytes]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        start, end = int(self.spans.start[place]), int(self.spans.end[place])
        return self._block[start - self._begin : end - self._begin]


def rows_of(source: Source, stretch: Stretch) -> tuple[Rows, pl.Series | None]:
    """Cut a stretch into rows; also return them as text, where that is known already."""
    begin = stretch.begin
    block = read(source.data, begin, stretch.stop)
    if stretch.spans is not None:
        return Rows(block, begin, stretch.spans, 0, alone=False), None
    ended = block.endswith(b"\n")
    texts = lines_of(block)
    if texts is not None:
        ends = np.cumsum(texts.str.len_bytes().to_numpy().astype(np.int64) + 1) - 1
        starts = np.concatenate(([0], ends[:-1] + 1))
        if _are_rows(block, starts, ends):
            spans = Spans(starts + begin, ends + begin, np.arange(1, len(starts) + 1))
            return Rows(block, begin, spans, len(starts) - 1 + ended, alone=True), texts
    breaks = positions(block, b"\n")
    ends = breaks if ended else np.append(breaks, len(block))
    starts = np.concatenate(([0], ends[:-1] + 1))
    spans = trimmed(block, starts, ends, np.arange(1, len(starts) + 1)).moved(begin)
    return Rows(block, begin, spans, len(breaks), alone=False), None


def _are_rows(block: bytes, starts: Offsets, ends: Offsets) -> bool:
    """Tell whether lines are the whole block, and each looks like an object with no space around it."""
    if not len(ends) or ends[-1] + block.endswith(b"\n") != len(block) or not (starts < ends).all():
        return False
    buffer = np.frombuffer(block, np.uint8)
    return bool(
        (buffer[ends[:-1]] == ord("\n")).all()
        and (buffer[starts] == ord("{")).all()
        and (buffer[ends - 1] == ord("}")).all()
    )


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


def _line_end(source: Source, at: int) -> int:
    """Return the offset after the first line end from `at` on."""
    window = _WINDOW
    while at < source.size:
        found = source.data[at : at + window].find(b"\n")
        if found >= 0:
            return at + found + 1
        at += window
        window = min(2 * window, _MOST)
    return source.size
