"""Blind votes are kept, count once a person, and are held against a judge."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from dataexplore.compare.review import Review
from dataexplore.compare.votes import LEFT, RIGHT, TIE, Vote, Votes, agreed, first_is_left, read_votes
from dataexplore.errors import WorkspaceError

WIN, LOSS = Review("", (2, 1), (2, 1)), Review("", (1, 2), (1, 2))
EVEN, UNREAD = Review("", (1, 1), (1, 1)), Review("", None, (1, 1))


def test_a_vote_counts_for_whose_answer_stood_there() -> None:
    said = [
        (choice, left, Vote("p", choice, left).verdict)
        for choice in (LEFT, TIE, RIGHT)
        for left in (True, False)
    ]
    assert said == [
        (LEFT, True, 1),
        (LEFT, False, -1),
        (TIE, True, 0),
        (TIE, False, 0),
        (RIGHT, True, -1),
        (RIGHT, False, 1),
    ]


def test_votes_stay_and_the_last_one_of_a_person_counts(tmp_path: Path) -> None:
    with closing(Votes(tmp_path)) as votes:
        votes.put(Vote("p", LEFT, True, "ann"))
        votes.put(Vote("p", RIGHT, True, "ann"))
        votes.put(Vote("p", TIE, False, "bob"))
        votes.put(Vote("q", LEFT, False, "ann"))
        votes.take_back("q", "ann")
    found = read_votes(tmp_path)
    assert [(one.prompt, one.person, one.verdict) for one in found] == [("p", "ann", -1), ("p", "bob", 0)]
    assert all(one.at > 0 for one in found)
    assert (tmp_path / "votes.db").stat().st_mode & 0o777 == 0o600


def test_a_vote_that_returned_survives_a_kill(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from dataexplore.compare.votes import *;"
        "Votes(Path(sys.argv[1])).put(Vote('p', LEFT, True)); os.kill(os.getpid(), 9)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert (
        subprocess.run([sys.executable, "-c", code, tmp_path], env=environment, check=False).returncode == -9
    )
    assert [one.verdict for one in read_votes(tmp_path)] == [1]


def test_sides_are_by_chance_and_stay() -> None:
    shown = [first_is_left("c", f"{number}") for number in range(1000)]
    assert shown == [first_is_left("c", f"{number}") for number in range(1000)]
    assert 400 < sum(shown) < 600
    assert shown != [first_is_left("c", f"{number}", "ann") for number in range(1000)]


def test_agreement_with_the_judge() -> None:
    reviews = {"a": WIN, "b": LOSS, "c": EVEN, "d": WIN, "e": UNREAD}
    said = {"a": LEFT, "b": LEFT, "c": TIE, "d": TIE, "e": LEFT, "unjudged": LEFT}
    found = agreed([Vote(key, choice, True) for key, choice in said.items()], reviews)
    assert (found.prompts, found.same, found.decided, found.same_decided) == (4, 0.5, 2, 0.5)
    assert found.kappa is not None
    nothing = agreed([], reviews)
    assert (nothing.prompts, nothing.same, nothing.same_decided, nothing.kappa) == (0, None, None, None)


def test_a_place_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=r"votes\.db: votes cannot be kept here"):
        Votes(tmp_path / "missing")
    assert read_votes(tmp_path) == []
    (tmp_path / "votes.db").write_bytes(b"no database, but long enough to look like one" * 20)
    with pytest.raises(WorkspaceError, match="cannot be read"):
        read_votes(tmp_path)
