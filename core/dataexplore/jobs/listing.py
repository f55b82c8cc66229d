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


def _age(folder: Path) -> tuple[bool, str, int, str]:
    stamp = folder.name.partition("-")[0]
    try:
        made = (folder / "spec.json").stat().st_mtime_ns  # orders the jobs of one second
    except OSError:
        made = 0
    return made > 0, stamp, made, folder.name
