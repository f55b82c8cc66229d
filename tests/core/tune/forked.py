"""Runs jobs in processes forked from one that has torch already, so that a test can afford to kill many.

python forked.py WHOLE KILLED KILLS SEED
"""

import os
import random
import signal
import sys
import time
from pathlib import Path

from dataexplore.jobs.folder import Job
from dataexplore.jobs.run import main as work

_PATIENCE = 120.0


def main(whole: Path, folder: Path, kills: int, seed: int) -> None:
    """Let one job run, start the other, kill it at `kills` moments drawn by `seed`, then let it end, too."""
    import peft  # noqa: F401 # imported before the fork, or every child would do it
    import torch  # noqa: F401 # likewise
    import transformers  # noqa: F401 # likewise

    os.waitpid(begin(whole, 1), 0)
    draw = random.Random(seed)
    for attempt in range(1, kills + 1):
        worker = begin(folder, attempt)
        lines = len(Job(folder).metrics()[0]) + draw.randrange(1, 6)
        deadline = time.monotonic() + _PATIENCE
        while len(Job(folder).metrics()[0]) < lines and os.waitpid(worker, os.WNOHANG) == (0, 0):
            assert time.monotonic() < deadline, "it did not get that far"
            time.sleep(0.001)
        time.sleep(draw.random() * 0.01)  # anywhere in a step, a measurement or a checkpoint
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
        print(Job(folder).status().state, flush=True)
    os.waitpid(begin(folder, kills + 1), 0)
    print(Job(folder).status().state, flush=True)


def begin(folder: Path, attempt: int) -> int:
    """Fork a worker and return its process."""
    worker = os.fork()
    if worker == 0:
        os._exit(work([str(folder), str(attempt)]))
    return worker


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
