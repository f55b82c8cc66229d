"""Sittings: decisions are there again, follow their rows, and add up."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dataexplore.errors import DataexploreError, RuleError, WorkspaceError
from dataexplore.journal.decision import DROP, KEEP, UNDECIDED
from dataexplore.selection.recipe import read_recipe
from dataexplore.selection.rules import Random, Threshold
from dataexplore.session.session import Session


def words(session: Session) -> str:
    return "".join(".KD"[decision] for decision in session.state.decisions)


def test_yesterdays_decisions_and_undo_are_there_today(alpaca: Callable[..., Path]) -> None:
    path = alpaca(6)
    session = Session.open(path)
    session.decide(np.array([0]), KEEP, "good")
    session.apply(Threshold("score", 3))
    session.decide(np.array([5]), DROP, "bad")
    session.undo()
    assert words(session) == "KDDKKK"
    session.close()

    session = Session.open(path)
    assert words(session) == "KDDKKK"
    assert (session.state.undo, session.state.redo) == ("score >= 3", "bad")
    assert session.redo().decision(5) is DROP
    for _ in range(5):
        session.undo()
    assert words(session) == "......"
    assert session.state.undo == ""
    for _ in range(5):
        session.redo()
    assert words(session) == "KDDKKD"
    why = session.why(0)
    assert why is not None
    assert (why.act.reason, why.act.hand) == ("good", True)
    session.close()


def test_a_new_decision_ends_redo(alpaca: Callable[..., Path]) -> None:
    session = Session.open(alpaca(3))
    session.decide(np.array([0]), KEEP, "a")
    session.undo()
    session.decide(np.array([1]), DROP, "b")
    before = session.state
    assert session.redo() is before
    assert words(session) == ".D."
    session.close()


def test_decisions_follow_their_rows(alpaca: Callable[..., Path]) -> None:
    path = alpaca(["a", "b", "c", "d"])
    session = Session.open(path)
    session.decide(np.array([0]), KEEP, "good")
    session.decide(np.array([2]), DROP, "bad")
    session.close()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(
        b'{"instruction":"new","output":"first"}\n'
        + b"".join(lines[::-1])
        + b'{"instruction":"last","output":"l"}\n'
    )
    session = Session.open(path)
    assert words(session) == "..D.K."
    session.close()
    path.write_bytes(b"".join(lines[1:]))  # the kept row is gone
    session = Session.open(path)
    assert words(session) == ".D."
    assert session.undo().counts.drop == 0
    assert session.undo().counts.rows == 3
    session.close()
    path.write_bytes(b"".join(lines))
    session = Session.open(path)
    session.redo()
    assert words(session) == "K..."
    session.close()


def test_identical_rows_are_decided_one_by_one(alpaca: Callable[..., Path]) -> None:
    path = alpaca(1)
    path.write_bytes(path.read_bytes() * 4)
    session = Session.open(path)
    session.decide(np.array([1]), DROP, "copy")
    session.decide(np.array([3]), KEEP, "one of them")
    session.close()
    session = Session.open(path)
    assert words(session) == ".D.K"
    session.close()


def test_counts_add_up(alpaca: Callable[..., Path]) -> None:
    session = Session.open(alpaca(12))
    session.apply(Threshold("score", 3))
    session.decide(np.array([0, 1, 5]), KEEP, "x")
    counts = session.state.counts
    decisions = session.state.decisions
    assert (counts.keep, counts.drop, counts.undecided) == (8, 4, 0)
    assert counts.rows == 12
    assert counts.kept_tokens == int(session.dataset.tokens[decisions == KEEP].sum())
    session.close()


def test_deciding_nothing_is_no_act(alpaca: Callable[..., Path]) -> None:
    session = Session.open(alpaca(3))
    session.decide(np.empty(0, np.int64), DROP, "an empty view")
    assert (session.state.acts, session.state.undo) == (0, "")
    session.close()


def test_a_state_is_a_snapshot(alpaca: Callable[..., Path]) -> None:
    session = Session.open(alpaca(3))
    first = session.decide(np.array([0]), KEEP, "x")
    session.decide(np.array([0]), DROP, "y")
    assert first.decision(0) is KEEP
    assert session.state.acts > first.acts
    session.close()


def test_a_second_sitting_reads_what_the_first_decides(alpaca: Callable[..., Path]) -> None:
    path = alpaca(3)
    first = Session.open(path)
    first.decide(np.array([0]), KEEP, "x")
    second = Session.open(path)
    assert words(second) == "K.."
    for write in (
        lambda: second.decide(np.array([1]), DROP, "y"),
        second.undo,
        lambda: second.apply(Threshold("score", 1)),
        lambda: second.import_scores(path),
    ):
        with pytest.raises(WorkspaceError, match=r"read-only: process .* is deciding on this dataset"):
            write()
    assert words(second) == "K.."
    assert second.preview(Threshold("score", 1)).counts.keep == 3
    second.close()
    first.close()


def test_a_decision_that_is_not_saved_is_not_shown(alpaca: Callable[..., Path]) -> None:
    session = Session.open(alpaca(3))
    session.workspace.database.execute("PRAGMA query_only=1")
    before = session.state
    with pytest.raises(WorkspaceError, match="was not saved"):
        session.decide(np.array([0]), KEEP, "x")
    assert session.state is before
    assert words(session) == "..."
    session.close()


def test_a_damaged_journal_refuses_and_lets_go(alpaca: Callable[..., Path]) -> None:
    path = alpaca(3)
    session = Session.open(path)
    session.decide(np.array([0]), KEEP, "x")
    folder = session.workspace.folder
    session.close()
    with sqlite3.connect(folder / "workspace.db") as database:
        database.execute("UPDATE journal SET keys = x'00'")
    database.close()
    for _ in range(2):
        with pytest.raises(WorkspaceError, match="entry 1 of the journal is damaged"):
            Session.open(path)
    with sqlite3.connect(folder / "workspace.db") as database:
        database.execute("DELETE FROM journal")
    database.close()
    again = Session.open(path)
    assert again.workspace.writable
    again.close()


def test_what_is_refused_leaves_no_workspace(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("no rows")
    with pytest.raises(DataexploreError):
        Session.open(path)
    assert [one.name for one in tmp_path.iterdir()] == ["a.jsonl"]


def test_rows_that_are_gone_make_a_draw_smaller_only_when_asked(alpaca: Callable[..., Path]) -> None:
    session = Session.open(alpaca(6))
    session.decide(np.arange(4), DROP, "x")
    with pytest.raises(RuleError, match="3 rows were asked for, but 2 are left"):
        session.apply(Random(3))
    assert session.state.acts == 1
    session.close()


def test_the_known_answers_on_alpaca(real: Callable[[str], Path], tmp_path: Path) -> None:
    path = real("alpaca.jsonl")
    session = Session.open(path, tmp_path / "w")
    session.import_scores(real("alpaca_ratings.jsonl"))
    for judge, at, keep in (("llama31_8b", 4, 6621), ("mistral_7b", 4, 6800), ("gpt4omini_overall", 7, 9131)):
        assert session.preview(Threshold(judge, at)).counts.keep == keep
    three = "gpt4omini >= 3 AND llama31_8b >= 3 AND mistral_7b >= 3"
    assert int(session.where(three).sum()) == 5353
    assert int(session.where("input = ''").sum()) == 31_323
    assert int(session.where("output = '' AND gpt4omini_overall >= 5").sum()) == 16
    session.decide(np.array([20345]), DROP, "sea")
    state = session.apply(Threshold("gpt4omini_overall", 7))
    counts = state.counts
    assert (counts.keep + counts.drop + counts.undecided, counts.undecided) == (52_002, 27)
    done = session.export(tmp_path / "out" / "kept.jsonl")
    assert done.kept + done.dropped + done.undecided == 52_002
    lines = [len(file.read_bytes().splitlines()) for file in (done.out, done.dropped_out)]
    assert lines == [done.kept + done.undecided, done.dropped]
    session.close()

    other = Session.open(path, tmp_path / "other")
    other.import_scores(real("alpaca_ratings.jsonl"))
    replayed, _ = other.replay(read_recipe(done.recipe_out))
    assert np.array_equal(replayed, state.decisions)
    again = other.export(tmp_path / "again" / "kept.jsonl")
    assert again.out.read_bytes() == done.out.read_bytes()
    assert (
        again.recipe_out.read_bytes().count(b"[[step]]")
        == done.recipe_out.read_bytes().count(b"[[step]]")
        == 2
    )
    other.close()


def test_an_act_in_the_journal_is_plain_json(alpaca: Callable[..., Path]) -> None:
    session = Session.open(alpaca(3))
    session.apply(Threshold("score", 1))
    (rule,) = session.workspace.database.execute("SELECT rule FROM journal").fetchone()
    assert json.loads(rule) == {"kind": "threshold", "signal": "score", "at": 1}
    assert session.state.decision(0) is DROP
    assert session.decide(np.array([0]), UNDECIDED, "hm").decision(0) is UNDECIDED
    session.close()
