"""A real model behind a real endpoint on loopback: `transformers serve` in a process of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

NEEDED = ("fastapi", "uvicorn", "transformers")
PATIENCE = 180.0
"""Seconds until it answers: 6 to 15 on two free cores."""


@dataclass(frozen=True)
class Served:
    """An endpoint that is ready."""

    url: str
    """The base URL for a client."""
    model: str
    """The only name that the endpoint answers to: the folder, exactly as it was started with."""
    log: Path

    def asked(self) -> int:
        """Return how many completions were answered so far."""
        return self.log.read_text(errors="replace").count('"POST /v1/chat/completions HTTP/1.1" 200')


@contextmanager
def served(model: Path, folder: Path) -> Iterator[Served]:
    """Serve a model for as long as the block runs; its log is written into `folder`."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        pytest.skip(f"transformers serve needs {', '.join(missing)}: make installs all of it")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "serve.log"
    options = ["--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    command = [sys.executable, "-m", "transformers.cli.transformers", "serve", str(model), *options]
    environment = os.environ | {
        "OMP_NUM_THREADS": "1",
        "HF_HUB_OFFLINE": "1",
        "HF_HUB_DISABLE_UPDATE_CHECK": "1",
        "PYTHONUNBUFFERED": "1",
    }
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, env=environment, cwd=folder
        )
    try:
        deadline = time.monotonic() + PATIENCE
        while not _answers(port):
            assert process.poll() is None, f"transformers serve ended: {log.read_text()[-2000:]}"
            assert time.monotonic() < deadline, (
                f"transformers serve never answered: {log.read_text()[-2000:]}"
            )
            time.sleep(0.1)
        assert process.poll() is None, "another process answers on this port"
        yield Served(f"http://127.0.0.1:{port}/v1", str(model), log)
    finally:
        process.kill()  # asked kindly it would first finish every answer that nobody waits for
        process.wait()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
