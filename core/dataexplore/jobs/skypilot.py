"""Jobs on a cloud through SkyPilot: a task file that takes the job's folder there, and `sky` when asked."""

import contextlib
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import dataexplore
from dataexplore.errors import JobError
from dataexplore.jobs.context import starting
from dataexplore.jobs.files import disk_reason, write_whole
from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import launching
from dataexplore.jobs.place import GONE, RUNNING, Place, read_place, write_place
from dataexplore.jobs.programs import ask
from dataexplore.jobs.status import Status
from dataexplore.text import short

TASK = "skypilot.yaml"
_PATIENCE = 3600.0
"""Seconds for `sky launch`: it finds a machine, starts it, and copies the files."""
_IDLE = "30"
"""Minutes without work after which a cluster that was launched from here is stopped, its disk kept."""
_TEXTS = frozenset(
    {"accelerators", "cpus", "memory", "instance_type", "image_id", "disk_tier", "network_tier"}
    | {"infra", "cloud", "region", "zone"}
)
_KINDS = {"use_spot": r"true|false", "disk_size": r"\d{1,6}"}


@dataclass(frozen=True)
class SkyPilotLauncher:
    """The seam to SkyPilot; the folder there is a copy, so news of the job comes when it is brought back."""

    options: Mapping[str, str] = field(default_factory=dict)
    """Fields of the task's `resources`."""
    packages: tuple[str, ...] = ()
    """What pip installs there before the job."""
    mounts: tuple[Path, ...] = ()
    """Further folders that the job reads, taken to the same path there: a local base model."""

    def prepare(self, job: Job) -> str:
        """Write the task file into the job's folder and return its text; nothing is launched."""
        text = task_file(job, self.options, self.packages, self.mounts)
        try:
            write_whole(job.folder / TASK, text.encode())
            write_place(job.folder, Place("skypilot", self.options, cluster_of(job), RUNNING).now())
        except OSError as error:
            raise JobError(disk_reason(job.folder / TASK, error)) from None
        return text

    def submit(self, job: Job) -> None:
        """Launch the job on a cluster of its own; raise JobError with what `sky` says when it refuses."""
        if not (job.folder / TASK).exists():
            self.prepare(job)
        place = read_place(job.folder) or Place("skypilot", self.options, cluster_of(job))
        with launching(job) as attempt:
            stored = (job.folder / "status.json").read_bytes()
            write_place(job.folder, place.now(state=RUNNING, reason=""))
            write_whole(job.folder / "status.json", starting(attempt))
            wanted = ("--cluster", place.number, "--idle-minutes-to-autostop", _IDLE)
            count = ("--env", f"ATTEMPT={attempt}")
            try:
                task = str(job.folder / TASK)
                ask("sky", "launch", "--yes", "--detach-run", *wanted, *count, task, patience=_PATIENCE)
            except JobError as error:
                write_place(job.folder, place.now(state=GONE, reason=str(error)))
                write_whole(job.folder / "status.json", stored)
                raise

    def poll(self, job: Job) -> Status:
        """Return how the job stood when its folder was brought back last."""
        return job.status()

    def stop(self, job: Job) -> None:
        """Cancel the job on its cluster; what came after its last checkpoint may be lost."""
        status, place = job.status(), read_place(job.folder)
        if not status.alive or place is None:
            raise JobError(f"{job.id}: there is nothing to stop, the job is {status.state}")
        ask("sky", "cancel", "--yes", "--all", place.number, patience=_PATIENCE)
        with contextlib.suppress(OSError):
            write_whole(job.folder / "control/stop", b"")
            write_place(job.folder, place.now(state=GONE, reason="it was cancelled"))

    def kill(self, job: Job) -> None:
        """Cancel the job: SkyPilot has one way to do it."""
        self.stop(job)


def cluster_of(job: Job) -> str:
    """Return the name of a job's cluster: letters, digits and one dash."""
    return "dx-" + re.sub(r"[^0-9a-z]", "", job.id[-6:].lower())


def task_file(
    job: Job, options: Mapping[str, str], packages: tuple[str, ...], mounts: tuple[Path, ...] = ()
) -> str:
    """Return the text of a SkyPilot task that runs the job; raise JobError for what cannot stand in one."""
    there, cluster = f"~/dataexplore/{job.id}", cluster_of(job)
    library = Path(dataexplore.__file__).resolve().parent
    taken = {
        there: job.folder,
        "~/dataexplore/lib/dataexplore": library,
        **{str(path): path for path in mounts},
    }
    lines = [
        f"# launch      sky launch --cluster {cluster} --idle-minutes-to-autostop {_IDLE} FILE",
        f"# watch       ssh {cluster} tail -f dataexplore/{job.id}/log.txt",
        f"# bring back  rsync -a {cluster}:dataexplore/{job.id}/ {_comment(job.folder)}/",
        f"# give back   sky down {cluster}",
        f"name: {quoted(cluster)}",
        *resources(options),
        "file_mounts:",
        *(f"  {quoted(to)}: {quoted(str(source))}" for to, source in taken.items()),
        *(["setup: |", f"  python3 -m pip install {shlex.join(packages)}"] if packages else []),
        "run: |",
        "  export PYTHONPATH=~/dataexplore/lib PYTHONSAFEPATH=1 PYTHONUNBUFFERED=1",
        f"  cd ~/dataexplore/{shlex.quote(job.id)}",
        '  exec python3 -m dataexplore.jobs.run . "${ATTEMPT:-1}" >>log.txt 2>&1',
    ]
    return "\n".join(lines) + "\n"


def resources(options: Mapping[str, str]) -> list[str]:
    """Return the lines of a task's resources; raise JobError for what SkyPilot has no field for."""
    return ["resources:", *(f"  {name}: {_value(name, value)}" for name, value in options.items())] * bool(
        options
    )


def quoted(text: str) -> str:
    """Return a text as a double-quoted YAML scalar; raise JobError where YAML has no way to write it."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    if letter.isprintable():
        return letter
    code = ord(letter)
    if 0xD800 <= code < 0xE000:
        raise JobError("a path that is not UTF-8 cannot stand in a task file: rename the folder")
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _value(name: str, value: str) -> str:
    if name in _TEXTS and value:
        return quoted(value)
    if name in _KINDS and re.fullmatch(_KINDS[name], value):
        return value
    if name in _KINDS:
        raise JobError(f"{name}: {short(value)!r} does not do for SkyPilot's resources")
    known = ", ".join(sorted({*_TEXTS, *_KINDS}))
    raise JobError(f"{short(name)}: this is no resource that can be asked for; there are {known}")


def _comment(path: Path) -> str:
    """Return a path for a comment, where a line end would begin a field."""
    return short(shlex.quote(str(path)), 400)
