"""`--on`: a run is sent to a Slurm cluster or to a cloud; and where jobs are."""

import shutil
from argparse import ArgumentParser, Namespace
from pathlib import Path

from dataexplore.errors import JobError
from dataexplore.jobs.batch_script import directives
from dataexplore.jobs.folder import Job
from dataexplore.jobs.place import read_place
from dataexplore.jobs.programs import options_of
from dataexplore.jobs.skypilot import TASK, SkyPilotLauncher, resources
from dataexplore.jobs.slurm import SlurmLauncher
from dataexplore.jobs.status import Status
from dataexplore.text import short
from dataexplore.tune.packages import NEEDED
from dataexplore_tui.cli.options import UsageError
from dataexplore_tui.cli.output import say

ABOUT = """\
--on slurm queues the run with sbatch: the nodes have to see the workspace, this
library and the interpreter at the same paths. --on skypilot writes a task file
for `sky launch` and calls sky itself only with --submit. Both return at once;
`dataexplore runs` then asks Slurm."""
SLURM = "sbatch's long options as name=value, and setup=COMMAND, grace=SECONDS"


def add_launching(parser: ArgumentParser) -> None:
    """Add where a run is sent and what it asks for there."""
    group = parser.add_argument_group("on other machines")
    group.add_argument("--on", choices=("slurm", "skypilot"), help="where the run goes (this machine)")
    group.add_argument("--slurm", metavar="LIST", action="append", help=SLURM)
    group.add_argument(
        "--sky", metavar="LIST", action="append", help="resources of the task, as in accelerators=A100:1"
    )
    group.add_argument(
        "-o", "--out", metavar="TASK", type=Path, help="the task file (skypilot.yaml in the run's folder)"
    )
    group.add_argument("--submit", action="store_true", help="call sky launch with the task file")


def launcher_from(arguments: Namespace, *, experiment: bool) -> SlurmLauncher | SkyPilotLauncher | None:
    """Return where a run goes, None for this machine; raise UsageError for what does not fit together."""
    on = arguments.on
    for name, place in (("slurm", "slurm"), ("sky", "skypilot"), ("out", "skypilot"), ("submit", "skypilot")):
        if getattr(arguments, name) and on != place:
            raise UsageError(f"--{name} is for --on {place}")
    if on is None:
        return None
    if experiment:
        raise UsageError("--on sends one run; the arms of an experiment run on this machine")
    if on == "slurm":
        return slurm_of(arguments.slurm)
    if arguments.out is not None and arguments.out.exists():
        raise UsageError(f"{short(str(arguments.out), 200)}: is there already; name another file")
    if arguments.submit and shutil.which("sky") is None:
        raise JobError(
            "sky: there is no such program on this machine's PATH; install skypilot, or no --submit"
        )
    options = options_of(arguments.sky or ())
    resources(options)
    base = Path(arguments.base).expanduser()
    return SkyPilotLauncher(options, NEEDED, (base.resolve(),) if base.is_dir() else ())


def slurm_of(lists: list[str] | None) -> SlurmLauncher:
    """Return Slurm as it was asked for; raise JobError before any work where it cannot be."""
    options = options_of(lists or ())
    directives(options)
    if shutil.which("sbatch") is None:
        raise JobError("sbatch: there is no such program on this machine's PATH; run this on a login node")
    return SlurmLauncher(options)


def send(launcher: SlurmLauncher | SkyPilotLauncher, job: Job, arguments: Namespace) -> Status:
    """Send a job that was made, and tell where it went."""
    if isinstance(launcher, SlurmLauncher):
        launcher.submit(job)
        say(f"{job.id} is queued as {where(job)}")
        return job.status()
    text = launcher.prepare(job)
    path = arguments.out or job.folder / TASK
    if arguments.out is not None:
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise JobError(f"{short(str(path), 200)}: cannot be written ({error.strerror})") from None
    if arguments.submit:
        launcher.submit(job)
        say(f"{job.id} is sent to {where(job)}")
    else:
        say(f"{short(str(path), 200)} is written; it says how to launch it")
    return job.status()


def where(job: Job) -> str:
    """Return where a job is, `here` for this machine."""
    place = read_place(job.folder)
    if place is not None:
        return place.name
    worker = job.status().worker
    return worker.host if worker is not None and worker.elsewhere else "here"
