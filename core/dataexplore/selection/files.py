"""Files that belong together: all are written whole before the first takes its place, the main one last."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from dataexplore.errors import ExportError
from dataexplore.jobs.files import sync_folder
from dataexplore.text import short

_BLOCK = 1 << 20


class FileSet:
    """Collects files under hidden names and puts them in their places when the block ends without an error.

    A process that is killed before that leaves what was there before; each file is old or new, never half.
    A link stays, and what it leads to is replaced.
    """

    def __init__(self) -> None:
        self._written: dict[Path, Path] = {}
        self._places: dict[Path, Path] = {}
        self._last: list[Path] = []

    @contextmanager
    def open(self, path: Path, *, last: bool = False) -> Iterator[BinaryIO]:
        """Open the next file; they take their places in this order, those marked `last` after the others."""
        temporary = None
        try:
            if path.exists() and not path.is_file():
                raise ExportError(f"{short(str(path), 200)}: is not a regular file; write to another name")
            place = Path(os.path.realpath(path))
            if place.is_symlink():
                raise ExportError(f"{short(str(path), 200)}: not written: the link leads back to itself")
            if place in self._places.values():
                raise ExportError(
                    f"{short(str(path), 200)}: leads to another of the files to write; move it away"
                )
            place.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name[:40]}-")
            self._places[path] = place
            temporary = self._written[path] = Path(name)
            self._last += [path] if last else []
            with os.fdopen(descriptor, "wb", buffering=_BLOCK) as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(0o666 & ~_umask())
        except OSError as error:
            raise ExportError(_failure(path, error)) from None

    def sha256(self, path: Path) -> str:
        """Return the checksum of a file that was written."""
        with self._written[path].open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def size(self, path: Path) -> int:
        """Return the bytes of a file that was written."""
        return self._written[path].stat().st_size

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._place()
        finally:
            for temporary in self._written.values():
                temporary.unlink(missing_ok=True)

    def _place(self) -> None:
        for path in sorted(self._written, key=lambda path: path in self._last):
            try:
                put(self._written[path], self._places[path])
            except OSError as error:
                raise ExportError(_failure(path, error)) from None


def put(temporary: Path, path: Path) -> None:
    """Let a finished file take its place, for good: a power cut does not bring the old one back."""
    temporary.replace(path)
    sync_folder(path.parent)


def _failure(path: Path, error: OSError) -> str:
    reason = (error.strerror or "failed").lower()
    return f"{short(str(path), 200)}: not written ({reason}); what was there before is untouched"


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
