"""Takes what is piped in, once and whole, and opens it as a file would be."""

import errno
import hashlib
import mmap
import os
import re
import select
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dataexplore.dataset.filebytes import Data
from dataexplore.dataset.foreign import not_text
from dataexplore.dataset.source import BOM, COLUMNAR, Source, Stamp, kind_of
from dataexplore.dataset.spool import Spool, TooLargeError, believed, no_room
from dataexplore.errors import InputRefusedError

STDIN = "stdin"
_PIECE = 1 << 20
_PLACE = 0
"""The descriptor of standard input."""
_JSON = re.compile(rb"^\s*[\[{]", re.MULTILINE)
_EVERY = 64
"""So many pieces are taken between two words on progress."""


@dataclass(frozen=True)
class Taken(Stamp):
    """What came through a pipe: it is held, so it cannot change."""

    def changed(self) -> bool:
        """Never."""
        return False


def open_stdin(max_bytes: int | None = None, progress: Callable[[str], None] | None = None) -> Source:
    """Read standard input to its end and return its rows; the name is made of its content.

    At most `max_bytes`, else what fits on the free disk. Raises InputRefusedError with reason and remedy.
    """
    source, limit = _taken(max_bytes, progress), max_bytes
    if limit is None:
        limit = believed(source.size)
    data = _buffer(source.data)
    kind = kind_of(data[:8])
    if kind in COLUMNAR:
        from dataexplore.dataset.columnar import convert_columnar
        from dataexplore.dataset.containers import converted

        return converted(source, kind, lambda into: convert_columnar(data, None, kind, STDIN, into), limit)
    if kind:
        from dataexplore.dataset.containers import unpacked

        source = unpacked(source, limit)
    elif reason := not_text(data):
        raise InputRefusedError(f"{STDIN}: {reason}")
    return source if source.lines is not None else _table(source, limit)


def _taken(max_bytes: int | None, progress: Callable[[str], None] | None) -> Source:
    info = _checked()
    if stat.S_ISREG(info.st_mode) and info.st_size == 0:
        raise InputRefusedError(f"{STDIN}: the file is empty (0 bytes)")
    spool, content = Spool(max_bytes), hashlib.sha256()
    try:
        for number, piece in enumerate(_pieces(), 1):
            content.update(piece)
            spool.write(piece)
            if progress and number % _EVERY == 0:
                progress(f"reading {STDIN}: {spool.size / 1e6:,.0f} MB")
        if not spool.size:
            raise InputRefusedError(f"{STDIN}: nothing came through the pipe; look at what is before it")
        data = spool.taken()
    except TooLargeError as error:
        raise InputRefusedError(f"{STDIN}: {_too_large(error.limit, max_bytes)}") from None
    except OSError as error:
        if no_room(error):
            raise InputRefusedError(f"{STDIN}: the disk is full; set TMPDIR to a larger one") from None
        reason = "is a directory" if error.errno == errno.EISDIR else (error.strerror or "unreadable").lower()
        raise InputRefusedError(f"{STDIN}: {reason}; pipe the rows in: `cat FILE | dataexplore -`") from None
    finally:
        spool.close()
    path = Path(f"{STDIN}-{content.hexdigest()[:12]}")
    begin = len(BOM) if data[: len(BOM)] == BOM else 0
    return Source(path, data, begin, len(data), (Taken(path, len(data), 0, 0),))


def _pieces() -> Iterator[bytes]:
    while True:
        try:
            piece = os.read(_PLACE, _PIECE)
        except BlockingIOError:  # who made the pipe wants no waiting on its own end, and both ends share that
            select.select([_PLACE], [], [])
            continue
        if not piece:
            return
        yield piece


def _checked() -> os.stat_result:
    """Raise InputRefusedError where nobody pipes anything: waiting for a keyboard would look like hanging."""
    remedy = "pipe the rows in: `cat FILE | dataexplore -`"
    try:
        info = os.fstat(_PLACE)
    except OSError:
        raise InputRefusedError(f"{STDIN}: is closed; {remedy}") from None
    if os.isatty(_PLACE):
        raise InputRefusedError(f"{STDIN}: is the keyboard, nothing is piped in; {remedy}")
    return info


def _too_large(limit: int, max_bytes: int | None) -> str:
    if max_bytes is not None and limit >= max_bytes:
        return f"more came than the {limit:,} bytes of --max-bytes; raise it, or save the rows to a file"
    return f"more came than the {limit / 1e6:,.0f} MB of free disk; set TMPDIR to a larger one"


def _table(source: Source, limit: int) -> Source:
    """Return the rows of CSV or TSV: no name says so, but the first line has columns and no line is JSON."""
    data = _buffer(source.data)
    head = data[source.begin : source.begin + 65536]
    first = head.lstrip().partition(b"\n")[0]
    if _JSON.search(head) or not re.search(rb"[,;\t]", first):
        return source
    from dataexplore.dataset.containers import converted
    from dataexplore.dataset.delimited import convert_delimited

    tabs = b"\t" in first and b"," not in first
    return converted(
        source,
        "tsv" if tabs else "csv",
        lambda into: convert_delimited(data, source.begin, tabs, STDIN, into),
        limit,
    )


def _buffer(data: Data) -> mmap.mmap | bytes:
    """Return what a spool gave as what it is."""
    return data if isinstance(data, mmap.mmap | bytes) else data[:]
