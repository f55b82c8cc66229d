"""Code that runs in a process of its own, which finds the library and nothing else of ours."""

import os
import subprocess
import sys

from paths import ROOT


def environment() -> dict[str, str]:
    """Return this process's environment with the library alone to import from."""
    return {**os.environ, "PYTHONPATH": str(ROOT / "core")}


def command(code: str, *arguments: object) -> list[str]:
    """Return what runs the code under this interpreter."""
    return [sys.executable, "-c", code, *map(str, arguments)]


def ended(code: str, *arguments: object) -> "subprocess.CompletedProcess[str]":
    """Run code to its end, whatever that is."""
    return subprocess.run(
        command(code, *arguments), env=environment(), capture_output=True, text=True, timeout=120
    )


def printed(code: str, *arguments: object) -> str:
    """Run code that must not fail and return what it prints."""
    done = ended(code, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def started(code: str, *arguments: object) -> "subprocess.Popen[bytes]":
    """Start code whose prints are read while it runs."""
    return subprocess.Popen(command(code, *arguments), stdout=subprocess.PIPE, env=environment())
