"""All jobs of a workspace, the damaged ones included."""

from pathlib import Path

from dataexplore.jobs.folder import Job


def list_jobs(jobs_dir: Path) -> list[Job]:
    """Return every folder in `jobs_dir` as a Job, newest first; what is no job has the state `damaged`."""
    try:
        folders = [
            path for path in jobs_dir.iterdir() if path.is_dir() and not path.name.startswith((".", "_"))
        ]
    except OSError:
        return []
    return [Job(folder) for folder in sorted(folders, key=_age, reverse=True)]


def find_job(jobs_dir: Path, name: str) -> Job | None:
    """Return the job whose id is `name`, or the only one whose id begins or ends with it."""
    jobs = list_jobs(jobs_dir)
    exact = [job for job in jobs if job.id == name]
    close = exact or [job for job in jobs if name and (job.id.startswith(name) or job.id.endswith(name))]
    return close[0] if len(close) == 1 else None


def _age(folder: Path) -> tuple[bool, str, int, str]:
    stamp = folder.name.partition("-")[0]
    try:
        made = (folder / "spec.json").stat().st_mtime_ns  # orders the jobs of one second
    except OSError:
        made = 0
    return made > 0, stamp, made, folder.name
