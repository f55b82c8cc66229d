"""Whether a source still holds the rows that were decided on."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.filebytes import Data, FileBytes
from dataexplore.dataset.keying import keys_of
from dataexplore.dataset.keys import Keys
from dataexplore.dataset.several import Joined
from dataexplore.dataset.source import Source
from dataexplore.dataset.spool import MAX_BYTES
from dataexplore.errors import DataexploreError, ExportError
from dataexplore.text import short

TOUCHED = "the file has changed since it was opened, but none of the rows to write: they are as decided on"


class Unchanged:
    """Compares rows by content when the file's size, time or inode are no longer those of the opening."""

    def __init__(self, dataset: Dataset, *rows: NDArray[np.int64]) -> None:
        """Look once; raise ExportError when a row to write is another one now."""
        self._dataset, self._rows = dataset, rows
        self.notice = ""
        """What to tell the person, "" when nothing changed."""
        self._seen: list[tuple[int, ...]] = []
        self.again()

    def again(self) -> None:
        """Look once more, for what happened while rows were written."""
        if not self._dataset.source.changed():
            return
        before, self._seen = self._seen, _stats(self._dataset.source)
        if before != self._seen:
            _compare(self._dataset, np.concatenate(self._rows))
        self.notice = TOUCHED


def _compare(dataset: Dataset, rows: NDArray[np.int64]) -> None:
    name = short(str(dataset.path), 200)
    try:
        now = _keys_now(dataset)
    except (OSError, DataexploreError):
        raise ExportError(
            f"{name}: has changed since it was opened and is no longer there or cannot be read; nothing was "
            "written"
        ) from None
    there = rows < len(now)
    differ = int(np.count_nonzero(~there))
    differ += int(np.count_nonzero(now[rows[there]] != dataset.keys[rows[there]]))
    if differ:
        raise ExportError(
            f"{name}: has changed since it was opened: {differ:,} of {len(rows):,} rows to write differ; "
            "open it again first: decisions follow the rows that are the same"
        )


def _keys_now(dataset: Dataset) -> Keys:
    """Return the keys of what is at the rows' places now."""
    data = _data_now(dataset.source)
    if data is not None:
        return keys_of(data, dataset.spans)
    from dataexplore.dataset.loading import open_dataset

    inner = dataset.source.data
    paths = [one.path for one in inner.sources] if isinstance(inner, Joined) else [dataset.path]
    return open_dataset(paths, max_bytes=MAX_BYTES).keys


def _data_now(source: Source) -> Data | None:
    """Return the bytes that are in plain files now; None for a container, which is opened again."""
    if isinstance(source.data, Joined):
        members = [(one, _data_now(one)) for one in source.data.sources]
        if any(data is None for _, data in members):
            return None
        return Joined([replace(one, data=data) for one, data in members if data is not None])
    if source.container or source.lines is not None or len(source.stamps) != 1:
        return None
    descriptor = os.open(source.stamps[0].path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        # Of a file that is shorter now, the rows past its end have no bytes, which are not theirs.
        size = min(source.size, os.fstat(descriptor).st_size)
        return FileBytes(descriptor, size, short(str(source.path), 200))
    finally:
        os.close(descriptor)


def _stats(source: Source) -> list[tuple[int, ...]]:
    return [_stat(stamp.path) for stamp in source.stamps]


def _stat(path: Path) -> tuple[int, ...]:
    try:
        now = path.stat()
    except OSError:
        return ()
    return now.st_size, now.st_mtime_ns, now.st_ino
