"""How job files are written: private, whole or not at all, and one write per appended line."""

import errno
import json
import os
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from dataexplore.errors import JobError

FILE_MODE = 0o600
FOLDER_MODE = 0o700


def write_whole(path: Path, data: bytes, durable: bool = True) -> None:
    """Replace `path` by `data` atomically; `durable` also survives a power cut (about 4 ms)."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, FILE_MODE)
    try:
        _write_all(descriptor, data)
        if durable:
            os.fsync(descriptor)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)
    part.replace(path)
    if durable:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def to_line(values: Mapping[str, Any]) -> bytes:
    """Return one JSON line; numbers that JSON has no word for (NaN, infinity) become null."""
    return json.dumps(_plain(values), ensure_ascii=False, allow_nan=False).encode("utf-8", "replace") + b"\n"


def append_line(path: Path, values: Mapping[str, Any]) -> None:
    """Append one JSON line in one write; raise JobError naming the file when the disk refuses it."""
    line = to_line(values)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, FILE_MODE)
        try:
            size = os.fstat(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                line = b"\n" + line  # the last writer was killed within a line
            written = os.write(descriptor, line)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise JobError(disk_reason(path, error)) from None
    if written != len(line):
        raise JobError(f"{path.name}: the disk is full, a line was only partly written; free some space")


def disk_reason(path: Path, error: OSError) -> str:
    """Return one sentence for a write to `path` that failed."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{path.name}: the disk is full or the quota used up; free some space and resume"
    return f"{path.name}: cannot be written ({error.strerror or error})"


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)
