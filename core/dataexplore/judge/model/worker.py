"""The job of judges without an endpoint: a small model's likelihoods, a local judge, lengths in tokens.

Runs beside torch, transformers and numpy alone; the kind `tokens` needs no torch.
"""

import json
import os
import sys
import time
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dataexplore.errors import JobError, JudgeError
from dataexplore.jobs import lock
from dataexplore.jobs.context import JobContext
from dataexplore.judge import asked, folder
from dataexplore.judge.asked import read_asked
from dataexplore.judge.judge import Judge
from dataexplore.judge.model.ifd import WINDOW, Difficulty
from dataexplore.judge.model.lengths import Lengths
from dataexplore.judge.model.likelihood import Likelihood
from dataexplore.judge.model.local import LocalJudge
from dataexplore.judge.model.measure import Measure
from dataexplore.judge.model.measuring import StopAskedError, Work, measure_all
from dataexplore.judge.replies import ERROR, SCORED, UNPARSED, Replies
from dataexplore.judge.rubric import Rubric
from dataexplore.tune import model as models


def run(context: JobContext) -> None:
    """Put a reply for every text that has none; raise JobError or JudgeError where that cannot be done."""
    began = time.monotonic()
    settings = context.spec.settings
    judge = Judge.from_json(json.dumps(settings["judge"]))
    place = Path(str(settings["folder"]))
    context.status("loading the model")
    try:
        held = lock.take(folder.lock_file(place))
    except (OSError, JobError):
        raise JobError(f"{judge.name}: another job works for this judge; wait for it or stop it") from None
    try:
        work = _loaded(context, judge, place)
        with Replies(place, writable=True) as replies:
            try:
                measure_all(context, work, replies)
            except StopAskedError:
                context.stopped()
                return
            facts = _counts(context, replies)
    finally:
        os.close(held)
    likelihood = work.likelihood
    context.finish(
        {
            "signal": judge.name,
            **facts,
            "seconds": round(time.monotonic() - began, 1),
            "device": likelihood.device if likelihood else "cpu",
            "model": judge.model,
        }
    )


def _loaded(context: JobContext, judge: Judge, place: Path) -> Work:
    settings = context.spec.settings
    _require(("transformers",) if judge.kind == "tokens" else ("torch", "transformers"))
    models.quiet()
    base = models.resolve_base(str(settings["model"]))
    tokenizer = models.load_tokenizer(base)
    likelihood: Likelihood | None = None
    measure: Measure
    if judge.kind == "tokens":
        measure = Lengths(tokenizer)
    elif judge.kind in ("ifd", "local"):
        batch_tokens: Any = settings.get("batch_tokens")
        likelihood = Likelihood(base, batch_tokens)
        window = likelihood.positions
        if judge.kind == "ifd":
            measure = Difficulty(tokenizer, min(WINDOW, window))
        else:
            rubric: Any = settings["rubric"]
            secret = folder.read_secret(place)
            measure = local = LocalJudge(
                tokenizer, Rubric.from_json(rubric), secret, window, likelihood.shown
            )
            likelihood.share(local.shared)
    else:
        raise JudgeError(f"{judge.kind}: no such measure; there are ifd, local and tokens")
    if len(judge.signals) > measure.values:
        raise JudgeError(
            f"{judge.name}: {len(judge.signals)} signals are named, {judge.kind} has fewer values"
        )
    if template := getattr(measure, "template", None):
        context.event("loaded", template=template.name, device=likelihood.device if likelihood else "cpu")
    return Work(judge, measure, likelihood, context.job.id)


def _require(names: tuple[str, ...]) -> None:
    missing = [name for name in names if find_spec(name) is None]
    if missing:
        raise JobError(
            f"{sys.executable} lacks {' and '.join(missing)}: install them there "
            f"(`-m pip install {' '.join(missing)}`) or name another interpreter with --python"
        )


def _counts(context: JobContext, replies: Replies) -> dict[str, Any]:
    outcomes = replies.outcomes()
    rows = [outcomes.get(one.hash, (ERROR, "no reply")) for one in read_asked(context.folder / asked.FILE)]
    states = Counter(state for state, _ in rows)
    return {
        "rows": len(rows),
        "scored": states[SCORED],
        "unparsed": states[UNPARSED],
        "unparsed_reasons": dict(Counter(why for state, why in rows if state == UNPARSED).most_common()),
        "errors": dict(Counter(why for state, why in rows if state == ERROR).most_common()),
    }
