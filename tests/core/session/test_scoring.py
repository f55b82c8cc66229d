"""Which signals are judges, what is kept of them, and how long tuning takes."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dataexplore.errors import SignalError, WorkspaceError
from dataexplore.session.blind import begun, start
from dataexplore.session.scoring import (
    Speed,
    add_disagreement,
    break_ties,
    by_machine,
    flagged,
    judges,
    keep_consensus,
    keep_signal,
    tuning_speed,
)
from dataexplore.session.session import Session


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Forty rows with fields that are scores and fields that are none."""
    rows = [
        {
            "instruction": f"q{n}",
            "output": "" if n == 3 else "a" * n,
            "id": n % 5,
            "token_count": n % 7,
            "llama": n % 4,
            "mistral": n % 3,
            "reward": n * 1.37,
            "measured": n * 2.5,
            "always": 1,
        }
        for n in range(40)
    ]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


@pytest.fixture
def session(path: Path) -> Iterator[Session]:
    opened = Session.open(path)
    yield opened
    opened.close()


def _names(session: Session) -> list[str]:
    return [one.name for one in judges(session)]


def test_fields_that_look_like_scores_are_judges_and_what_is_made_of_them_is_none(session: Session) -> None:
    assert _names(session) == ["llama", "mistral", "reward"]
    keep_signal(session, "hers", np.arange(40.0), "ratings.csv")
    keep_consensus(session, judges(session)[:2], "mean", np.zeros(40))
    break_ties(session, "llama", "response_chars")
    assert _names(session) == ["llama", "mistral", "reward", "hers"]


def test_the_person_is_a_judge_but_no_machine(session: Session) -> None:
    start(session, "llama", 3).give(2)
    assert _names(session)[-1] == "by_hand_llama"
    assert [one.name for one in by_machine(judges(session))] == ["llama", "mistral", "reward"]


def test_checks_are_odd_content_and_computed_signals_of_0_and_1(session: Session) -> None:
    session.columns.add_computed("check_refusal", (np.arange(40) == 7).astype(float), "")
    found = flagged(session)
    assert found["empty response"].tolist() == [0, 3]
    assert found["check_refusal"].tolist() == [7]
    assert "response_chars" not in found


def test_what_is_kept_says_what_it_was_made_of(session: Session, path: Path) -> None:
    among = judges(session)[:2]
    assert keep_consensus(session, among, "min", np.zeros(40)).name == "min_llama_mistral"
    assert keep_consensus(session, judges(session), "rank_mean", np.ones(40)).name == "rank_mean_of_3_judges"
    others = [among[0], *judges(session)[:1], among[1]]
    assert keep_consensus(session, others, "rank_mean", np.ones(40)).name == "rank_mean_of_3_judges_2"
    session.close()
    again = Session.open(path)
    notes = {one.name: one.note for one in again.columns.signals.values() if one.origin == "imported"}
    again.close()
    assert notes["min_llama_mistral"] == "consensus: min of llama, mistral"
    assert set(notes) == {"min_llama_mistral", "rank_mean_of_3_judges", "rank_mean_of_3_judges_2"}


def test_names_of_fields_are_refused_and_so_is_a_reader(session: Session, path: Path) -> None:
    with pytest.raises(SignalError, match="is a field of the file"):
        keep_signal(session, "llama", np.zeros(40), "")
    reader = Session.open(path)
    with pytest.raises(WorkspaceError, match="read-only"):
        keep_signal(reader, "mine", np.zeros(40), "")
    reader.close()


def test_disagreement_is_a_signal_of_this_sitting(session: Session) -> None:
    made = add_disagreement(session, judges(session), np.linspace(0, 1, 40))
    assert made.origin == "computed"
    assert "llama, mistral, reward" in made.note


def test_blind_scores_are_taken_up_with_their_scale(session: Session) -> None:
    blind = start(session, "llama", 6)
    assert blind.scale.title == "0 to 3"
    first = blind.sheet.row
    assert first is not None
    blind.give(3)
    with pytest.raises(SignalError, match="not between 0 and 3"):
        blind.give(4)
    known = begun(session, "llama")
    assert known is not None
    assert (known.done, known.size, known.judge) == (1, 6, "llama")
    again = start(session, "by_hand_llama", 8)
    assert again.judge == "llama"
    assert len(again.sheet.rows) == 8
    assert again.sheet.scored == 1
    assert again.sheet.row != first
    assert session.scores("by_hand_llama")[first] == 3
    assert begun(session, "mistral") is None


def test_a_signal_of_that_name_is_not_written_over(session: Session) -> None:
    keep_signal(session, "by_hand_llama", np.zeros(40), "somebody's file")
    with pytest.raises(SignalError, match="is a signal already"):
        start(session, "llama", 3)


def test_speed_is_that_of_the_newest_finished_run(session: Session) -> None:
    assert tuning_speed(session) is None
    _job(session, "20260101T000000Z-tune-aaaaaa", [10], finished=True)
    _job(session, "20260102T000000Z-tune-bbbbbb", [1, 40, 60, None, "x"], finished=True)
    _job(session, "20260103T000000Z-tune-cccccc", [900], finished=False)
    _job(session, "20260104T000000Z-tune-dddddd", [], finished=True)
    _job(session, "20260105T000000Z-embed-eeeee1", [500], finished=True)
    found = tuning_speed(session)
    assert found == Speed("20260102T000000Z-tune-bbbbbb", 40, 2)
    assert found.seconds(1000) == 50


def _job(session: Session, name: str, speeds: list[object], *, finished: bool) -> None:
    folder = session.workspace.jobs / name
    folder.mkdir(parents=True)
    spec = {
        "kind": name.split("-")[1],
        "module": "m",
        "settings": {"epochs": 2},
        "dataset": "d",
        "rows": 1,
        "rows_hash": "0",
        "seed": 0,
        "versions": {},
        "python": "python",
    }
    (folder / "spec.json").write_text(json.dumps(spec))
    (folder / "status.json").write_text(json.dumps({"state": "stopped"}))
    lines = [json.dumps({"step": at, "tokens_per_second": speed}) + "\n" for at, speed in enumerate(speeds)]
    (folder / "metrics.jsonl").write_text("".join(lines))
    if finished:
        (folder / "result.json").write_text("{}")
