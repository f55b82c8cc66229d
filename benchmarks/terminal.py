"""A program in a real pseudo-terminal, with a clock and a byte counter."""

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Sequence


class Terminal:
    """Starts a command at a size, sends keys, waits for what it prints."""

    def __init__(self, command: Sequence[str], size: tuple[int, int] = (120, 40)) -> None:
        self.started = time.perf_counter()
        self.pid, self.file = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
            os.execvp(command[0], list(command))
        columns, lines = size
        fcntl.ioctl(self.file, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.seen = b""

    def until(self, text: bytes, seconds: float = 60.0) -> float:
        """Return the time since the start at which `text` was printed."""
        limit = time.perf_counter() + seconds
        while text not in self.seen:
            if not self._read(max(0.0, limit - time.perf_counter())):
                raise TimeoutError(f"{text!r} did not appear; last: {self.seen[-300:]!r}")
        return time.perf_counter() - self.started

    def settle(self, quiet: float = 0.4) -> None:
        """Read until nothing more comes for a while."""
        while self._read(quiet):
            pass
        self.seen = b""

    def press(self, keys: bytes, quiet: float = 0.15) -> tuple[float, int]:
        """Send keys; return milliseconds to the first byte and all bytes of the answer."""
        self.seen = b""
        sent = time.perf_counter()
        os.write(self.file, keys)
        first = self._read(5.0)
        took = 1000 * (time.perf_counter() - sent)
        while first and self._read(quiet):
            pass
        return took, len(self.seen)

    def close(self) -> None:
        """End the program, its own process only."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.file)

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self.file], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self.file, 1 << 16)
        except OSError:
            return False
        self.seen += data
        return bool(data)
