"""Runs the command in this process and takes what it printed apart."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dataexplore_tui.cli.main import main

REPOSITORY = Path(__file__).parents[3]
SHARED = REPOSITORY.parent / "shared"


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def found(self) -> dict[str, Any]:
        """The one object that --json printed."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def refusal(self) -> str:
        """The one line of a refused command."""
        assert (self.code, self.out) == (2, ""), self
        assert self.err.count("\n") == 1, self.err
        assert self.err.endswith("\n"), self.err
        return self.err.removeprefix("dataexplore: ").rstrip("\n")


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run_main(*arguments: object) -> Ran:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return Ran(code, *capsys.readouterr())

    return run_main


@pytest.fixture
def starter(tmp_path: Path) -> Path:
    return Path(shutil.copy(REPOSITORY / "sample_data" / "starter.jsonl", tmp_path / "starter.jsonl"))


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """Six rows with scores, one of them unscored."""
    path = tmp_path / "few.jsonl"
    scores = [1, 2, None, 4, 4.5, 5]
    rows = [
        {"instruction": f"question {number}", "output": "word " * (number + 1), "score": score}
        for number, score in enumerate(scores)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def program(*arguments: object, code: str | None = None) -> "subprocess.CompletedProcess[bytes]":
    """Run the command, or a line of Python, in a process of its own."""
    start: Sequence[object] = ("-c", code) if code else ("-m", "dataexplore_tui.cli.main")
    environment = {"PYTHONPATH": f"{REPOSITORY / 'core'}:{REPOSITORY / 'tui'}", "PATH": "/usr/bin:/bin"}
    command = [sys.executable, *map(str, start), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, env=environment, timeout=120, check=False)


@pytest.fixture
def process() -> Callable[..., "subprocess.CompletedProcess[bytes]"]:
    return program


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the folder of shared data is not here")
    return SHARED
