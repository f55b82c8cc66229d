"""Opens the bytes of a file read-only, or says in one sentence why it is no dataset."""

import errno
import mmap
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from dataexplore.errors import InputRefusedError
from dataexplore.text import short

_BOM = b"\xef\xbb\xbf"
_MAGIC = (
    (b"\x1f\x8b", "is gzip: unpack it first with `gzip -dk`"),
    (b"\x28\xb5\x2f\xfd", "is zstd: unpack it first with `zstd -d`"),
    (b"BZh", "is bzip2: unpack it first with `bzip2 -dk`"),
    (b"\xfd7zXZ\x00", "is xz: unpack it first with `xz -dk`"),
    (b"PAR1", "is Parquet, which is not read yet: convert it to JSONL"),
    (b"ARROW1", "is an Arrow file, which is not read yet: convert it to JSONL"),
    (b"\xff\xff\xff\xff", "is an Arrow stream, which is not read yet: convert it to JSONL"),
    (b"PK\x03\x04", "is a zip archive: unpack it first"),
    (b"SQLite format 3\x00", "is an SQLite database, not a dataset"),
    (b"version https://git-lfs", "is a Git LFS pointer: run `git lfs pull` to get the data"),
    (b"\xff\xfe", "is UTF-16: convert it with `iconv -f UTF-16 -t UTF-8`"),
    (b"\xfe\xff", "is UTF-16: convert it with `iconv -f UTF-16 -t UTF-8`"),
)


_COPIED = 1 << 26
"""A file up to this size is copied into memory: rewriting a mapped file in place can kill its reader."""


@dataclass(frozen=True)
class Source:
    """A file's bytes as they were when it was opened."""

    path: Path
    data: mmap.mmap | bytes
    begin: int
    """Offset of the first byte after a byte-order mark."""
    size: int
    modified_ns: int
    inode: int

    def changed(self) -> bool:
        """Tell whether the file at `path` is no longer the one that was opened."""
        try:
            now = self.path.stat()
        except OSError:
            return True
        return (now.st_size, now.st_mtime_ns, now.st_ino) != (self.size, self.modified_ns, self.inode)


def open_source(path: Path) -> Source:
    """Copy a small file or map a large one; raise InputRefusedError with file, reason and remedy."""
    shown = short(str(path), 200)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise InputRefusedError(f"{shown}: {_why_not(path, error)}") from None
    except ValueError:
        raise InputRefusedError(f"{shown}: no file can have this name") from None
    try:
        info = os.fstat(descriptor)
        if stat.S_ISDIR(info.st_mode):
            raise InputRefusedError(f"{shown}: is a directory; name a file in it")
        if not stat.S_ISREG(info.st_mode):
            raise InputRefusedError(f"{shown}: not a regular file; save it to disk first")
        if info.st_size == 0:
            raise InputRefusedError(f"{shown}: the file is empty (0 bytes)")
        data = _bytes_of(descriptor, info.st_size)
    except OSError as error:
        raise InputRefusedError(f"{shown}: {_why_not(path, error)}") from None
    finally:
        os.close(descriptor)
    head = data[:65536]
    reason = _not_text(head)
    if reason:
        raise InputRefusedError(f"{shown}: {reason}")
    begin = len(_BOM) if head.startswith(_BOM) else 0
    return Source(path, data, begin, len(data), info.st_mtime_ns, info.st_ino)


def _bytes_of(descriptor: int, size: int) -> mmap.mmap | bytes:
    if size > _COPIED:
        return mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)
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
    }
    return reasons.get(error.errno or 0, (error.strerror or "cannot be opened").lower())


def _not_text(head: bytes) -> str | None:
    for magic, reason in _MAGIC:
        if head.startswith(magic):
            return reason
    pairs = head[: len(head) // 2 * 2]
    if len(pairs) >= 4:
        half = len(pairs) // 2
        if pairs[::2].count(0) > 0.8 * half or pairs[1::2].count(0) > 0.8 * half:
            return "looks like UTF-16 without a byte-order mark: convert it with `iconv -f UTF-16LE -t UTF-8`"
    if not head.strip():
        return "holds only white space"
    control = sum(head.count(byte) for byte in (*range(1, 9), *range(14, 27)))
    if head.count(0) > 0.01 * len(head) or control > 0.05 * len(head):
        return "is binary, not text"
    return None
