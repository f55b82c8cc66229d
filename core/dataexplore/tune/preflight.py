"""What a run would do, told by the interpreter that would do it, before anything is spent."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from dataexplore.errors import JobError
from dataexplore.jobs.launch import environment_for
from dataexplore.text import short
from dataexplore.tune.mask import Shown
from dataexplore.tune.model import resolve_base
from dataexplore.tune.settings import TuneSettings
from dataexplore.tune.start import rows_file


@dataclass(frozen=True)
class Preflight:
    """The figures of a run, counted on the arrays that would be trained."""

    given: int
    """Rows handed in."""
    rows: int
    """Rows that would be trained on."""
    tokens: int
    """Their tokens, once through."""
    supervised: int
    """Tokens that are learned: answers and their end."""
    truncated: int
    untrainable: list[int]
    """Numbers (from 0) of the rows with nothing to learn."""
    p50: int
    p95: int
    longest: int
    steps: int
    """Optimizer steps, exactly."""
    template: str
    """`chat template` or `plain`."""
    device: str
    """`cpu` or `cuda: <name>`."""
    versions: dict[str, str]
    held_out: int = 0
    """Rows that would be measured and not trained on."""
    lost: int = 0
    """Tokens that are cut away."""
    unended: int = 0
    """Rows whose last answer's end is not learned, cut ones above all."""
    stop_supervised: bool = True
    """Whether the end of an answer is learned in every row that is not cut."""
    parameters: int = 0
    trained: int = 0
    """Weights of the base, and those that are trained."""
    shown: list[tuple[int, Shown]] = field(default_factory=list, repr=False)
    """Some rows as they would be trained: row number, and each token with whether it is learned."""
    memory: int = 0
    disk: int = 0
    """Bytes that the run is estimated to need of the device's memory and of the disk."""


def preflight(
    rows: Iterable[Mapping[str, Any]],
    settings: TuneSettings,
    python: str | None = None,
    patience: float = 600.0,
) -> Preflight:
    """Encode the rows under `python` and return the figures; raise JobError with the reason."""
    python = python or sys.executable
    settings = settings.with_changes(base=resolve_base(settings.base))
    with tempfile.TemporaryDirectory(prefix="dataexplore-") as temporary:
        folder = Path(temporary)  # made 0700: rows are private
        data, count = rows_file(rows)
        if not count:
            raise JobError("there are no rows to tune on: keep some first")
        (folder / "rows.jsonl").write_bytes(data)
        (folder / "settings.json").write_text(json.dumps(settings.to_json()), "utf-8")
        names = [str(folder / "rows.jsonl"), str(folder / "settings.json")]
        try:
            shown = subprocess.run(
                [python, "-m", "dataexplore.tune.worker", "--dry-run", *names],
                env=environment_for(folder),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=patience,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise JobError(f"{python}: the preflight took more than {patience:.0f} s and was ended") from None
        except OSError as error:
            raise JobError(f"{python}: this interpreter cannot be started ({error.strerror})") from None
    return _read(shown, python)


def _read(shown: "subprocess.CompletedProcess[bytes]", python: str) -> Preflight:
    last = shown.stdout.strip().rpartition(b"\n")[2]
    try:
        found = json.loads(last)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        told = shown.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise JobError(f"{python}: the preflight ended with {shown.returncode}: {short(told, 200)}")
    if "error" in found:
        raise JobError(str(found["error"]))
    return Preflight(**{one.name: found[one.name] for one in fields(Preflight)})
