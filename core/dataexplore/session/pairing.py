"""What a comparison of two models will take: who they are, on which prompts, what a judge is asked."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dataexplore.compare.asking import Panel
from dataexplore.compare.comparison import Comparison, comparison, comparisons
from dataexplore.compare.decoding import Decoding
from dataexplore.compare.gathering import held_out, prompts_of
from dataexplore.compare.pairwise import Pair
from dataexplore.compare.prompt import Prompt
from dataexplore.compare.question import messages
from dataexplore.compare.reading import FIRST, SECOND
from dataexplore.compare.side import BASE, Side, bare, of_run
from dataexplore.compare.trained import Leak, Trained
from dataexplore.dataset.loading import open_dataset
from dataexplore.errors import InputRefusedError, JobError
from dataexplore.jobs.folder import Job
from dataexplore.judge.request import Request
from dataexplore.session.session import Session
from dataexplore.text import short

DRAWN = 200
"""Rows that are drawn where nobody says how many."""
_BYTES_PER_TOKEN = 4
_USUAL_REPLY = 50  # tokens: an object with two scores and 25 words


@dataclass(frozen=True)
class Wish:
    """What a person wants compared."""

    names: tuple[str, str]
    """Each a run's id, or `base:` and a model's folder or hub id."""
    prompts: str = ""
    """A file; "" draws rows that nobody was tuned on."""
    limit: int | None = None
    """The first so many prompts of the file, or so many rows."""
    decoding: Decoding = field(default_factory=Decoding)
    request: Request | None = None
    """None: nobody judges."""
    python: str | None = None
    """None: each run's own interpreter."""


@dataclass(frozen=True)
class Questions:
    """What a judge will be asked, counted before the answers are there."""

    asked: int
    """Two a prompt, without those that have a reply."""
    prompt_tokens: int
    """At most: a quarter of the bytes, with answers of the greatest length where there is none yet."""
    completion_tokens: int
    """Of usual replies."""


@dataclass(frozen=True)
class Planned:
    """A comparison before its jobs are made; nothing is written yet."""

    wish: Wish
    sides: tuple[Side, Side]
    prompts: list[Prompt]
    given: int
    """Prompts before those that were trained on were left out."""
    leaks: list[Leak]
    source: str
    """The name of the file that the prompts are from."""
    pythons: tuple[str | None, str | None]
    answered: int
    """Prompts that both have answered already."""
    questions: Questions | None
    """None where nobody judges."""

    def make(self, workspace: Path) -> Comparison:
        """Find or make the jobs; none is started."""
        return comparison(workspace, self.sides, self.prompts, self.wish.decoding, self.source, self.pythons)


def plan(session: Session, wish: Wish) -> Planned:
    """Find models and prompts and count the questions; raise DataexploreError for what does not fit."""
    first, second = (_job(session, name) for name in wish.names)
    sides = _side(wish.names[0], first), _side(wish.names[1], second)
    if sides[0] == sides[1]:
        raise JobError(f"{sides[0].name}: both models are the same one; name two")
    trained = Trained([job.folder / "rows.jsonl" if job else None for job in (first, second)])
    given, prompts, leaks = _prompts(session, wish, trained)
    pairs = _known(session.workspace.folder, sides, prompts, wish.decoding)
    source = Path(wish.prompts).name if wish.prompts else session.dataset.path.name
    own = next((job.spec.python for job in (first, second) if job), sys.executable)
    one, other = (wish.python or (job.spec.python if job else own) for job in (first, second))
    return Planned(
        wish,
        sides,
        prompts,
        given,
        leaks,
        source,
        (one, other),
        len(pairs),
        _questions(session.workspace.folder, wish, prompts, pairs),
    )


def base_of(job: Job) -> str:
    """Return the model that a run began with, as a comparison names it."""
    return f"{BASE}{job.spec.settings.get('base') or ''}"


def _job(session: Session, name: str) -> Job | None:
    """Return the run of a name or of its end, None for a model as it is."""
    if name.startswith(BASE):
        return None
    folder = session.workspace.jobs
    found = [path for path in folder.glob("*") if name and path.name.endswith(name) and path.is_dir()]
    if len(found) != 1:
        raise JobError(
            f"{short(name, 100) or 'no model'}: name a run by its number, or a model as it is by {BASE}FOLDER"
        )
    return Job(found[0])


def _side(name: str, job: Job | None) -> Side:
    return bare(name.removeprefix(BASE)) if job is None else of_run(job)


def _prompts(session: Session, wish: Wish, trained: Trained) -> tuple[int, list[Prompt], list[Leak]]:
    if not wish.prompts:
        kept, leaks = held_out(session.dataset, trained, wish.limit or DRAWN)
        return len(kept) + len(leaks), kept, leaks
    dataset = open_dataset(Path(wish.prompts).expanduser())
    found = prompts_of(dataset, range(len(dataset)))
    if not found:
        raise InputRefusedError(f"{short(wish.prompts, 200)}: has no prompts; take another file")
    kept, leaks = trained.apart(found)
    if not kept:
        raise InputRefusedError(
            f"{short(wish.prompts, 200)}: the runs were tuned on every prompt of it; take another file"
        )
    return len(found), kept[: wish.limit], leaks


def _known(
    workspace: Path, sides: tuple[Side, Side], prompts: list[Prompt], decoding: Decoding
) -> list[Pair]:
    """Return the pairs that an earlier comparison of the two has."""
    for made in comparisons(workspace):
        if made.sides == sides and made.decoding == decoding:
            return Comparison(workspace, sides, decoding, prompts, made.jobs).answered().pairs
    return []


def _questions(
    workspace: Path, wish: Wish, prompts: Sequence[Prompt], pairs: Sequence[Pair]
) -> Questions | None:
    if wish.request is None:
        return None
    missing = Panel(workspace, wish.request).missing(pairs)
    known = {pair.prompt.key for pair in pairs}
    said = [one.said for one in missing]
    size = sum(_bytes(turns) for turns in said)
    asked = len(said)
    longest = "x" * (_BYTES_PER_TOKEN * wish.decoding.max_new_tokens)
    for prompt in prompts:
        if prompt.key not in known:
            size += 2 * _bytes((*prompt.said, (FIRST, longest), (SECOND, longest)))
            asked += 2
    return Questions(asked, size // _BYTES_PER_TOKEN, asked * _USUAL_REPLY)


def _bytes(said: Sequence[tuple[str, str]]) -> int:
    asked = messages(tuple(said), bytes(32), bytes(16))
    return sum(len(one["content"].encode("utf-8", "replace")) for one in asked)
