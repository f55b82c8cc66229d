"""The worker's lock: held by flock for the worker's life, so the kernel frees it at any death."""

import errno
import fcntl
import os
import time
from pathlib import Path

from dataexplore.errors import JobError
from dataexplore.jobs.files import FILE_MODE

_PATIENCE = 1.0  # seconds: a reader that looks whether the lock is free holds it for an instant


def take(path: Path, patience: float = _PATIENCE) -> int:
    """Take the lock and return the descriptor that holds it; raise JobError when another worker has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES) and time.monotonic() < deadline:
                time.sleep(0.05)
                continue
            os.close(descriptor)
            raise JobError(f"{path.parent.name}: another process works on this job already") from None
        return descriptor


def held(path: Path) -> bool:
    """Tell whether some process holds the lock."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
