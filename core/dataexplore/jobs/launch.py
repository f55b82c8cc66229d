"""Makes job folders and starts their processes so that no hang-up, pipe or closed screen can end them."""

import contextlib
import os
import re
import secrets
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import dataexplore
from dataexplore.errors import JobError
from dataexplore.jobs import lock
from dataexplore.jobs.context import starting
from dataexplore.jobs.files import FILE_MODE, FOLDER_MODE, to_line, write_whole
from dataexplore.jobs.folder import Job
from dataexplore.jobs.identity import identify
from dataexplore.jobs.place import PLACE, read_place
from dataexplore.jobs.spec import JobSpec
from dataexplore.jobs.status import CREATED, FINISHED, Status

_LAST_MOMENTS = 5.0  # seconds a worker may take to leave after its last word
_children: dict[Path, subprocess.Popen[bytes]] = {}


def create(jobs_dir: Path, spec: JobSpec, files: Mapping[str, bytes] | None = None) -> Job:
    """Make a new job folder with its spec and input files; it waits in the state `created` until started."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", spec.kind):
        raise JobError(f"{spec.kind!r} is no kind of job: use one word in lower case")
    for name in files or {}:
        if not re.fullmatch(r"\w[\w.-]*", name) or name in _OWN:
            raise JobError(f"{name!r} cannot be a job's input file: use another name")
    now = time.time_ns()
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now // 10**9))
    part = f"{now // 1000 % 10**6:05x}{secrets.token_hex(1)[0]}"  # microseconds: jobs sort as they were made
    folder = jobs_dir.absolute() / f"{stamp}-{spec.kind}-{part}"
    try:
        jobs_dir.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        hidden = folder.with_name(f".{folder.name}")  # until it is whole
        hidden.mkdir(mode=FOLDER_MODE)
        (hidden / "control").mkdir(mode=FOLDER_MODE)
        for name, data in (files or {}).items():
            write_whole(hidden / name, data)
        write_whole(hidden / "spec.json", spec.to_json().encode())
        write_whole(hidden / "status.json", to_line({"state": CREATED, "at": round(time.time(), 3)}))
        hidden.rename(folder)
    except OSError as error:
        raise JobError(f"{jobs_dir}: no job can be made here ({error.strerror or error})") from None
    return Job(folder)


_OWN = frozenset(
    {"spec.json", "status.json", "launch.json", "place.json", "result.json", "lock", "launch.lock", "log.txt"}
)


def start(job: Job) -> Job:
    """Start the job's process, detached from this one; raise JobError while it is alive or finished."""
    reap()
    with launching(job) as attempt:
        _spawn(job, attempt)
    return job


@contextlib.contextmanager
def launching(job: Job) -> Iterator[int]:
    """Keep other launchers out and give the number of the attempt, the request to stop taken away.

    Raises JobError while the job is alive or finished, and for a folder that cannot be written.
    """
    _ = job.spec
    try:
        guard = lock.take(
            job.folder / "launch.lock"
        )  # of two launchers at once the second one sees the first
    except (OSError, JobError) as error:
        raise JobError(f"{job.id}: cannot be started ({error})") from None
    try:
        _refuse_unless_resumable(job, job.status())
        (job.folder / "control/stop").unlink(missing_ok=True)
        yield job.status().attempt + 1
    except OSError as error:
        raise JobError(f"{job.id}: cannot be started ({error.strerror or error})") from None
    finally:
        os.close(guard)


def _refuse_unless_resumable(job: Job, status: Status) -> None:
    if status.alive:
        place = read_place(job.folder)
        worker = place.name if place else f"process {status.pid}"
        raise JobError(f"{job.id}: {worker} works on this job already; stop it first")
    if status.state == FINISHED:
        raise JobError(f"{job.id}: the job is finished; make a new one to run it again")
    try:
        os.close(lock.take(job.folder / "lock", _LAST_MOMENTS))
    except JobError:
        raise JobError(f"{job.id}: a process still holds this job's lock; wait for its end") from None


def _spawn(job: Job, attempt: int) -> None:
    environment = environment_for(job.folder)
    (job.folder / PLACE).unlink(missing_ok=True)  # it was elsewhere before
    write_whole(job.folder / "status.json", starting(attempt))
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
    log = os.open(job.folder / "log.txt", flags, FILE_MODE)
    try:
        process = subprocess.Popen(
            [job.spec.python, "-m", "dataexplore.jobs.run", str(job.folder), str(attempt)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=job.folder,
            env=environment,
            close_fds=True,
            start_new_session=True,
        )
    except OSError as error:
        write_whole(job.folder / "status.json", to_line({"state": CREATED, "attempt": attempt}))
        raise JobError(f"{job.spec.python}: this interpreter cannot be started ({error.strerror})") from None
    finally:
        os.close(log)
    _children[job.folder] = process
    write_whole(job.folder / "launch.json", to_line({"attempt": attempt, **identify(process.pid).to_dict()}))


def environment_for(folder: Path) -> dict[str, str]:
    """Return an environment in which any interpreter finds this library, and of its neighbours nothing.

    The path gets one folder holding one link: a whole site-packages would hide the other interpreter's torch.
    """
    library = folder / "lib"
    library.mkdir(mode=FOLDER_MODE, exist_ok=True)
    link = library / "dataexplore"
    package = Path(dataexplore.__file__).resolve().parent
    if not link.is_symlink() or link.resolve() != package:
        part = library / f".{os.getpid()}"
        part.unlink(missing_ok=True)
        part.symlink_to(package, target_is_directory=True)
        part.replace(link)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONHOME"}
    rest = environment.get("PYTHONPATH")
    environment["PYTHONPATH"] = os.pathsep.join([str(library), *([rest] if rest else [])])
    environment["PYTHONSAFEPATH"] = "1"  # the job's folder is no place to import from
    environment["PYTHONUNBUFFERED"] = "1"
    return environment


def reap() -> None:
    """Collect the ended processes that this one started, so that none stays a zombie."""
    for folder, process in list(_children.items()):
        if process.poll() is not None:
            del _children[folder]
