"""Finds jobs by place and by name."""

from pathlib import Path

from dataexplore.errors import JobError
from dataexplore.jobs.folder import Job
from dataexplore.jobs.listing import list_jobs
from dataexplore.text import short
from dataexplore.workspace.location import fallback, find_folder

_NAMED = 5


def jobs_in(place: Path) -> list[Job]:
    """Return the jobs of a folder's datasets, of one dataset or of one workspace, newest first."""
    try:
        is_folder, exists = place.is_dir(), place.exists()
    except OSError as error:
        raise JobError(f"{short(str(place), 200)}: {(error.strerror or 'unreadable').lower()}") from None
    if not exists:
        raise JobError(f"{short(str(place), 200)}: no such folder or dataset")
    folders = _workspaces(place) if is_folder else [find_folder(place)]
    jobs = {job.folder: job for folder in folders if folder for job in list_jobs(folder / "jobs")}
    return sorted(jobs.values(), key=_stamp, reverse=True)


def find(jobs: list[Job], name: str) -> Job:
    """Return the job of that name, or the only one that begins or ends with it; raise JobError."""
    found = [job for job in jobs if job.id == name]
    found = found or [job for job in jobs if name and (job.id.startswith(name) or job.id.endswith(name))]
    if not found:
        raise JobError(
            f"no job here is called {short(name, 80)!r}; `dataexplore runs` lists them, --in looks elsewhere"
        )
    if len(found) > 1:
        names = ", ".join(short(job.id, 60) for job in found[:_NAMED])
        more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        raise JobError(f"{short(name, 80)!r} could be {names}{more}; say more of the name")
    return found[0]


class LossWatch:
    """Follows the loss of a job without reading its metrics from the start each time."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._offset = 0
        self._last: float | None = None

    def latest(self) -> float | None:
        """Return the last loss that was reported, None before the first."""
        lines, self._offset = self._job.metrics(self._offset)
        losses = [line["loss"] for line in lines if isinstance(line.get("loss"), int | float)]
        self._last = losses[-1] if losses else self._last
        return self._last


def loss_of(job: Job) -> float | None:
    """Return the last loss that a job reported."""
    return LossWatch(job).latest()


def _stamp(job: Job) -> tuple[bool, str]:
    """Order by the second a job was made in, what is no job last; ties stay as they were listed."""
    return (job.folder / "spec.json").exists(), job.id.partition("-")[0]


def _workspaces(folder: Path) -> list[Path]:
    """Return the workspaces of a folder's datasets, those that could not be kept beside them included."""
    if (folder / "jobs").is_dir() and (folder / "workspace.db").exists():
        return [folder]
    elsewhere = fallback(folder / "*")
    found = [*folder.glob("*")] if folder.name == ".dataexplore" else [*folder.glob(".dataexplore/*")]
    return [*found, *elsewhere.parent.glob(elsewhere.name)]
