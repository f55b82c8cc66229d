"""Asks the programs of other launchers (sbatch, squeue, sky), and reads what they are to be asked for."""

import re
import subprocess
from collections.abc import Iterable

from dataexplore.errors import JobError
from dataexplore.text import short

_PATIENCE = 15.0
"""Seconds for one answer: a busy Slurm controller takes a few."""


def ask(program: str, *arguments: str, patience: float = _PATIENCE) -> str:
    """Return what a program printed; raise JobError when it is not there, silent, or refuses."""
    try:
        done = subprocess.run(
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise JobError(f"{program}: no answer within {patience:.0f} seconds; try again later") from None
    except OSError as error:
        why = "there is no such program on this machine's PATH" if error.errno == 2 else error.strerror
        raise JobError(f"{program}: {why}") from None
    if done.returncode:
        said = _complaint(f"{done.stderr}\n{done.stdout}") or f"it ended with exit status {done.returncode}"
        raise JobError(f"{program} refuses: {said}")
    return done.stdout


def options_of(texts: Iterable[str]) -> dict[str, str]:
    """Read `name=value,name=value`; what has no `=` belongs to the value before it, as in `exclude=n1,n2`."""
    found: dict[str, str] = {}
    for text in texts:
        last = ""
        for piece in text.split(","):
            name, equals, value = piece.partition("=")
            if equals and re.fullmatch(r"\s*[a-z][a-z_-]*\s*", name):
                last = name.strip()
                found[last] = value.strip()
            elif last:
                found[last] += f",{piece}"
            else:
                raise JobError(f"{short(piece)!r} is no setting: write name=value, as in time=4:00:00")
    return found


def _complaint(text: str) -> str:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    errors = [line for line in lines if re.search(r"\berror:", line, re.IGNORECASE)] or lines
    return short(re.sub(r"^(\w+: )?error: ", "", errors[0], flags=re.IGNORECASE), 300) if errors else ""
