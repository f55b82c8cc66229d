"""Opens the program on a terminal, on copies of data with a workspace of their own."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from core.tune.conftest import model

from .terminal import Terminal

__all__ = ["model"]

REPOSITORY = Path(__file__).parents[2]
PROGRAM = (sys.executable, "-m", "dataexplore_tui.cli.main")
Open = Callable[..., Terminal]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A person's environment with an empty home."""
    home = tmp_path / "home"
    home.mkdir()
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": str(home),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "PYTHONPATH": f"{REPOSITORY / 'core'}:{REPOSITORY / 'tui'}",
        "OMP_NUM_THREADS": "1",
        "HF_HUB_OFFLINE": "1",
    }


@pytest.fixture
def open_terminal(environment: dict[str, str], tmp_path: Path) -> Iterator[Open]:
    """Start the program with arguments; what still runs at the end of the test is killed."""
    with ExitStack() as stack:

        def start(*arguments: object, size: tuple[int, int] = (120, 40), errors: Path | None = None,
                  program: tuple[object, ...] = PROGRAM) -> Terminal:  # fmt: skip
            return stack.enter_context(Terminal([*program, *arguments], environment, tmp_path, size, errors))

        yield start


@pytest.fixture
def starter(tmp_path: Path) -> Path:
    """A copy of the sample."""
    folder = tmp_path / "data"
    folder.mkdir()
    return Path(shutil.copy(REPOSITORY / "sample_data" / "starter.jsonl", folder))
