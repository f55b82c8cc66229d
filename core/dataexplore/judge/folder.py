"""The judges of a workspace: a folder each, with its identity, its secret and its replies."""

import contextlib
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from dataexplore.errors import JudgeError
from dataexplore.jobs.files import FILE_MODE, FOLDER_MODE, write_whole
from dataexplore.judge.judge import Judge
from dataexplore.judge.replies import FILE, Replies
from dataexplore.judge.rubric import Rubric

JUDGEMENTS = "judgements"
RUBRIC = "rubric.json"
LOCK = "lock"
_SECRET = "secret"  # noqa: S105 # a file's name


class Judgements:
    """All judges of one workspace; reading makes nothing."""

    def __init__(self, workspace: Path) -> None:
        self.folder = workspace / JUDGEMENTS

    def judges(self) -> list[Judge]:
        """Return the judges that were asked, oldest first; damaged folders are left out."""
        found = []
        for path in self.folder.glob("*/judge.json"):
            try:
                judge = Judge.from_json(path.read_bytes())
            except (OSError, JudgeError):
                continue
            if judge.id == path.parent.name:
                found.append((path.stat().st_mtime_ns, judge.id, judge))
        return [judge for _, _, judge in sorted(found, key=lambda one: one[:2])]

    def place(self, judge: Judge) -> Path:
        """Return the judge's folder, which may not be there yet."""
        return self.folder / judge.id

    def known(self, judge: Judge, names: Iterable[str] = ()) -> Judge:
        """Return the judge as it was kept, with its signals' names, or with names that nothing else has.

        `names` are taken by others than judges: a field of the file would hide a signal of its name.
        """
        others = self.judges()
        for other in others:
            if other.id == judge.id:
                return other
        taken = {*names, *(name for other in others for name in other.signals)}
        number = 1
        free = judge.signals
        while taken & set(free):
            number += 1
            free = tuple(f"{name}_{number}" for name in judge.signals)
        return replace(judge, signals=free)

    def keep(self, judge: Judge) -> Path:
        """Make the judge's folder if it is not there; judge.json comes last, so half a folder is none."""
        folder = self.place(judge)
        try:
            folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            if not (folder / _SECRET).exists():
                write_whole(folder / _SECRET, secrets.token_bytes(32))
            Replies(folder, writable=True).close()
            if not (folder / "judge.json").exists():
                write_whole(folder / "judge.json", judge.to_json().encode())
        except OSError as error:
            raise JudgeError(f"{folder}: replies cannot be kept here ({error.strerror or error})") from None
        return folder

    def rubric(self, signal: str) -> Rubric | None:
        """Return the rubric that a signal's scores go by, None where there is none or its words are lost."""
        for judge in self.judges():
            if signal in judge.signals and judge.rubric:
                with contextlib.suppress(OSError, ValueError, JudgeError):
                    return Rubric.from_json(json.loads((self.place(judge) / RUBRIC).read_bytes()))
        return None

    def replies(self, judge: Judge) -> Replies | None:
        """Open a judge's replies for reading, None where there are none."""
        folder = self.place(judge)
        return Replies(folder, writable=False) if (folder / FILE).exists() else None

    def stamp(self) -> tuple[tuple[str, int, int], ...]:
        """Return what changes whenever a reply is stored."""
        files = [
            path for pattern in ("*/replies.db", "*/replies.db-wal") for path in self.folder.glob(pattern)
        ]
        found = []
        for path in sorted(files):
            with contextlib.suppress(FileNotFoundError):  # the writer has just taken it in
                stat = path.stat()
                found.append((str(path), stat.st_size, stat.st_mtime_ns))
        return tuple(found)


def read_secret(folder: Path) -> bytes:
    """Return the secret that a judge's marks are made of."""
    try:
        found = (folder / _SECRET).read_bytes()
    except OSError as error:
        raise JudgeError(f"{folder / _SECRET}: cannot be read ({error.strerror})") from None
    if len(found) != 32:
        raise JudgeError(f"{folder / _SECRET}: is damaged; remove it, and a new one is made")
    return found


def lock_file(folder: Path) -> Path:
    """Return the file that the one job which asks a judge holds locked."""
    path = folder / LOCK
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE))
    return path
