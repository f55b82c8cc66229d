"""Sittings in processes of their own, killed while they say what is done."""

import signal
import subprocess
from pathlib import Path

from processes import started


def kill(process: "subprocess.Popen[bytes]") -> bytes:
    """Kill at once and return what had still been printed."""
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate()
    assert process.returncode == -signal.SIGKILL
    return rest


def said_before_death(lines: int, code: str, path: Path) -> int:
    """Kill a sitting once it has printed so many lines; return how many whole ones came."""
    process = started(code, path)
    assert process.stdout is not None
    seen = b"".join(process.stdout.readline() for _ in range(lines)) + kill(process)
    assert seen.count(b"\n") >= lines
    return seen.count(b"\n")
