"""Two models compared, as lines: how far it is, who won, how sure that is, what else speaks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

from dataexplore_tui.panes.abreast import TWO_COLUMNS
from dataexplore_tui.panes.runs import run_name
from dataexplore_tui.widgets.bars import bar, share
from dataexplore_tui.widgets.ink import (
    ACCENT,
    DIM,
    DROP,
    KEEP,
    PLAIN,
    STRONG,
    WARN,
    line,
    shown,
    squeezed,
)
from dataexplore_tui.widgets.strips import wrapped

if TYPE_CHECKING:
    from dataexplore.compare.losses import Losses
    from dataexplore.compare.outcome import Outcome
    from dataexplore.compare.side import Side
    from dataexplore.jobs.status import Status
    from dataexplore.session.contest import Contest, Part
    from dataexplore.session.verdicts import Verdicts

_NAME = 22
_BAR = 24
_SMALL = 3e9
"""Parameters below which a judge shows that the protocol works, and nothing else."""
_SAMPLES = 3


@dataclass(frozen=True)
class Names:
    """What the two models are called on screen."""

    first: str
    second: str

    @property
    def title(self) -> Text:
        """Both, in order."""
        return Text.assemble(shown(squeezed(self.first, 40)), " against ", shown(squeezed(self.second, 40)))


def names_of(contest: Contest) -> Names:
    """Return a run's arm or base with the end of its number, or the base model's name."""
    made = contest.comparison
    first, second = (_name(side, contest) for side in made.sides)
    return Names(first, second)


def _name(side: Side, contest: Contest) -> str:
    from dataexplore.compare.side import BASE
    from dataexplore.jobs.folder import Job

    if side.name.startswith(BASE):
        return f"{BASE}{side.base.rstrip('/').rpartition('/')[2]}"
    return f"{run_name(Job(contest.comparison.workspace / 'jobs' / side.name))} {side.name[-6:]}"


def comparison_lines(
    contest: Contest, parts: Sequence[Part], found: Verdicts | None, names: Names, width: int
) -> list[Text]:
    """Return everything about a comparison."""
    lines = _parts(parts, contest, names, width)
    if contest.request is None and found is not None and found.judge is not None:
        lines.append(line(("  judge    ", DIM), shown(found.judge.model, STRONG), ("  asked before", DIM)))
    if contest.problem:
        lines.append(line(shown(contest.problem, WARN)))
    lines.append(Text(end=""))
    if found is None:
        return [*lines, line(("reading what is there …", DIM))]
    if found.whole is not None:
        lines += _outcome(found.whole, names, parts)
        lines += _cautions(contest, found, found.whole)
        lines += _biases(found.whole, found)
        lines += _sets(found.sets, found.whole)
    elif contest.request is None:
        lines += _nobody_judged(found)
    if found.losses is not None:
        lines += _losses(found.losses, names)
    lines += _people(found)
    lines += _left_out(contest, found)
    if found.whole is None and contest.request is None:
        lines += _samples(found, names)
    return [part for one in lines for part in wrapped(one, max(8, width))]


def left_out_lines(contest: Contest, names: Names) -> list[Text]:
    """Return the prompts that were left out, with whose training row each is like."""
    lines = []
    for one in contest.left_out:
        who = " and ".join((names.first, names.second)[side] for side in one.sides)
        like = "as" if one.similarity >= 1 else f"{one.similarity:.2f} like"
        lines += [shown(one.prompt), line((f"  {like} row {one.row + 1:,} of ", DIM), shown(who, DIM))]
    return lines


def prompt_count(count: int) -> str:
    """Return so many prompts in words."""
    return f"{count:,} prompt{'' if count == 1 else 's'}"


def _parts(parts: Sequence[Part], contest: Contest, names: Names, width: int) -> list[Text]:
    from dataexplore.judge.words import figures, in_words

    lines = []
    judge = contest.request.model if contest.request else ""
    for part in parts:
        name = {"first": names.first, "second": names.second}.get(part.words, judge)
        status = part.status
        sign = job_sign(status)
        head = line(sign, (f" {part.words:<8}", DIM), shown(f"{squeezed(name, _NAME):<{_NAME}} ", STRONG))
        if part.job is None or status.state == "created":
            waits = (
                "waits for its turn"
                if contest.going or any(one.status.alive for one in parts)
                else "r begins it"
            )
            lines.append(line(head, (waits, DIM)))
        elif status.alive and status.total:
            gauge = bar(status.done / status.total, 20 if width >= TWO_COLUMNS else 6)
            words = in_words(status, figures(part.job))
            lines.append(line(head, (gauge, ACCENT), " ", shown(words, DIM)))
        elif status.state == "finished" and part.words != "judge":
            lines.append(line(head, *_answered(figures(part.job))))
        else:
            style = WARN if status.reason or status.state in ("failed", "lost") else DIM
            lines.append(line(head, shown(in_words(status, figures(part.job)), style)))
    return lines


def job_sign(status: Status) -> tuple[str, Style]:
    """Return how a job stands as one character."""
    if status.alive:
        return "●", ACCENT
    return {"finished": ("✓", KEEP), "failed": ("✗", DROP), "lost": ("✗", DROP)}.get(status.state, ("◌", DIM))


def _answered(counted: Mapping[str, object]) -> list[tuple[str, Style] | str]:
    parts: list[tuple[str, Style] | str] = [f"{_whole(counted, 'answered'):,} answered"]
    parts.append((f"  {_whole(counted, 'new_tokens'):,} tokens", DIM))
    if cut := _whole(counted, "cut"):
        parts.append((f"  {cut:,} cut short", DIM))
    return parts


def _whole(counted: Mapping[str, object], name: str) -> int:
    value = counted.get(name)
    return value if isinstance(value, int) else 0


def _outcome(one: Outcome, names: Names, parts: Sequence[Part]) -> list[Text]:
    from dataexplore.session.verdicts import in_words

    counts = (
        ("W", "wins", one.wins, KEEP),
        ("T", "ties", one.ties, PLAIN),
        ("L", "losses", one.losses, DROP),
    )
    most = max(1, one.prompts)
    lines = [
        line(
            (letter, style),
            f" {words:<7}{count:>6,} ",
            (bar(count / most, _BAR), style),
            f"{share(count, one.prompts):>8}",
            (_of(letter, names), DIM),
        )
        for letter, words, count, style in counts
    ]
    if one.score is not None and one.interval is not None:
        chance = "" if one.sign_test is None else f"   sign test p {one.sign_test:.3g}"
        low, high = one.interval
        figures = f"   95 % {low:.3f} to {high:.3f}{chance}"
        lines += [Text(end=""), line(("winning score ", DIM), (f"{one.score:.3f}", STRONG), figures)]
    so_far = "So far: " if any(part.status.alive for part in parts) else ""
    words = in_words(one, names.first, names.second)
    style = KEEP if words.startswith("More") else WARN
    return [*lines, line(shown(f"{so_far}{words}", style))]


def _of(letter: str, names: Names) -> str:
    return {"W": f"   {squeezed(names.first, 30)} won", "L": f"   {squeezed(names.second, 30)} won"}.get(
        letter, ""
    )


def _biases(one: Outcome, found: Verdicts) -> list[Text]:
    told: list[tuple[str, str, str]] = []
    if one.flip_rate is not None:
        swapped = "another winner when the order is swapped: a tie"
        told.append(("order flips", f"{prompt_count(one.flips)}, {one.flip_rate:.1%}", swapped))
    if one.longer_wins is not None:
        told.append(("longer wins", f"{one.longer_wins:.1%}", "of the decided prompts"))
    if one.length_controlled is not None:
        apart = "of the prompts would the first win, were answers equally long"
        told.append(("length apart", f"{one.length_controlled:.1%}", apart))
    if one.unparsed:
        told.append(
            ("unparsed", prompt_count(one.unparsed), "with a reply that could not be read, counted apart")
        )
    if found.reviewed is not None and found.reviewed.same:
        told.append(
            ("alike", prompt_count(found.reviewed.same), "with the same answer: a tie, nobody was asked")
        )
    return [
        *(line((f"{head:<15}", DIM), figure, (f"  {words}", DIM)) for head, figure, words in told),
        Text(end=""),
    ]


def _sets(sets: Mapping[str, Outcome], whole: Outcome) -> list[Text]:
    if len(sets) < 2:
        return []
    lines = [line((f"{'set':<{_NAME}}{'prompts':>9}{'W':>7}{'T':>7}{'L':>7}{'score':>8}   95 %", DIM))]
    for name, one in [*sets.items(), ("all", whole)]:
        score = "–" if one.score is None else f"{one.score:.3f}"
        span = "" if one.interval is None else "   {:.3f} to {:.3f}".format(*one.interval)
        counts = f"{one.prompts:>9,}{one.wins:>7,}{one.ties:>7,}{one.losses:>7,}{score:>8}"
        lines.append(line(shown(f"{squeezed(name or '(no set)', _NAME - 1):<{_NAME}}"), counts, (span, DIM)))
    return [*lines, Text(end="")]


def _cautions(contest: Contest, found: Verdicts, whole: Outcome) -> list[Text]:
    from dataexplore.compare.pairwise import parameters

    told = []
    reviewed = found.reviewed
    if reviewed is not None:
        told += [
            f"{prompt_count(count)} without a verdict: {name}" for name, count in reviewed.errors.items()
        ]
        if reviewed.left and not contest.alive:
            told.append(f"{prompt_count(reviewed.left)} not judged yet")
        if whole.unparsed > whole.prompts - reviewed.same:
            told.append("most of what the judge said could not be read: this outcome says little")
    if whole.flip_rate is not None and whole.flip_rate > 0.5:
        told.append("the judge goes by the order more than by the answers: this outcome says little")
    if (
        whole.length_controlled is not None
        and (whole.wins - whole.losses) * (whole.length_controlled - 0.5) < 0
    ):
        told.append("length alone may explain who won: at equal length the other one would be ahead")
    model = found.judge.model if found.judge else ""
    size = parameters(model)
    if size is not None and size < _SMALL:
        told.append(f"{model} is a small judge: this shows that the protocol runs, not which model is better")
    return [*(line(shown(one, WARN)) for one in told), Text(end="")]


def _nobody_judged(found: Verdicts) -> list[Text]:
    told = "the loss tells how well each model expects the references, not which answers are better"
    if found.losses is None:
        told = "no prompt has a reference to measure a loss on; what is left is to read the answers"
    return [
        line(("Nobody judged the answers: ", WARN), told),
        line(("J", ACCENT), (" names a judge, ", DIM), ("v", ACCENT), (" makes you one, blind", DIM)),
        Text(end=""),
    ]


def _losses(one: Losses, names: Names) -> list[Text]:
    low, high = one.interval
    head = line(
        ("held-out loss  ", DIM),
        f"{one.first:.4f} and {one.second:.4f}",
        (f" nats a token on {one.references:,} references", DIM),
    )
    apart = line(
        ("first - second ", DIM),
        f"{one.difference:+.4f}",
        (f"   95 % {low:+.4f} to {high:+.4f}   first is lower on {one.lower:,}", DIM),
    )
    if not one.comparable:
        cut = f"the models cut them into {one.tokens[0]:,} and {one.tokens[1]:,} tokens: do not compare these"
        return [head, apart, line((cut, WARN)), Text(end="")]
    if low <= 0 <= high:
        words = line(("No more than chance between the two losses.", WARN))
    else:
        better = names.first if high < 0 else names.second
        words = line(shown(f"More than chance: {better} expects the references better.", KEEP))
    return [head, apart, words, Text(end="")]


def _people(found: Verdicts) -> list[Text]:
    if not found.votes:
        return []
    verdicts = [vote.verdict for vote in found.votes]
    counts = f"{verdicts.count(1):,} wins, {verdicts.count(0):,} ties, {verdicts.count(-1):,} losses"
    lines = [line(("people, blind  ", DIM), counts, (" of the first model", DIM))]
    one = found.agreed
    if one is not None and one.same is not None:
        kappa = "" if one.kappa is None else f", kappa {one.kappa:.2f}"
        firm = (
            ""
            if one.same_decided is None
            else f"; {one.same_decided:.1%} of {one.decided:,} where both decide"
        )
        lines.append(
            line(
                ("judge agrees   ", DIM),
                (f"{one.same:.1%}", STRONG),
                f" of {one.prompts:,} votes{kappa}{firm}",
            )
        )
    return [*lines, Text(end="")]


def _left_out(contest: Contest, found: Verdicts) -> list[Text]:
    lines = []
    if contest.given is not None:
        count = len(contest.left_out)
        told = f"{count:,} of {prompt_count(contest.given)}: a run was tuned on them, or nearly"
        lines.append(line(("left out       ", DIM), told, ("   x lists them" if count else "", DIM)))
    for reason, count in found.answered.unanswered.items():
        lines.append(line(("unanswered     ", DIM), f"{prompt_count(count)}: ", shown(reason)))
    return [*lines, Text(end="")] if lines else []


def _samples(found: Verdicts, names: Names) -> list[Text]:
    differing = [pair for pair in found.answered.pairs if not pair.same]
    step = max(1, len(differing) // _SAMPLES)
    lines = []
    for pair in differing[::step][:_SAMPLES]:
        lines += [
            line(shown(pair.prompt.text[:300], ACCENT)),
            line(("  first   ", DIM), shown(pair.first[:300])),
            line(("  second  ", DIM), shown(pair.second[:300])),
        ]
    return lines
