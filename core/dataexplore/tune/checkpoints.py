"""Which checkpoints are whole: a mark is written last, so one cut short by a kill is never resumed from."""

import json
import os
import re
import shutil
from pathlib import Path

from dataexplore.jobs.files import sync_folder, write_whole

_MARK = "complete.json"


def mark_complete(checkpoint: Path) -> None:
    """Make a saved checkpoint durable, then note the size of each of its files."""
    sizes = {}
    for path in sorted(checkpoint.iterdir()):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
                sizes[path.name] = file.seek(0, os.SEEK_END)
    sync_folder(checkpoint)
    write_whole(checkpoint / _MARK, json.dumps(sizes).encode())


def newest_complete(folder: Path) -> Path | None:
    """Return the whole checkpoint with the most steps; those that are not whole are removed."""
    whole = []
    for path in folder.iterdir() if folder.is_dir() else ():
        if re.fullmatch(r"checkpoint-\d+", path.name) is None:
            continue
        if is_complete(path):
            whole.append(path)
        else:
            shutil.rmtree(path, ignore_errors=True)
    return max(whole, key=step_of, default=None)


def is_complete(checkpoint: Path) -> bool:
    """Tell whether the mark is there and every file has the size it had."""
    try:
        sizes = json.loads((checkpoint / _MARK).read_bytes())
        return all((checkpoint / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, AttributeError):
        return False


def step_of(checkpoint: Path) -> int:
    """Return the optimizer steps that a checkpoint stands for."""
    return int(checkpoint.name.rpartition("-")[2])
