"""A real pseudo-terminal with a person at it: presses keys, looks at the screen, hangs up."""

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

import pyte

_KEYS = {
    "enter": "\r", "esc": "\x1b", "tab": "\t", "space": " ", "backspace": "\x7f",
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
}  # fmt: skip
# What pyte would print as letters: the kitty keyboard protocol, and questions about a mode.
_BEYOND_PYTE = re.compile(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p")
_UNFINISHED = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*)?$")
# A session leader without a terminal gets the first one that it opens as its own.
_ON_TERMINAL = 'exec "$@" <"$0" >"$0"'
_ERRORS_TOO = _ON_TERMINAL + " 2>&1"

PATIENCE = 20.0
"""Seconds to wait for what should appear: many times what it takes on a busy machine."""


class Terminal:
    """One program on one terminal; what it wrote is kept as bytes in `raw` and as a picture."""

    def __init__(
        self,
        command: Sequence[object],
        environment: Mapping[str, str],
        folder: Path,
        size: tuple[int, int] = (120, 40),
        errors: Path | None = None,
    ) -> None:
        width, height = size
        self._screen = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self._screen)
        self._unfed = b""
        self.raw = b""
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.settings = termios.tcgetattr(slave)
        name = os.ttyname(slave)
        start = ["/bin/sh", "-c", _ON_TERMINAL if errors else _ERRORS_TOO, name, *map(str, command)]
        self._open = True
        with ExitStack() as stack:
            stack.callback(os.close, slave)
            stderr = stack.enter_context(errors.open("wb")) if errors else None
            self.process = subprocess.Popen(
                start, start_new_session=True, env=environment, cwd=folder, stderr=stderr
            )
            # The slave end stays open until the program has it: a master without any slave reads as hung up.
            self.until(lambda: self.process.poll() is not None or _started(self.process.pid), "not started")

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._close()

    def press(self, *keys: str) -> None:
        """Press keys one after the other; Esc only as the last, for before another key it means Alt."""
        assert "esc" not in keys[:-1], "wait for what Esc shows before the next key"
        self.write("".join(map(_typed, keys)))

    def write(self, text: str) -> None:
        """Send characters in one piece."""
        data = text.encode()
        while data:
            data = data[os.write(self._master, data) :]
            self._read(0)

    def type(self, text: str) -> None:
        """Type a text and Enter."""
        self.write(f"{text}\r")

    def click(self, text: str) -> None:
        """Press and release the mouse button on a text that is on the screen."""
        lines = self._screen.display
        line = next(number for number, one in enumerate(lines) if text in one)
        place = f"0;{lines[line].index(text) + len(text) // 2 + 1};{line + 1}"
        self.write(f"\x1b[<{place}M\x1b[<{place}m")

    def hang_up(self) -> None:
        """Drop the line: the kernel sends SIGHUP to the session, and every later write fails."""
        self._close()
        self.process.wait(PATIENCE)

    def kill(self) -> None:
        """End the program as `kill -9` does, keeping what it had written."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)
        self._drain()

    def leaves(self) -> int:
        """Wait until the program has ended by itself and return its exit code."""
        self.until(lambda: self.process.poll() is not None, "the program did not end")
        self._drain()
        code = self.process.returncode
        assert code is not None
        return code

    def shows(self, *texts: str, within: float = PATIENCE) -> None:
        """Wait until every text is on the screen."""
        self.until(
            lambda: all(text in self.screen_text() for text in texts), f"not on screen: {texts}", within
        )

    def lacks(self, text: str, within: float = PATIENCE) -> None:
        """Wait until a text is no longer on the screen."""
        self.until(lambda: text not in self.screen_text(), f"still on screen: {text!r}", within)

    def until(self, true: Callable[[], object], what: str, within: float = PATIENCE) -> None:
        """Look at what comes until `true()` holds; fail with the whole screen when it does not."""
        deadline = time.monotonic() + within
        while not true():
            if time.monotonic() > deadline:
                raise AssertionError(f"{what}\n{self.screen_text()}")
            self._read(0.02)

    def screen_text(self) -> str:
        """Return the characters on the screen."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def settings_now(self) -> list[Any]:
        """Return the line's settings (echo, line editing, signals) as they are."""
        return termios.tcgetattr(self._master)

    def _read(self, patience: float) -> bool:
        if not self._open:
            time.sleep(patience)
            return False
        if not select.select([self._master], [], [], patience)[0]:
            return False
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:  # the program has closed its end
            time.sleep(patience)
            return False
        self.raw += data
        whole = self._unfed + data
        tail = _UNFINISHED.search(whole)
        cut = tail.start() if tail else len(whole)
        self._unfed = whole[cut:]
        self._stream.feed(_BEYOND_PYTE.sub(b"", whole[:cut]))
        return True

    def _drain(self) -> None:
        while self._read(0):
            pass

    def _close(self) -> None:
        if self._open:
            self._open = False
            os.close(self._master)


def _typed(key: str) -> str:
    if key.startswith("ctrl+"):
        return chr(ord(key[-1]) & 0x1F)
    assert len(key) == 1 or key in _KEYS, f"no such key: {key}"
    return _KEYS.get(key, key)


def _started(pid: int) -> bool:
    """Whether the shell has given its place, and with it the terminal, to the program."""
    try:
        return not Path(f"/proc/{pid}/exe").resolve().name.endswith("sh")
    except OSError:
        return False
