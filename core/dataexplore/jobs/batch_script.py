"""The script that Slurm runs: the job's worker itself, with the library on its path."""

import re
import shlex
from collections.abc import Mapping

from dataexplore.errors import JobError
from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import environment_for
from dataexplore.text import short

_GRACE = 120
"""Seconds before the time limit at which the worker is told to save and leave."""
_OURS = frozenset(
    {"array", "chdir", "error", "job-name", "nodes", "no-requeue", "ntasks"}
    | {"open-mode", "output", "parsable", "requeue", "signal", "wrap"}
)


def batch_script(job: Job, options: Mapping[str, str], attempt: int) -> str:
    """Return the text for `sbatch`; raise JobError for a setting or a path that cannot stand in it.

    `options` are sbatch's own long names; besides, `grace` is the warning before the time limit in seconds
    and `setup` a shell command before the worker, such as `module load cuda`.
    """
    folder = str(job.folder)
    if re.search(r"[\x00-\x1f\x7f\"'\\]", folder):
        raise JobError(f"{short(folder, 200)}: Slurm cannot write to a folder with such a name")
    ours = {
        "job-name": job.id,
        "chdir": f'"{folder}"',
        "output": f'"{folder.replace("%", "%%")}/log.txt"',
        "open-mode": "append",
        "nodes": "1",
        "ntasks": "1",
    }
    environment = environment_for(job.folder)
    names = ("PYTHONPATH", "PYTHONSAFEPATH", "PYTHONUNBUFFERED")
    lines = [
        "#!/bin/bash",
        *(f"#SBATCH --{name}={value}" for name, value in ours.items()),
        "#SBATCH --requeue",
        *directives(options),
        "umask 077",
        "unset PYTHONHOME",
        *(f"export {name}={shlex.quote(environment[name])}" for name in names),
        *([options["setup"]] if options.get("setup") else []),
        # Slurm has given out the devices: another job of this node is nobody to wait for
        f"export XDG_RUNTIME_DIR={shlex.quote(f'{folder}/run')}",
        # after a requeue Slurm runs this same script again and counts that
        f"attempt=$(({attempt} + ${{SLURM_RESTART_COUNT:-0}}))",
        # exec: the signal before the time limit goes to this process alone, so it has to be the worker
        f'exec {shlex.quote(job.spec.python)} -m dataexplore.jobs.run {shlex.quote(folder)} "$attempt"',
    ]
    return "\n".join(lines) + "\n"


def directives(options: Mapping[str, str]) -> list[str]:
    """Return the lines for sbatch that were asked for; raise JobError for what cannot stand there."""
    grace, setup = options.get("grace", str(_GRACE)), options.get("setup", "")
    if not re.fullmatch(r"[0-9]{1,5}", grace):
        raise JobError(f"grace: {short(grace)!r} is no number of seconds")
    if re.search(r"[\x00-\x08\x0a-\x1f\x7f]", setup):
        raise JobError("setup: this is one line of shell, without control characters")
    wanted = {name: value for name, value in options.items() if name not in ("grace", "setup")}
    return [
        f"#SBATCH --signal=B:TERM@{grace}",
        *(f"#SBATCH --{name}={_checked(name, value)}" for name, value in wanted.items()),
    ]


def _checked(name: str, value: str) -> str:
    if name in _OURS or not re.fullmatch(r"[a-z][a-z-]*", name):
        raise JobError(
            f"{short(name)}: this cannot be set for a job, it is set already or no option of sbatch"
        )
    if not re.fullmatch(r"[!-~]+", value) or re.search(r"[\"'\\#$`]", value):
        raise JobError(f"{name}: {short(value)!r} cannot stand in a script for sbatch")
    return value
