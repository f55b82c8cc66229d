"""A run on several GPUs: the worker starts a follower for each further one, in its own process group."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dataexplore.errors import JobError
from dataexplore.tune.ranks import Ranks

_LEAVING = 30.0  # seconds that a follower has for its end


class Silent:
    """What a follower has instead of a job's context: the worker alone reports and is asked to stop."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def status(self, phase: str | None = None, done: int | None = None, total: int | None = None) -> None:
        """Say nothing."""

    def metric(self, **values: Any) -> None:
        """Say nothing."""

    def event(self, name: str, **values: Any) -> None:
        """Say nothing."""

    def stop_requested(self) -> bool:
        """Leave that to the worker."""
        return False


@contextmanager
def team(folder: Path, processes: int, checkpoint: Path | None) -> Iterator[Ranks]:
    """Start the followers of a job and join them as the first; they end with the context."""
    if processes == 1:
        yield Ranks()
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        meeting = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free.getsockname()[1])}
    os.environ.update({**meeting, "WORLD_SIZE": str(processes), "RANK": "0", "LOCAL_RANK": "0"})
    command = [
        sys.executable,
        "-m",
        "dataexplore.tune.worker",
        "--follow",
        str(folder),
        str(checkpoint or ""),
    ]
    followers = [
        subprocess.Popen(
            command, env={**os.environ, "RANK": str(rank), "LOCAL_RANK": str(rank)}, stdin=subprocess.DEVNULL
        )
        for rank in range(1, processes)
    ]
    ranks = Ranks.from_environment()
    ended_well = False
    try:
        yield ranks
        ended_well = True
    except RuntimeError as error:
        if all(follower.poll() is None for follower in followers):
            raise
        raise JobError("one of the run's processes ended before the others; log.txt may say why") from error
    finally:
        for follower in followers:
            if not ended_well:
                follower.kill()
            try:
                follower.wait(_LEAVING)
            except subprocess.TimeoutExpired:
                follower.kill()
                follower.wait()
        if ended_well:
            ranks.leave()
