"""A job as its folder shows it: only reading, so any number of viewers can come and go."""

import json
import os
from functools import cached_property
from pathlib import Path
from typing import Any

from dataexplore.errors import JobError
from dataexplore.jobs.spec import JobSpec
from dataexplore.jobs.status import DAMAGED, Status, read_status

_TAIL = 65_536  # bytes of log.txt that are looked at


class Job:
    """The job in one folder; nothing is read before it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()

    def __repr__(self) -> str:
        return f"Job({self.id!r})"

    @property
    def id(self) -> str:
        """The folder's name: `<utc>-<kind>-<6 hex>`."""
        return self.folder.name

    @cached_property
    def spec(self) -> JobSpec:
        """What the job is to do; raise JobError when spec.json is missing or damaged."""
        try:
            text = (self.folder / "spec.json").read_bytes()
        except OSError as error:
            raise JobError(f"{self.id}: spec.json cannot be read ({error.strerror})") from None
        try:
            return JobSpec.from_json(text)
        except JobError as error:
            raise JobError(f"{self.id}: {error}") from None

    @property
    def kind(self) -> str:
        """The spec's kind, or what the folder's name says of it."""
        try:
            return self.spec.kind
        except JobError:
            parts = self.id.split("-")
            return parts[1] if len(parts) == 3 else "unknown"

    def status(self) -> Status:
        """Return how the job stands now; a folder that is no job is `damaged`, with the reason."""
        try:
            _ = self.spec
        except JobError as error:
            return Status(DAMAGED, reason=str(error))
        return read_status(self.folder)

    def metrics(self, start: int = 0) -> tuple[list[dict[str, Any]], int]:
        """Return the metric lines from byte `start` on and the offset to ask from next time.

        A last line without its end is left for the next call; a damaged line is left out.
        """
        return _lines(self.folder / "metrics.jsonl", start)

    def events(self) -> list[dict[str, Any]]:
        """Return what happened, in order: starts, stops, checkpoints, warnings."""
        return _lines(self.folder / "events.jsonl", 0)[0]

    def log_tail(self, lines: int = 50) -> list[str]:
        """Return the last lines of log.txt as written: data, to be made visible before it is shown."""
        try:
            with (self.folder / "log.txt").open("rb") as log:
                size = log.seek(0, os.SEEK_END)
                log.seek(max(0, size - _TAIL))
                found = log.read().decode("utf-8", "replace").split("\n")
        except OSError:
            return []
        if found and not found[-1]:
            found.pop()
        return found[-lines:] if lines > 0 else []

    def result(self) -> dict[str, Any] | None:
        """Return what a finished job found, None while it is not finished; raise JobError on damage."""
        try:
            found = json.loads((self.folder / "result.json").read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise JobError(f"{self.id}: result.json cannot be read ({error})") from None
        if not isinstance(found, dict):
            raise JobError(f"{self.id}: result.json is not an object")
        return found


def _lines(path: Path, start: int) -> tuple[list[dict[str, Any]], int]:
    try:
        with path.open("rb") as file:
            file.seek(start)
            data = file.read()
    except OSError:
        return [], start
    end = data.rfind(b"\n") + 1
    found = []
    for line in data[:end].split(b"\n"):
        try:
            values = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(values, dict):
            found.append(values)
    return found, start + end
