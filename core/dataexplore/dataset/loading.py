"""Reads every row of a file into columns, keys and problems, stretch by stretch on two cores."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NamedTuple

import orjson
import polars as pl

from dataexplore.dataset import manifest
from dataexplore.dataset.cache import CacheFolder
from dataexplore.dataset.columns import MAX_FIELDS
from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.framing import Reader
from dataexplore.dataset.gathering import Gathered
from dataexplore.dataset.keying import keys_of
from dataexplore.dataset.keys import Keys
from dataexplore.dataset.later import Later
from dataexplore.dataset.opening import Head, Progress, each_spans, open_head
from dataexplore.dataset.parse import Record
from dataexplore.dataset.parts import Again, Stored, Table, kinds_of
from dataexplore.dataset.piece import Piece, frame_of, read_piece
from dataexplore.dataset.problems import merge
from dataexplore.dataset.regular import find_regular
from dataexplore.dataset.source import Source
from dataexplore.dataset.stretch import Stretch, stretches
from dataexplore.dataset.whole import is_looked_at, whole_problems

_WORKERS = 2
_LATER = (1 << 26, 1 << 30)
"""Keys of a file whose size in bytes is between these are made while its rows are on screen already.

Those of smaller files take no time, those of larger ones too much to go without progress.
"""
_WAITING = 3
"""Stretches that are read or wait to be taken: each costs memory."""


class LoadCancelledError(Exception):
    """The person closed the file before it was read."""


def open_dataset(
    path: Path | str | Sequence[Path],
    progress: Progress | None = None,
    max_bytes: int | None = None,
    mapping: Mapping[str, str] | None = None,
) -> Dataset:
    """Open a file whole; raise InputRefusedError when it is no dataset, or unpacks to over `max_bytes`.

    `mapping` says by role what the fields mean, where that should not be guessed.
    """
    path = Path(path) if isinstance(path, str) else path
    return load(open_head(path, max_bytes=max_bytes, mapping=mapping), progress)


def load(
    head: Head,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    cache: CacheFolder | None = None,
) -> Dataset:
    """Read all rows of an opened file; `progress` gets rows done and rows in all, at first a guess.

    What `cache` holds of the same file is not read again; after reading, it holds that.
    """
    source = head.source
    reader = Reader(head.schema, find_regular(head.records, head.schema), bool(head.mapping))
    if cache and (known := manifest.find(cache, head, reader)) is not None:
        if progress:
            progress(len(known), len(known))
        return known
    if cache and cache.begin(source.size):
        try:
            return _read(head, reader, progress, cancelled, cache)
        except OSError:
            cache.clear()  # the disk is full, or not what it was; memory has to do
    return _read(head, reader, progress, cancelled)


def _read(
    head: Head,
    reader: Reader,
    progress: Progress | None,
    cancelled: Callable[[], bool],
    cache: CacheFolder | None = None,
) -> Dataset:
    with closing(Gathered(head.source, cache)) as gathered:
        pieces = _pieces(_tasks(head), partial(_piece, reader, cache), cancelled)
        _gather(head, gathered, pieces, progress)
        return _dataset(head, gathered, cache)


def _gather(head: Head, gathered: Gathered, pieces: Iterator["_Read"], progress: Progress | None) -> None:
    source, done = head.source, 0
    for task, piece, stored in pieces:
        if task.first and head.members:
            gathered.begin(task.source, task.base)
        gathered.add(task.stretch, piece, stored)
        if task.last:
            gathered.end(task.open_line)
        done += task.stretch.stop - task.stretch.begin
        if progress and not (task.last and done >= source.size):
            rows = gathered.rows
            progress(rows, rows + max(0, source.size - done) * rows // max(done, 1))
    if progress:
        progress(gathered.rows, gathered.rows)


class _Task(NamedTuple):
    """A stretch to read, and where it stands among those of its file."""

    source: Source
    base: int
    """Offset of the file among the bytes of all files."""
    stretch: Stretch
    first: bool
    last: bool
    open_line: int
    """Of the last stretch: the line of the last record where an array was not closed, else 0."""


class _Read(NamedTuple):
    """What became of a task."""

    task: _Task
    piece: Piece
    stored: Stored


def _tasks(head: Head) -> Iterator[_Task]:
    base = 0
    for member in head.members or (head,):
        source, held, first, closed = member.source, None, True, True
        for spans in [None] if member.lines else each_spans(source, member.format):
            closed = spans is None or spans.closed
            for stretch in stretches(source, spans):
                if held is not None:
                    yield _Task(source, base, held, first, False, 0)
                    first = False
                held = stretch
        assert held is not None
        open_line = 0 if closed or held.spans is None else int(held.spans.line[-1])
        yield _Task(source, base, held, first, True, open_line)
        base += source.size


def _pieces(
    tasks: Iterator[_Task], read: Callable[[int, _Task], _Read], cancelled: Callable[[], bool]
) -> Iterator[_Read]:
    """Read stretches at the same time and hand them over in order."""
    waiting: deque[Future[_Read]] = deque()
    pool = ThreadPoolExecutor(_WORKERS)
    try:
        for number, task in enumerate(tasks):
            if cancelled():
                raise LoadCancelledError
            waiting.append(pool.submit(read, number, task))
            if len(waiting) >= _WAITING:
                yield waiting.popleft().result()
        while waiting:
            if cancelled():
                raise LoadCancelledError
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _piece(reader: Reader, cache: CacheFolder | None, number: int, task: _Task) -> _Read:
    piece = read_piece(task.source, reader, task.stretch)
    again = partial(frame_of, task.source, reader, task.stretch)
    cached = cache.put(number, piece.frame, again) if cache else None
    return _Read(task, piece, Stored(len(piece), kinds_of(piece.frame), cached or Again(again)))


def _dataset(head: Head, gathered: Gathered, cache: CacheFolder | None) -> Dataset:
    schema = head.schema
    table = Table(schema, gathered.stored, MAX_FIELDS, gathered.numbers())
    column = partial(_column, table)
    places, data = gathered.places(), head.source.data

    def record(row: int) -> Record:
        start, end = places.bounds(row)
        found: Record = orjson.loads(data[start:end])
        return found

    def make_keys() -> Keys:
        keys = keys_of(data, places)
        return manifest.keep(cache, head, dataset, keys, gathered.figures) if cache else keys

    names = [name for name, kind in table.kinds.items() if is_looked_at(name, kind, schema)]
    whole = whole_problems(column, names, schema, record)
    dataset = Dataset(
        head.source,
        head.format,
        (schema, *gathered.others),
        gathered.codes(),
        places,
        table,
        Later(make_keys),
        gathered.figures["tokens"].taken(),
        gathered.figures["chars"].taken(),
        gathered.unreadable(),
        merge([gathered.problems(), whole]),
        mapped=bool(head.mapping),
    )
    dataset.keyed.start(now=not _LATER[0] < head.source.size < _LATER[1])
    return dataset


def _column(table: Table, name: str) -> pl.Series | None:
    return table.column(name) if name in table.fields else None
