"""Turns Parquet and Arrow into lines of JSON, batch by batch, through Polars."""

import base64
import io
import json
import math
import mmap
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import orjson
import polars as pl
import polars.selectors as cs

from dataexplore.dataset.converted import Converter
from dataexplore.dataset.unreadable import Unreadable
from dataexplore.errors import InputRefusedError

_BATCH = 10_000
_MESSAGE = b"\xff\xff\xff\xff"
_DAMAGED = {
    "parquet": "Parquet footer missing or damaged (file cut off?); copy or download it again",
    "arrow": "Arrow file cut off or damaged; copy or download it again",
    "arrow stream": "Arrow stream cut off or damaged; copy or download it again",
}
_REASONS = (
    ("encrypt", "is encrypted Parquet: write it without encryption first"),
    ("more than one occurrence", "has two columns of one name: rename one of them first"),
    ("footer", _DAMAGED["parquet"]),
    ("FileMetaData", _DAMAGED["parquet"]),
    ("must end with", _DAMAGED["parquet"]),
    ("parquet: ", "Parquet data damaged; copy or download it again"),
)
"""What an error of Polars means, by words in it."""
_UNREAD = (
    "is damaged, or has two columns of one name or one of a kind that is not read (union, interval, long "
    "decimal); copy it again or write it without"
)
_NOT_FINITE = "NaN or Infinity read as null"
_NO_DATE = "date out of range read as a number"
_ERRORS = (pl.exceptions.PolarsError, pl.exceptions.PanicException)


def convert_columnar(
    data: mmap.mmap | bytes, path: Path | None, kind: str, shown: str, into: Converter
) -> None:
    """Add a line per row; `path` names the file where the bytes are its own.

    Raises InputRefusedError when it is damaged.
    """
    if kind == "parquet" and not _ends_well(data):
        raise InputRefusedError(f"{shown}: {_DAMAGED[kind]}")
    try:
        with _silent():
            for frame in _frames(data, path, kind):
                _add(frame, into)
    except (*_ERRORS, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise InputRefusedError(f"{shown}: {_why(error, kind)}") from None
    if kind == "arrow stream" and (after := _after_stream(data)):
        into.damage.append(Unreadable(len(into) + 1, after))


def _why(error: BaseException, kind: str) -> str:
    """Return what is wrong with a file, with nothing of the error's own text."""
    text = str(error)
    if isinstance(error, pl.exceptions.PanicException | pl.exceptions.InvalidOperationError):
        return _UNREAD
    return next((reason for words, reason in _REASONS if words in text), _DAMAGED[kind])


def _after_stream(data: mmap.mmap | bytes) -> str:
    """Return what is wrong with the end of an Arrow stream, "" where its end mark is that of the file.

    A reader stops at the first mark, as if a second stream or a cleared header were not there.
    """
    at = 0
    while data[at : at + 4] == _MESSAGE:
        size, meta = int.from_bytes(data[at + 4 : at + 8], "little"), at + 8
        if not size:
            more = len(data) - meta
            return f"{more:,} bytes after the end mark of the Arrow stream are not read" if more else ""
        at = meta + size + _body_length(data[meta : meta + size])
    return "the Arrow stream has no end mark: it may be cut off"


def _body_length(message: bytes) -> int:
    """Return how many bytes follow a message: the fourth field of its flatbuffer."""
    table = int.from_bytes(message[:4], "little")
    fields = table - int.from_bytes(message[table : table + 4], "little", signed=True)
    place = int.from_bytes(message[fields + 10 : fields + 12], "little")
    has = place and int.from_bytes(message[fields : fields + 2], "little") > 10
    return int.from_bytes(message[table + place : table + place + 8], "little") if has else 0


def _ends_well(data: mmap.mmap | bytes) -> bool:
    footer = int.from_bytes(data[-8:-4], "little")
    return bytes(data[-4:]) == b"PAR1" and 0 < footer <= len(data) - 12


def _frames(data: mmap.mmap | bytes, path: Path | None, kind: str) -> Iterator[pl.DataFrame]:
    source: Path | io.BytesIO = path if path and isinstance(data, mmap.mmap) else io.BytesIO(data[:])
    if kind == "arrow stream":
        frame = pl.read_ipc_stream(source)
        for begin in range(0, frame.height, _BATCH):
            yield frame[begin : begin + _BATCH]
        return
    lazy = pl.scan_parquet(source, glob=False) if kind == "parquet" else pl.scan_ipc(source, glob=False)
    left = int(lazy.select(pl.len()).collect().item())
    for batch in lazy.collect_batches(chunk_size=_BATCH, maintain_order=True):
        left -= batch.height
        for begin in range(0, batch.height, _BATCH):
            yield batch[begin : begin + _BATCH]
    if left:  # batches end without a word where a thread of Polars panics
        raise pl.exceptions.InvalidOperationError


def _add(frame: pl.DataFrame, into: Converter) -> None:
    into.flag(_NOT_FINITE, _not_finite(frame))
    shown = _dated(frame, into)
    first = len(into) + 1
    for number, row in enumerate(shown.iter_rows(named=True), first):
        into.add(_json(row), number)


def _dated(frame: pl.DataFrame, into: Converter) -> pl.DataFrame:
    """Return dates and times as text; a column with one of no calendar as the numbers that it stores."""
    try:
        return frame.with_columns(cs.temporal().dt.to_string("iso:strict"))
    except pl.exceptions.PanicException:
        pass
    for name in frame.select(cs.temporal()).columns:
        try:
            column = frame[name].dt.to_string("iso:strict")
        except pl.exceptions.PanicException:
            into.flag(_NO_DATE, np.flatnonzero(frame[name].is_not_null().to_numpy()).tolist())
            column = frame[name].to_physical()
        frame = frame.with_columns(column)
    return frame


def _json(row: dict[str, object]) -> bytes:
    try:
        return orjson.dumps(row, default=_plain)
    except TypeError:  # a whole number of more than 64 bits
        return json.dumps(row, default=_plain, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(value: object) -> object:
    """Bytes become base64, a decimal its digits, everything else its text."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, pl.Series):
        return value.to_list()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _not_finite(frame: pl.DataFrame) -> Sequence[int]:
    """Return the rows with a number that JSON does not have."""
    odd = [column for column in frame if _holds_odd(column)]
    return [row for row, values in enumerate(zip(*odd, strict=True)) if _odd(values)] if odd else ()


def _holds_odd(column: pl.Series) -> bool:
    if column.dtype.is_float():
        return bool(column.is_finite().not_().any())
    if isinstance(column.dtype, pl.List | pl.Array):
        return _holds_odd(column.explode())
    if isinstance(column.dtype, pl.Struct):
        return any(_holds_odd(column.struct.field(field.name)) for field in column.dtype.fields)
    return False


def _odd(value: object) -> bool:
    if isinstance(value, float):
        return not math.isfinite(value)
    if isinstance(value, dict):
        return any(map(_odd, value.values()))
    return isinstance(value, list | tuple | pl.Series) and any(map(_odd, value))


@contextmanager
def _silent() -> Iterator[None]:
    """Keep what a panic prints off the terminal: a damaged file is refused in one sentence.

    Only in the main thread: elsewhere the screen may be drawn at the same time.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
