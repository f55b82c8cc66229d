"""What came of a comparison so far: counts, losses, what the judge said, what people said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dataexplore.compare.asking import Panel
from dataexplore.compare.comparison import Answered
from dataexplore.compare.losses import Losses
from dataexplore.compare.outcome import Outcome, by_set, outcome
from dataexplore.compare.pairwise import KIND, Pair, Reviewed, questions, reviewed
from dataexplore.compare.review import Review
from dataexplore.compare.votes import Agreed, Vote, agreed
from dataexplore.judge.folder import Judgements
from dataexplore.judge.judge import Judge
from dataexplore.judge.replies import ERROR, SCORED, UNPARSED, Hash, Reply
from dataexplore.judge.wanted import replied
from dataexplore.session.contest import Contest

SURE = 0.05
"""A chance below which a difference is called more than chance."""


@dataclass(frozen=True)
class Verdicts:
    """One look at everything; made anew whenever something was stored."""

    answered: Answered
    judge: Judge | None
    """Who was asked; without one it is whoever was asked about these answers before."""
    reviewed: Reviewed | None
    """None without a judge."""
    replies: Mapping[Hash, Reply] = field(repr=False)
    whole: Outcome | None
    sets: Mapping[str, Outcome]
    losses: Losses | None
    votes: list[Vote]
    agreed: Agreed | None
    """People against the judge; None where one of them is missing."""

    @property
    def reviews(self) -> dict[str, Review]:
        """The judge's reviews by the prompt's key."""
        found = self.reviewed.reviews if self.reviewed else []
        return {pair.prompt.key: review for pair, review in found}

    def replies_to(self, pair: Pair) -> tuple[Reply | None, Reply | None]:
        """Return what the judge said with the first model's answer shown first, and with the second's."""
        straight, swapped = pair.asked
        return self.replies.get(straight.hash), self.replies.get(swapped.hash)


def look(contest: Contest, seed: int = 0) -> Verdicts:
    """Read and count what there is; `seed` is for the intervals."""
    made = contest.comparison
    answered, votes = made.answered(), made.votes()
    found, replies = None, {}
    whole, sets = None, {}
    judge = _judge(contest, answered.pairs)
    if judge is not None:
        stored = Judgements(made.workspace).replies(judge)
        if stored is not None:
            with stored:
                replies = {one.hash: one for one in stored.replies(SCORED, UNPARSED, ERROR)}
        found = reviewed(answered.pairs, replies)
        reviews = [review for _, review in found.reviews]
        if reviews:
            whole, sets = outcome(reviews, seed), by_set(reviews, seed)
    seen = Verdicts(answered, judge, found, replies, whole, sets, made.losses(seed), votes, None)
    if not votes or found is None:
        return seen
    return Verdicts(**{**vars(seen), "agreed": agreed(votes, seen.reviews)})


def _judge(contest: Contest, pairs: Sequence[Pair]) -> Judge | None:
    judgements = Judgements(contest.comparison.workspace)
    if contest.request is not None:
        return Panel(contest.comparison.workspace, contest.request).judge
    asked = {one.hash for one in questions(pairs)}
    judges = (one for one in reversed(judgements.judges()) if one.kind == KIND)
    return next((one for one in judges if not asked.isdisjoint(replied(one, judgements))), None)


def stamp(contest: Contest) -> object:
    """Return what changes whenever a job or a person has stored something.

    Raises OSError where a file goes while it is looked at: look again later.
    """
    made = contest.comparison
    files = [job.folder / name for job in made.jobs for name in ("answers.jsonl", "losses.jsonl")]
    files += [made.folder / name for name in ("votes.db", "votes.db-wal")]
    stats = [(path.stat().st_size, path.stat().st_mtime_ns) for path in files if path.exists()]
    return stats, Judgements(made.workspace).stamp()


def in_words(found: Outcome, first: str, second: str) -> str:
    """Say whether the difference is more than chance."""
    if found.sign_test is None or found.interval is None or found.score is None:
        return "No more than chance: neither model won a prompt."
    decided, low, high = found.wins + found.losses, *found.interval
    better = first if found.wins > found.losses else second
    chance = f"equals would differ so much {_odds(found.sign_test)}"
    if found.sign_test < SURE and not low <= 1 <= high:
        return f"More than chance: {better} is better by this judge; {chance}."
    if found.sign_test < SURE or not low <= 1 <= high:
        return f"On the edge of chance: {better} may be better; {chance}. More prompts would tell."
    most = max(found.wins, found.losses)
    return f"No more than chance: {most:,} of {decided:,} decided prompts went to one of them; {chance}."


def _odds(chance: float) -> str:
    percent = 100 * chance
    if percent < 0.01:
        return "in less than 0.01 % of all cases"
    return f"in {percent:.2g} % of all cases" if percent < 99.5 else "in all cases"
