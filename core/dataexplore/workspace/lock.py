"""One writer at a time: an advisory lock that names its holder and ends with its process."""

import fcntl
import json
import os
import socket
import time
from contextlib import suppress
from pathlib import Path

from dataexplore.text import short


class WriterLock:
    """Holds a workspace for writing until closed or until the process ends."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"
        self._file: int | None = None

    def take(self) -> bool:
        """Try to become the writer; False when another process is, OSError when there can be no lock."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(file)
            if isinstance(error, BlockingIOError):
                return False
            raise
        self._file = file
        holder = {"host": socket.gethostname(), "pid": os.getpid(), "since": time.time()}
        with suppress(OSError):  # a full disk need not keep anybody from looking
            os.ftruncate(file, 0)
            os.pwrite(file, json.dumps(holder).encode(), 0)
        return True

    def holder(self) -> str:
        """Name who holds the workspace, as far as it is known."""
        try:
            holder = json.loads(self._path.read_text())
            since = time.strftime("%H:%M", time.localtime(holder["since"]))
            return f"process {int(holder['pid'])} on {short(str(holder['host']), 60)} since {since}"
        except (OSError, ValueError, KeyError, TypeError):
            return "another process"

    def release(self) -> None:
        """Let the next writer in."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
