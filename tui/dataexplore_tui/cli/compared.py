"""What `compare` tells of two runs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dataexplore.compare.comparison import Answered
from dataexplore.compare.outcome import Outcome, by_set, outcome
from dataexplore.compare.pairwise import Pair, Reviewed, parameters
from dataexplore.compare.review import Review
from dataexplore.compare.side import Side
from dataexplore.compare.trained import Leak
from dataexplore.compare.votes import Vote, agreed
from dataexplore.jobs.folder import Job
from dataexplore.jobs.status import FINISHED, Status
from dataexplore.judge.judge import Judge
from dataexplore.judge.words import figures
from dataexplore.text import short
from dataexplore_tui.cli.comparing import Asked
from dataexplore_tui.cli.outcomes import found_of, outcome_lines
from dataexplore_tui.cli.output import plural, table

SIDES = ("first", "second")
_SAMPLES = 3
_SMALL = 3e9
"""Parameters below which a judge is taken to show that the protocol works, and nothing else."""
_WIDTH = 400


@dataclass(frozen=True)
class Judged:
    """A judge's part."""

    judge: Judge
    job: Job | None
    """None where nothing had to be asked."""
    reviewed: Reviewed


def found(
    asked: Asked, answered: Answered, judged: Judged | None, status: Status, seed: int
) -> dict[str, Any]:
    """Return everything as JSON has it."""
    made = asked.comparison
    reviews = judged.reviewed.reviews if judged else []
    whole, parts = _outcomes(reviews, seed)
    counts = found_of(whole, parts)
    if judged is None:
        counts = dict.fromkeys(counts) | {"by_set": {}}
    lost = made.losses(seed)
    sides = zip(SIDES, made.sides, made.jobs, strict=True)
    return {
        "comparison": made.id,
        "state": status.state,
        "reason": status.reason,
        **{name: _side(side, job) for name, side, job in sides},
        "decoding": made.decoding.to_json(),
        "given": asked.given,
        "excluded": [_leak(one) for one in asked.leaks],
        "compared": len(answered.pairs),
        "unanswered": answered.unanswered,
        "reference": asdict(lost) | {"comparable": lost.comparable} if lost else None,
        "judge": _judge(judged) if judged else None,
        "people": _people(made.votes(), reviews),
        **counts,
        "samples": _samples(answered.pairs, reviews),
    }


def lines(said: dict[str, Any], judged: Judged | None, seed: int) -> list[str]:
    """Return it for people."""
    rows = [_row(name, said[name]) for name in SIDES]
    made = table(rows, ("", "model", "state", "answered", "cut", "tokens", "loss"))
    made.append("")
    if said["excluded"]:
        count = plural(len(said["excluded"]), "prompt")
        made.append(f"{count} of {said['given']:,} left out: a run was tuned on them, or nearly")
    for reason, count in said["unanswered"].items():
        made.append(f"{plural(count, 'prompt')} not answered by both: {short(reason, 80)}")
    if said["reference"]:
        made += _loss_lines(said["reference"])
    if said["state"] != FINISHED:
        made.append(f"{said['state']}: {short(said['reason'], 300)}")
    if judged is None and said["state"] == FINISHED:
        told = "the loss tells how well each model expects the references, not which answers are better"
        if not said["reference"]:
            told = "and no prompt has a reference to measure a loss on; what is left is to read them"
        made.append(f"nobody judged the answers: {told}; --model and --base-url name a judge")
    if judged is not None:
        made += _judge_lines(said, judged, seed)
    if said["people"]:
        made += _people_lines(said["people"])
    for one in said["samples"]:
        made += ["", f"prompt  {short(one['prompt'], _WIDTH)}"]
        made += [f"{name:6}  {short(one[name], _WIDTH)}" for name in SIDES]
    return made


def _outcomes(reviews: Sequence[tuple[Pair, Review]], seed: int) -> tuple[Outcome, dict[str, Outcome]]:
    only = [review for _, review in reviews]
    return outcome(only, seed), by_set(only, seed)


def _side(side: Side, job: Job) -> dict[str, Any]:
    counted = job.result() or {}
    names = ("answered", "cut", "new_tokens", "reference_loss", "seconds")
    return {
        "model": side.name,
        "job": job.id,
        "state": job.status().state,
        **{name: counted.get(name) for name in names},
    }


def _leak(leak: Leak) -> dict[str, Any]:
    return {
        "prompt": leak.prompt.text,
        "set": leak.prompt.set,
        "sides": [SIDES[side] for side in leak.sides],
        "row": leak.row,
        "similarity": round(leak.similarity, 4),
        "kind": leak.kind,
    }


def _judge(judged: Judged) -> dict[str, Any]:
    return {
        "model": judged.judge.model,
        "judge": judged.judge.id,
        "job": judged.job.id if judged.job else "",
        "same": judged.reviewed.same,
        "errors": judged.reviewed.errors,
        "left": judged.reviewed.left,
        "requests": figures(judged.job).get("requests", 0) if judged.job else 0,
    }


def _people(votes: Sequence[Vote], reviews: Sequence[tuple[Pair, Review]]) -> dict[str, Any] | None:
    if not votes:
        return None
    verdicts = [vote.verdict for vote in votes]
    counts = {name: verdicts.count(verdict) for name, verdict in (("wins", 1), ("ties", 0), ("losses", -1))}
    return counts | asdict(agreed(votes, {pair.prompt.key: review for pair, review in reviews}))


def _samples(pairs: Sequence[Pair], reviews: Sequence[tuple[Pair, Review]]) -> list[dict[str, Any]]:
    """Return a few pairs from all over the prompts, of those that differ."""
    verdicts = {pair.prompt.key: review.verdict for pair, review in reviews if review.judged}
    differing = [pair for pair in pairs if not pair.same]
    step = max(1, len(differing) // _SAMPLES)
    return [
        {
            "set": pair.prompt.set,
            "prompt": pair.prompt.text,
            "first": pair.first,
            "second": pair.second,
            "verdict": verdicts.get(pair.prompt.key),
        }
        for pair in differing[::step][:_SAMPLES]
    ]


def _row(name: str, side: Mapping[str, Any]) -> tuple[Any, ...]:
    counts = (side["answered"], side["cut"], side["new_tokens"], side["reference_loss"])
    return (name, short(side["model"], 60), side["state"], *counts)


def _loss_lines(one: Mapping[str, Any]) -> list[str]:
    told = (
        f"loss on {plural(one['references'], 'reference')}: {one['first']:.4f} and {one['second']:.4f} "
        f"nats a token; the first is lower on {one['lower']:,}"
    )
    low, high = one["interval"]
    told += f"; first less second {one['difference']:+.4f} ({low:+.4f} to {high:+.4f})"
    if one["comparable"]:
        return [told]
    first, second = one["tokens"]
    return [
        told,
        f"the models cut them into {first:,} and {second:,} tokens: these losses cannot be compared",
    ]


def _people_lines(one: Mapping[str, Any]) -> list[str]:
    told = f"people, blind: {one['wins']:,} wins, {one['ties']:,} ties, {one['losses']:,} losses"
    if one["same"] is None:
        return [told]
    return [f"{told}; the judge says the same on {one['same']:.1%} of {plural(one['prompts'], 'vote')}"]


def _judge_lines(said: Mapping[str, Any], judged: Judged, seed: int) -> list[str]:
    made = [""]
    for name, count in judged.reviewed.errors.items():
        made.append(f"{plural(count, 'prompt')} without a verdict: {short(name, 80)}")
    if judged.reviewed.left:
        made.append(f"{plural(judged.reviewed.left, 'prompt')} not judged yet; run it again")
    if judged.reviewed.same:
        made.append(f"{plural(judged.reviewed.same, 'prompt')} answered alike: ties without asking")
    made += outcome_lines(*_outcomes(judged.reviewed.reviews, seed))
    if said["unparsed"] > said["prompts"] - judged.reviewed.same:
        made.append("most of what the judge said could not be read: this outcome says little")
    size = parameters(judged.judge.model)
    if size is not None and size < _SMALL:
        model = short(judged.judge.model, 60)
        made.append(
            f"{model} is a small judge: this proves that the protocol runs, not which model is better"
        )
    return made
