"""An endpoint that judges pairs by a rule, so that who wins is known."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from core.judge.endpoint import Endpoint, Heard, Said, completion, endpoint

Rule = Callable[[str, str], str]


def longer(first: str, second: str) -> str:
    """Prefer the longer answer."""
    more = (len(first) > len(second)) - (len(first) < len(second))
    return f'{{"first": {5 + more}, "second": {5 - more}, "reason": "longer"}}'


def first_shown(first: str, second: str) -> str:
    """Prefer what stands first, whatever it is."""
    return "9 5\n\nAssistant 1 is better."


def silent(first: str, second: str) -> str:
    """Say nothing that could be read."""
    return "Both have their merits."


@dataclass
class Judging:
    """An endpoint with its rule, which may change."""

    here: Endpoint
    rule: Rule

    @property
    def asked(self) -> list[str]:
        """What it was asked, in order."""
        return [heard.body["messages"][1]["content"] for heard in self.here.heard]


@contextmanager
def judging(rule: Rule) -> Iterator[Judging]:
    """Answer every question by the rule."""
    made: list[Judging] = []

    def says(heard: Heard) -> Said:
        return completion(made[0].rule(*answers(heard.body["messages"][1]["content"])))

    with endpoint(says) as here:
        made.append(Judging(here, rule))
        yield made[0]


def mark_in(content: str) -> str:
    """Return the mark that a message names."""
    found = re.match(r"The mark is ([0-9a-f]+)\.\n", content)
    assert found is not None
    return found[1]


def answers(content: str) -> tuple[str, str]:
    """Return the two answers in the order in which they are shown."""
    mark = mark_in(content)
    found = re.search(
        f"<<first answer {mark}>>\n(.*)\n<<second answer {mark}>>\n(.*)\n<<end {mark}>>", content, re.DOTALL
    )
    assert found is not None
    return found[1], found[2]
