"""Stands in for a Slurm cluster of one node: run as `cluster.py sbatch ...`, it keeps its jobs in a folder.

Files in the folder say how it behaves: `hold` leaves new jobs pending, `refuse` and `down` hold what the
programs then complain of, `no accounting` takes sacct away.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(os.environ.get("CLUSTER", ""))
NODE = "node3"


def install(folder: Path, monkeypatch: Any) -> Path:
    """Put the programs on the PATH and return the cluster's folder."""
    root, bins = folder / "cluster", folder / "bin"
    root.mkdir()
    bins.mkdir()
    for name in ("sbatch", "squeue", "sacct", "scancel"):
        path = bins / name
        path.write_text(
            f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(__file__)} {name} "$@"\n'
        )
        path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{bins}:{os.environ['PATH']}")
    monkeypatch.setenv("CLUSTER", str(root))
    return root


def sbatch(arguments: list[str]) -> None:
    if (ROOT / "refuse").exists():
        sys.exit((ROOT / "refuse").read_text())
    text = Path(arguments[-1]).read_text()
    number = str(101 + len(list(ROOT.glob("job*"))))
    job = ROOT / f"job{number}"
    job.mkdir()
    (job / "script").write_text(text)
    if not (ROOT / "hold").exists():
        begin(job)
    print(number)


def begin(job: Path, restarts: int = 0) -> None:
    """Run the script as the node would: its options from its head, apart from whoever asked."""
    text = (job / "script").read_text()
    wanted = dict(re.findall(r"^#SBATCH --([a-z-]+)=(.*)$", text, re.MULTILINE))
    folder, output = (shlex.split(wanted[name])[0].replace("%%", "%") for name in ("chdir", "output"))
    environment = {"PATH": "/usr/bin:/bin", "SLURM_RESTART_COUNT": str(restarts)}
    with Path(output).open("ab") as log:
        process = subprocess.Popen(
            ["bash", str(job / "script")],
            cwd=folder,
            env=environment if restarts else {"PATH": "/usr/bin:/bin"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    (job / "pid").write_text(str(process.pid))


def squeue(arguments: list[str]) -> None:
    complain()
    [name] = [argument.partition("=")[2] for argument in arguments if argument.startswith("--name=")]
    for job in sorted(ROOT.glob("job*")):
        state, reason = state_of(job)
        if state in ("PENDING", "RUNNING") and f"--job-name={name}\n" in (job / "script").read_text():
            print(f"{job.name[3:]}|{state}|{reason}|{NODE if state == 'RUNNING' else ''}")


def sacct(arguments: list[str]) -> None:
    if (ROOT / "no accounting").exists():
        sys.exit("Slurm accounting storage is disabled")
    [number] = [argument.partition("=")[2] for argument in arguments if argument.startswith("--jobs=")]
    print(f"{state_of(ROOT / f'job{number}')[0]}|{NODE}")


def scancel(arguments: list[str]) -> None:
    complain()
    job = ROOT / f"job{arguments[-1]}"
    state, _ = state_of(job)
    if state == "PENDING":
        (job / "ended").write_text("CANCELLED by 1000")
    elif state != "RUNNING":
        sys.exit(f"scancel: error: Kill job error on job id {arguments[-1]}: Invalid job id specified")
    elif "--batch" in arguments:
        os.kill(int((job / "pid").read_text()), signal.SIGTERM)
    elif "--state=PENDING" not in arguments:
        (job / "ended").write_text("CANCELLED by 1000")
        os.killpg(int((job / "pid").read_text()), signal.SIGKILL)


def state_of(job: Path) -> tuple[str, str]:
    if (job / "ended").exists():
        return (job / "ended").read_text(), ""
    if not (job / "pid").exists():
        return "PENDING", "Priority"
    try:
        stat = Path(f"/proc/{(job / 'pid').read_text()}/stat").read_text()
    except OSError:
        return "COMPLETED", ""
    return ("COMPLETED" if stat.rpartition(")")[2].split()[0] in "ZX" else "RUNNING"), "None"


def complain() -> None:
    if (ROOT / "down").exists():
        sys.exit((ROOT / "down").read_text())


if __name__ == "__main__":
    globals()[sys.argv[1]](sys.argv[2:])
