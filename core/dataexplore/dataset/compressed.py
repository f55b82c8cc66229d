"""Unpacks gzip, zstd, bzip2 and xz by streaming: never more than a piece of it is in memory."""

import bz2
import lzma
import mmap
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

from dataexplore.dataset.spool import Spool, TooLargeError, believed
from dataexplore.errors import InputRefusedError

_PIECE = 1 << 20
_MEMORY = 1 << 28
"""An xz file names the memory that its reader needs; more is refused."""
_TOOLS = {"gzip": "gzip -dk", "bzip2": "bzip2 -dk", "xz": "xz -dk", "zstd": "zstd -d"}


class _Decoder(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    @property
    def needs_input(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Gzip:
    """The gzip decoder with the manners of the other three."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


def unpack(
    packed: mmap.mmap | bytes, kind: str, shown: str, max_bytes: int | None = None
) -> tuple[mmap.mmap | bytes, str]:
    """Return what was packed, and why it ends early ("" when it does not).

    Raises InputRefusedError for what unpacks to more than `max_bytes` (100 times its size) or to nothing.
    """
    new, damage = _decoder(kind, shown)
    limit = believed(len(packed)) if max_bytes is None else max_bytes
    spool = Spool(limit)
    ended = ""
    try:
        for piece in _pieces(packed, new):
            spool.write(piece)
    except EOFError:
        ended = "compressed file ends early"
    except TooLargeError:
        spool.close()
        raise InputRefusedError(f"{shown}: {_too_large(kind, spool, limit)}") from None
    except damage as error:
        if isinstance(error, OSError) and error.errno is not None:  # bz2 raises it bare: this one is the disk
            spool.close()
            raise
        ended = "compressed data is damaged from here on"
    except BaseException:
        spool.close()
        raise
    if not spool.size:
        spool.close()
        raise InputRefusedError(f"{shown}: is {kind} and holds no data{f' ({ended})' * bool(ended)}")
    return spool.taken(), ended


def _decoder(kind: str, shown: str) -> tuple[Callable[[], _Decoder], tuple[type[Exception], ...]]:
    if kind == "gzip":
        return _Gzip, (zlib.error,)
    if kind == "bzip2":
        return bz2.BZ2Decompressor, (OSError, ValueError)
    if kind == "xz":
        return lambda: lzma.LZMADecompressor(memlimit=_MEMORY), (lzma.LZMAError,)
    try:
        from dataexplore.dataset.zstd import ZstdDecompressor, ZstdError
    except ImportError:
        raise InputRefusedError(
            f"{shown}: is zstd, and the module backports.zstd is missing: install it, or unpack the file "
            "with `zstd -d`"
        ) from None
    return ZstdDecompressor, (ZstdError,)


def _pieces(packed: mmap.mmap | bytes, new: Callable[[], _Decoder]) -> Iterator[bytes]:
    """Decode members that follow one another; raise EOFError when the last one is not complete."""
    decoder, at, waiting = new(), 0, b""
    while True:
        if not waiting and (decoder.eof or decoder.needs_input):
            waiting = packed[at : at + _PIECE]
            at += len(waiting)
            if not waiting and decoder.eof:
                return
            if not waiting:
                raise EOFError
        if decoder.eof:
            waiting = waiting.lstrip(b"\0")  # what pads a block may follow the last member
            if not waiting:
                continue
            decoder = new()
        piece = decoder.decompress(waiting, _PIECE)
        waiting = decoder.unused_data if decoder.eof else b""
        if piece:
            yield piece


def _too_large(kind: str, spool: Spool, limit: int) -> str:
    size = f"{spool.limit / 1e6:,.0f} MB"
    if spool.limit < limit:
        return f"is {kind} and unpacks to more than the {size} of free disk; set TMPDIR to a larger one"
    return (
        f"is {kind} and unpacks to more than {size}, the most that is allowed here; allow more with "
        f"--max-bytes, or unpack it with `{_TOOLS[kind]}` first"
    )
