"""Joins several files into one source without copying them: offsets run on from file to file."""

import hashlib
import os
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from dataexplore.dataset.source import Source
from dataexplore.dataset.spans import Spans
from dataexplore.dataset.unreadable import Unreadable
from dataexplore.text import short

_NOT_CLOSED = "cut off at end of file: the array is not closed"


class Joined:
    """The bytes of several files one after the other; what is asked for is cut out of the file it lies in."""

    def __init__(self, sources: Sequence[Source], formats: Sequence[str], spans: Spans) -> None:
        self.sources = tuple(sources)
        self.formats = tuple(formats)
        """The format of each file."""
        self._spans = spans
        self.ends: tuple[int, ...] = tuple(np.cumsum([source.size for source in sources]).tolist())
        """Offset after the last byte of each file: a record that stops at one may be cut off."""

    def __len__(self) -> int:
        return self.ends[-1]

    def __getitem__(self, part: slice) -> bytes:
        """Return the bytes of a slice without a step."""
        begin, end, step = part.indices(len(self))
        if step != 1:
            raise ValueError("bytes of several files are read forward and whole")
        pieces = []
        place = bisect_right(self.ends, begin)
        while begin < end:
            first = self.ends[place - 1] if place else 0
            stop = min(end, self.ends[place])
            pieces.append(self.sources[place].data[begin - first : stop - first])
            begin, place = stop, place + 1
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def file_at(self, offset: int) -> Path:
        """Return the file that a byte lies in."""
        return self.sources[min(bisect_right(self.ends, offset), len(self.ends) - 1)].path

    def place(self, offset: int) -> tuple[Path, int]:
        """Return the file of a record and its line there (from 1), given an offset in the record."""
        at = int(np.searchsorted(self._spans.start, offset, "right")) - 1
        return self.file_at(offset), int(self._spans.line[max(at, 0)])


def joined(sources: Sequence[Source], formats: Sequence[str], spans: Sequence[Spans]) -> tuple[Source, Spans]:
    """Return one source of all rows, in the order given, and where its records are.

    Lines stay those of each file. What is missing at the end of a file is listed as damage, under its name.
    """
    begins = [0, *np.cumsum([source.size for source in sources]).tolist()]
    damage: list[Unreadable] = []
    kept = []
    for source, found in zip(sources, spans, strict=True):
        damage += [_named(source, one.line, one.reason, one.preview) for one in source.damage]
        kept.append(_without_end(source, found, damage))
    placed = list(zip(kept, begins, strict=False))
    every = Spans(
        _chained([found.start + begin for found, begin in placed]),
        _chained([found.end + begin for found, begin in placed]),
        _chained([found.line for found in kept]),
    )
    data = Joined(sources, formats, every)
    source = Source(
        joined_path([source.path for source in sources]),
        data,
        0,
        len(data),
        tuple(stamp for source in sources for stamp in source.stamps),
        container=told(formats),
        damage=tuple(damage),
        flags=_flags(sources, kept),
    )
    return source, every


def told(formats: Sequence[str]) -> str:
    """Return how the format of several files is told, each kind once: `jsonl in 3 files`.

    It never ends like the format of one file: together they have no shape but lines.
    """
    return f"{', '.join(dict.fromkeys(formats))} in {len(formats):,} files"


def joined_path(paths: Sequence[Path]) -> Path:
    """Return the name under which several files are known, whatever their order; there is no such file.

    It lies in the folder that they share, and so does what is decided on them.
    """
    whole = sorted({os.path.realpath(path) for path in paths})
    folder = os.path.commonpath([os.path.dirname(path) for path in whole])  # noqa: PTH120 # text, as above
    names = [os.path.relpath(path, folder) for path in whole]
    mark = hashlib.blake2b("\0".join(names).encode("utf-8", "surrogateescape"), digest_size=3).hexdigest()
    name = f"{Path(names[0]).name.partition('.')[0] or 'rows'}+{len(names) - 1}-{mark}.jsonl"
    return Path(folder) / name


def _without_end(source: Source, spans: Spans, damage: list[Unreadable]) -> Spans:
    """List what is missing at the end of a file; a last record that was cut with it counts once."""
    why = source.ended or ("" if spans.closed else _NOT_CLOSED)
    if not why or not len(spans):
        return spans
    start, end, line = int(spans.start[-1]), int(spans.end[-1]), int(spans.line[-1])
    last = source.data[start:end]
    if _is_record(last):
        damage.append(_named(source, line + 1 if source.ended else line, why))
        return spans
    damage.append(_named(source, line, why, short(last[:200].decode("utf-8", "replace"), 80)))
    return replace(spans, start=spans.start[:-1], end=spans.end[:-1], line=spans.line[:-1])


def _is_record(data: bytes) -> bool:
    try:
        return isinstance(orjson.loads(data), dict)
    except orjson.JSONDecodeError:
        return False


def _named(source: Source, line: int, reason: str, preview: str = "") -> Unreadable:
    return Unreadable(line, f"{short(source.path.name, 60)}: {reason}", preview)


def _flags(sources: Sequence[Source], spans: Sequence[Spans]) -> dict[str, NDArray[np.int64]]:
    flags: dict[str, list[NDArray[np.int64]]] = {}
    first = 0
    for source, found in zip(sources, spans, strict=True):
        for name, lines in source.flags.items():
            flags.setdefault(name, []).append(lines[lines < len(found)] + first)
        first += len(found)
    return {name: _chained(lines) for name, lines in flags.items()}


def _chained(arrays: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate([np.empty(0, np.int64), *arrays])
