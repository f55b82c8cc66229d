"""Hands a text to the person's own editor and takes it back; what they wrote is never lost."""

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from dataexplore.errors import EditError
from dataexplore.text import short

_USUAL = ("vi", "nano")


def find_editor() -> list[str]:
    """Return the command of $VISUAL, $EDITOR, vi or nano; raise EditError when there is none."""
    for name in ("VISUAL", "EDITOR"):
        if asked := os.environ.get(name, "").strip():
            try:
                return shlex.split(asked)
            except ValueError as error:
                raise EditError(f"${name} is no command ({error}): {short(asked, 80)}") from None
    found = next((name for name in _USUAL if shutil.which(name)), None)
    if found is None:
        raise EditError("no editor is found: set EDITOR before starting, as in EDITOR=nano")
    return [found]


class Draft:
    """A text in a file for its person only, in a folder that takes what an editor leaves beside it."""

    def __init__(self, folder: Path, name: str, text: bytes) -> None:
        self._text = text
        try:
            self._folder = Path(mkdtemp(prefix="edit-", dir=folder))
            self.path = self._folder / name
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(text)
        except OSError as error:
            reason = (error.strerror or "cannot be written").lower()
            raise EditError(f"{short(str(folder), 200)}: {reason}; the row cannot be edited") from None

    def edited(self, command: list[str]) -> bytes | None:
        """Let the editor run until it ends; return the text, None when it is as before.

        Raises EditError when the editor fails, or leaves no text.
        """
        name = short(Path(command[0]).name, 60)
        try:
            with _undisturbed():
                code = subprocess.run([*command, str(self.path)], check=False).returncode
        except OSError as error:
            reason = (error.strerror or "cannot be started").lower()
            raise EditError(f"the editor {name}: {reason}; set EDITOR to one that is there") from None
        if code:
            ended = f"ended with code {code}" if code > 0 else f"was ended by signal {-code}"
            raise EditError(f"the editor {name} {ended}")
        text = self.content()
        if not text.strip():
            raise EditError("the text was emptied")
        return None if text == self._text else text

    def content(self) -> bytes:
        """Return the text as it is now, nothing when the editor took the file away."""
        try:
            return self.path.read_bytes()
        except OSError:
            return b""

    @property
    def is_worth_keeping(self) -> bool:
        """Whether the person wrote something."""
        text = self.content()
        return bool(text.strip()) and text != self._text

    def remove(self) -> None:
        """Take the file away, and what an editor left beside it."""
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Leave the keys that send signals to the editor while it has the terminal."""

    def nothing(_number: int, _frame: object) -> None:
        """Unlike SIG_IGN, a handler does not pass to the editor."""

    before = {number: signal.signal(number, nothing) for number in (signal.SIGINT, signal.SIGQUIT)}
    for number in (signal.SIGTSTP, signal.SIGCONT):  # both stop, and the shell has its turn
        before[number] = signal.signal(number, signal.SIG_DFL)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
