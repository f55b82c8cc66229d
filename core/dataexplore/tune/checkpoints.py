"""Checkpoints are whole or not there: written aside, listed with sizes and hashes, then renamed."""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dataexplore.errors import JobError
from dataexplore.jobs.files import sync_folder, write_whole

_MARK = "complete.json"


def save(folder: Path, step: int, write: Callable[[Path], None]) -> Path:
    """Have `write` fill a folder, make it durable and give it its name, `checkpoint-<step>`."""
    final = folder / f"checkpoint-{step}"
    part = folder / f".{final.name}.part"
    shutil.rmtree(part, ignore_errors=True)
    with full_disk_named(final.name):
        part.mkdir(parents=True)
        write(part)
        mark_complete(part)
    shutil.rmtree(final, ignore_errors=True)
    part.rename(final)
    sync_folder(folder)
    return final


@contextmanager
def full_disk_named(what: str) -> Iterator[None]:
    """Turn what the libraries say of a full disk, each in its own type, into a JobError."""
    try:
        yield
    except Exception as error:
        if "No space left" not in str(error) and "quota exceeded" not in str(error):
            raise
        raise JobError(
            f"{what}: the disk is full or the quota used up; free some space and resume"
        ) from error


def mark_complete(checkpoint: Path) -> None:
    """Make the files durable, then note the size and hash of each."""
    found = {}
    for path in sorted(checkpoint.iterdir()):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
                found[path.name] = {"size": path.stat().st_size, "sha256": _hash(path)}
    sync_folder(checkpoint)
    write_whole(checkpoint / _MARK, json.dumps(found).encode())


def prune(folder: Path, keep: int | None) -> None:
    """Remove all but the newest `keep` checkpoints; None keeps all."""
    if keep is not None:
        for checkpoint in sorted(_named(folder), key=step_of)[:-keep]:
            shutil.rmtree(checkpoint, ignore_errors=True)


def newest_complete(folder: Path) -> Path | None:
    """Return the whole checkpoint with the most steps; torn ones that are newer are removed."""
    for part in folder.glob(".checkpoint-*.part"):
        shutil.rmtree(part, ignore_errors=True)
    for checkpoint in sorted(_named(folder), key=step_of, reverse=True):
        if is_complete(checkpoint):
            return checkpoint
        shutil.rmtree(checkpoint, ignore_errors=True)
    return None


def is_complete(checkpoint: Path) -> bool:
    """Tell whether the mark is there and every file has the size and the bytes it had."""
    try:
        found = json.loads((checkpoint / _MARK).read_bytes())
        return all(
            (checkpoint / name).stat().st_size == one["size"] and _hash(checkpoint / name) == one["sha256"]
            for name, one in found.items()
        )
    except (OSError, ValueError, AttributeError, TypeError, KeyError):
        return False


def step_of(checkpoint: Path) -> int:
    """Return the optimizer steps that a checkpoint stands for."""
    return int(checkpoint.name.rpartition("-")[2])


def _named(folder: Path) -> list[Path]:
    paths = folder.iterdir() if folder.is_dir() else ()
    return [path for path in paths if re.fullmatch(r"checkpoint-\d+", path.name)]


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
