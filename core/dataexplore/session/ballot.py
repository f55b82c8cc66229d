"""Blind votes on a comparison's answers: who said what is hidden, each vote is on disk at once."""

from dataclasses import dataclass

from dataexplore.compare.comparison import Comparison
from dataexplore.compare.pairwise import Pair
from dataexplore.compare.votes import LEFT, RIGHT, TIE, Vote, Votes, first_is_left, read_votes
from dataexplore.signals.blind import Sheet

_VALUES = {LEFT: 1.0, TIE: 0.0, RIGHT: -1.0}
_CHOICES = {value: choice for choice, value in _VALUES.items()}


@dataclass(frozen=True)
class Paper:
    """What is shown of one prompt: two answers, and not who gave them."""

    said: tuple[tuple[str, str], ...]
    """Role and text of the turns before the answer."""
    left: str
    right: str


class Ballot:
    """The pairs of different answers, the votes so far, and where the person is."""

    def __init__(self, comparison: Comparison, pairs: list[Pair]) -> None:
        """Open the votes for writing; raise WorkspaceError where they cannot be kept."""
        self._comparison = comparison.id
        self._pairs = [pair for pair in pairs if not pair.same]
        self.alike = len(pairs) - len(self._pairs)
        """Prompts that both answered alike, on which there is nothing to say."""
        self._votes = Votes(comparison.folder)
        known = {vote.prompt: vote for vote in read_votes(comparison.folder) if not vote.person}
        scores = {
            at: _VALUES[_seen(known[pair.prompt.key], self._first_left(pair))]
            for at, pair in enumerate(self._pairs)
            if pair.prompt.key in known
        }
        self.sheet = Sheet(range(len(self._pairs)), scores)

    def close(self) -> None:
        """Let others write."""
        self._votes.close()

    @property
    def paper(self) -> Paper | None:
        """The prompt on screen; None when all have been looked at."""
        if self.sheet.row is None:
            return None
        pair = self._pairs[self.sheet.row]
        answers = (pair.first, pair.second) if self._first_left(pair) else (pair.second, pair.first)
        return Paper(pair.prompt.said, *answers)

    @property
    def given(self) -> str:
        """The vote on the prompt on screen, "" where there is none."""
        row = self.sheet.row
        return _CHOICES[self.sheet.scores[row]] if row in self.sheet.scores else ""

    def vote(self, choice: str) -> None:
        """Keep a vote on the prompt on screen and go on; when this returns it is on disk."""
        if self.sheet.row is None:
            return
        pair = self._pairs[self.sheet.row]
        self._votes.put(Vote(pair.prompt.key, choice, self._first_left(pair)))
        self.sheet.give(_VALUES[choice])

    def undo(self) -> bool:
        """Take the last vote back; False when none was given in this sitting."""
        if not self.sheet.undo():
            return False
        assert self.sheet.row is not None  # where the vote was given
        pair, before = self._pairs[self.sheet.row], self.given
        if before:
            self._votes.put(Vote(pair.prompt.key, before, self._first_left(pair)))
        else:
            self._votes.take_back(pair.prompt.key)
        return True

    def _first_left(self, pair: Pair) -> bool:
        return first_is_left(self._comparison, pair.prompt.key)


def _seen(vote: Vote, first_left: bool) -> str:
    """Return a vote as it stands on screen, wherever the answers stood when it was given."""
    if vote.first_left == first_left or vote.choice == TIE:
        return vote.choice
    return LEFT if vote.choice == RIGHT else RIGHT
