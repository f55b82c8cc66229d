"""Opens the bytes of a file read-only, or says in one sentence why it is no dataset."""

import errno
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dataexplore.dataset.filebytes import Data, FileBytes
from dataexplore.dataset.foreign import not_text
from dataexplore.dataset.unreadable import Unreadable
from dataexplore.errors import InputRefusedError
from dataexplore.text import short

BOM = b"\xef\xbb\xbf"
COMPRESSED = ("gzip", "zstd", "bzip2", "xz")
COLUMNAR = ("parquet", "arrow", "arrow stream")
DELIMITED = (".csv", ".tsv")
"""Text that is told by its name alone: any text is a table of one column."""
_KINDS = (
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    *((bytes([0x50 + number]) + b"\x2a\x4d\x18", "zstd") for number in range(16)),  # a frame to skip is first
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"PAR1", "parquet"),
    (b"ARROW1", "arrow"),
    (b"\xff\xff\xff\xff", "arrow stream"),
)

COPIED = 1 << 26
"""A file up to this size is copied into memory; of a larger one bytes are read when they are asked for."""


@dataclass(frozen=True)
class Stamp:
    """A file as it was when it was opened."""

    path: Path
    size: int
    modified_ns: int
    inode: int

    def changed(self) -> bool:
        """Tell whether another file is there now, or none."""
        try:
            now = self.path.stat()
        except OSError:
            return True
        return (now.st_size, now.st_mtime_ns, now.st_ino) != (self.size, self.modified_ns, self.inode)


@dataclass(frozen=True)
class Source:
    """A file's rows as bytes of JSON, as they were when it was opened."""

    path: Path
    data: Data
    """The file's own bytes; of a container what it unpacks to."""
    begin: int
    """Offset of the first byte after a byte-order mark."""
    size: int
    """Length of `data`."""
    stamps: tuple[Stamp, ...]
    """The files that were read: for a folder those in it."""
    container: str = ""
    """What the rows were packed in; "" for plain text."""
    lines: NDArray[np.int64] | None = None
    """The container's own line (or row, from 1) of each line of `data`, where they differ."""
    damage: tuple[Unreadable, ...] = ()
    """What the container holds and `data` does not."""
    flags: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)
    """Lines of `data` (from 0) by the name of a problem that they no longer show."""
    ended: str = ""
    """Why `data` ends early."""
    origin: str = ""
    """Where it came from, if not from a file here."""

    def changed(self) -> bool:
        """Tell whether the file at `path` is no longer the one that was opened."""
        return any(stamp.changed() for stamp in self.stamps)


def open_source(path: Path, max_bytes: int | None = None, copied: int = COPIED) -> Source:
    """Copy a file of up to `copied` bytes, leave others on disk, unpack a container to at most `max_bytes`.

    Raises InputRefusedError with file, reason and remedy.
    """
    shown = short(str(path), 200)
    try:
        if path.is_dir():
            from dataexplore.dataset.folder import open_folder

            return open_folder(path)
        data, info = read_regular(path, copied)
        source = Source(
            path,
            data,
            len(BOM) if data[:3] == BOM else 0,
            len(data),
            (Stamp(path, info.st_size, info.st_mtime_ns, info.st_ino),),
        )
        if kind_of(data[:8]) or path.suffix.lower() in DELIMITED:
            from dataexplore.dataset.containers import unpacked  # most files need none of it

            return unpacked(source, max_bytes)
    except OSError as error:
        raise InputRefusedError(f"{shown}: {_why_not(path, error)}") from None
    except ValueError:
        raise InputRefusedError(f"{shown}: no file can have this name") from None
    reason = not_text(data)
    if reason:
        raise InputRefusedError(f"{shown}: {reason}")
    return source


def read_regular(path: Path, copied: int = COPIED) -> tuple[bytes | FileBytes, os.stat_result]:
    """Return a file's bytes; raise InputRefusedError for what is no file or empty, without ever waiting."""
    shown = short(str(path), 200)
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        info = os.fstat(descriptor)
        if stat.S_ISDIR(info.st_mode):
            raise InputRefusedError(f"{shown}: is a directory; name a file in it")
        if not stat.S_ISREG(info.st_mode):
            raise InputRefusedError(f"{shown}: not a regular file; save it to disk first")
        if info.st_size == 0:
            raise InputRefusedError(f"{shown}: the file is empty (0 bytes)")
        return _bytes_of(descriptor, info.st_size, shown, copied), info
    finally:
        os.close(descriptor)


def kind_of(head: bytes) -> str:
    """Tell compressed and columnar files by their first bytes; "" for anything else."""
    return next((kind for magic, kind in _KINDS if head.startswith(magic)), "")


def _bytes_of(descriptor: int, size: int, shown: str, copied: int) -> bytes | FileBytes:
    if size > copied:
        return FileBytes(descriptor, size, shown)
    parts = []
    while size > 0 and (part := os.read(descriptor, size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _why_not(path: Path, error: OSError) -> str:
    if error.errno == errno.ENOENT and path.is_symlink():
        return f"no such file: the link points to {short(str(path.readlink()), 120)}, which is not there"
    if error.errno == errno.ENXIO:
        return "not a regular file; save it to disk first"
    reasons = {
        errno.ENOENT: "no such file",
        errno.EACCES: "permission denied; ask its owner for read access",
        errno.EISDIR: "is a directory; name a file in it",
        errno.ENOTDIR: "a part of the path is not a folder",
        errno.ELOOP: "the link points to itself",
        errno.ENAMETOOLONG: "the name is too long",
        errno.EMFILE: "too many files at once; join some of them first",
    }
    return reasons.get(error.errno or 0, (error.strerror or "cannot be opened").lower())
