"""Text that attacks a terminal or a screen, and files full of it."""

import json
from pathlib import Path

from dataexplore.jobs.launch import create
from dataexplore.jobs.spec import JobSpec

from .files import workspace

ESCAPES = [
    "\x1b]0;PWN\x07",
    "\x1b]8;;file:///etc/passwd\x1b\\link\x1b]8;;\x1b\\",
    "\x1b]52;c;cm0gLXJm\x07",
    "\x1b[2J\x1b[H",
    "\x1b[6n",
    "\x1b[31;5mred",
    "\x1bP+q544e\x1b\\",
    "\x1bc",
    "\x1b[?1049l",
    "\x1b_Gi=1;AAAA\x1b\\",
    "\x9b31mred",
    "\x9d0;PWN\x9c",
    "\x90q\x9c",
    "bell\x07\x07",
    "back\x08\x08\x08space",
    "over\rwritten",
    "\x0b\x0c\x0e\x0f",
    "nul\x00",
    "\x7f\x85",
]
MARKUP = [
    "[@click=app.quit]here[/]",
    "[@click=app.save_screenshot('p.svg')]here[/]",
    "[@click=screen.leave()]here[/]",
    "[bold red]bold[/bold red]",
    "[/]",
    "[/nothing]",
    "[link=file:///etc/passwd]link[/link]",
    "[$error]x[/]",
    "[on red]x",
    "\\[bold]",
    "[[bold]]",
    "{instruction} $HOME %s",
]
INVISIBLE = [
    "\u202etxt.exe\u202c",
    "\u2066isolate\u2069",
    "a\u200bb\u200cc\u200dd",
    "\u2028line\u2029",
    "\ufeffbom",
    "\u00adshy",
    "tag\U000e0041\U000e0042",
    "\u061cmark",
    "\ue000private",
]
PAYLOADS = [*ESCAPES, *MARKUP, *INVISIBLE]
NAME = "esc\x1b]0;PWN\x07[bold]\u202ename.jsonl"
FIELD = "\x1b]0;PWN\x07[bold]score"


def write_rows(folder: Path) -> Path:
    """Write a file with a payload in every field of every row; every prompt comes twice."""
    path = folder / NAME
    rows = [
        {
            "instruction": f"{payload} question {number}",
            "input": payload,
            "output": f"{payload} answer {number} {again}",
            FIELD: number % 5,
            "[/] note\x1b[31m": payload,
            "nested": {payload: [payload]},
        }
        for number, payload in enumerate(PAYLOADS)
        for again in ("once", "again")
    ]
    lines = [json.dumps(row) for row in rows]
    lines[5:5] = ["\x1b]0;PWN\x07[bold] this is no JSON\u202e"]
    path.write_text("".join(line + "\n" for line in lines), "utf-8")
    return path


def add_job(data: Path) -> None:
    """Put runs into the workspace whose log, reason, model, dataset and name are hostile, or damaged."""
    everything = " ".join(PAYLOADS)
    settings = {
        "base": f"/models/{everything}",
        "preset": everything,
        "epochs": 3,
        "learning_rate": None,
        "max_tokens": 64,
    }
    spec = JobSpec(
        "tune", "dataexplore.tune.worker", settings, everything, 2, "ab12", 0, {"torch": everything}, "python"
    )
    job = create(workspace(data) / "jobs", spec)
    (job.folder / "log.txt").write_text("\n".join(PAYLOADS))
    failed = {"state": "failed", "reason": everything, "phase": everything, "done": 1, "total": 2, "at": 1.0}
    (job.folder / "status.json").write_text(json.dumps(failed))
    for name, text in (
        ("20200101T000000Z-tune-000001", "{}"),
        ("20200101T000000Z-\x1b[31m[bold]", "\x1b]0;PWN\x07"),
    ):
        damaged = job.folder.with_name(name)
        damaged.mkdir()
        (damaged / "spec.json").write_text(text)
