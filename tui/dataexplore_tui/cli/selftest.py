"""`judge --selftest`: whether text in a row can talk a judge into a score."""

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dataexplore.jobs.launchers import run_foreground
from dataexplore.jobs.status import FINISHED
from dataexplore.judge.request import Request
from dataexplore.judge.selftest import verdict
from dataexplore.judge.words import figures, in_words
from dataexplore.session.selftest import Trial, make_trial, plan_trial
from dataexplore.session.session import Session
from dataexplore_tui.cli.judges import rows_of
from dataexplore_tui.cli.options import DONE, PROBLEMS
from dataexplore_tui.cli.output import plural, put, put_json, say, table
from dataexplore_tui.cli.progress import ProgressLine

ROWS = 20
"""Rows that are tried when nobody says how many: nine texts each."""
ABOUT = f"""\
--selftest asks about {ROWS} rows (--sample, --limit) as they are, with text
behind the answer that demands a score (`order`, `praise`, `object`, `ending`,
`system`, and `blame`, which demands the lowest), and with a worse answer
(`swapped`, `empty`), all mixed. An honest judge does not move with the first
and drops with the others. No row of yours gets a score by it."""
KEYS = """\
  with --selftest: judge, rows, canaries, selftest [{kind, rows, shift, up,
  down, obeyed, unparsed}] (shift: mean score with less mean score without;
  obeyed: rows that got what was demanded), verdict, job, state, reason,
  requests, cost"""


def run_selftest(
    arguments: Namespace, session: Session, request: Request, folder: Path | None, python: str | None
) -> int:
    """Ask about canaries and tell how far they moved the judge."""
    if arguments.sample is None and arguments.limit is None:
        arguments.sample = ROWS
    trial = plan_trial(session, request, rows_of(arguments, session), folder)
    if arguments.dry_run:
        return _put(
            arguments, {**_about(trial), "texts": len(trial.planned.wanted.missing), **_cost(trial)}, DONE
        )
    job = make_trial(session, trial, python)
    ended: dict[str, Any] = {"job": "", "state": FINISHED, "reason": "", "requests": 0, "cost": None}
    if job is not None:
        say(f"{job.id}: {plural(len(trial.planned.wanted.missing), 'canary text')} to judge; Ctrl-C stops")
        with ProgressLine() as progress:
            status = run_foreground(job, lambda status: progress.show(in_words(status, figures(job))))
        spent = figures(job)
        ended = {"job": job.id, "state": status.state, "reason": status.reason}
        ended |= {"requests": spent.get("requests", 0), "cost": spent.get("cost")}
    moved = trial.moved()
    found = {
        **_about(trial),
        "selftest": [asdict(one) for one in moved],
        "verdict": verdict(moved, trial.rubric),
        **ended,
    }
    return _put(arguments, found, DONE if ended["state"] == FINISHED else PROBLEMS)


def _about(trial: Trial) -> dict[str, Any]:
    rows = len({one.row for one in trial.made})
    return {"judge": trial.planned.wanted.judge.name, "rows": rows, "canaries": len(trial.made)}


def _cost(trial: Trial) -> dict[str, Any]:
    return asdict(trial.planned.estimate) if trial.planned.estimate else {}


def _put(arguments: Namespace, found: dict[str, Any], code: int) -> int:
    if arguments.json:
        put_json(found)
        return code
    moved = found.pop("selftest", None)
    if moved is not None:
        put(table([list(one.values()) for one in moved], list(moved[0]) if moved else ()))
        put(["", f"{found['judge']}: {found['verdict']}"])
    if moved is None or found["reason"]:
        put(table([(name, value) for name, value in found.items() if value not in ("", None)]))
    return code
