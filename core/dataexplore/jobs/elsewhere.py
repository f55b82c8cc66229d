"""Who runs a job that was sent to another machine."""

from dataexplore.jobs.folder import Job
from dataexplore.jobs.place import read_place
from dataexplore.jobs.skypilot import SkyPilotLauncher
from dataexplore.jobs.slurm import SlurmLauncher


def elsewhere(job: Job) -> SlurmLauncher | SkyPilotLauncher | None:
    """Return the launcher that a job was sent to, None for a job of this machine."""
    place = read_place(job.folder)
    if place is None:
        return None
    return SlurmLauncher() if place.launcher == "slurm" else SkyPilotLauncher()
