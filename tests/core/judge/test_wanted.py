"""Only what is missing is asked: by what rows say, one row per group, edited rows anew."""

import json
from pathlib import Path

import numpy as np
import pytest

from dataexplore.errors import JudgeError
from dataexplore.jobs import lock
from dataexplore.judge.asked import read_asked
from dataexplore.judge.folder import Judgements, lock_file
from dataexplore.judge.job import create_judging
from dataexplore.judge.judge import Judge
from dataexplore.judge.kinds import Asking, endpoint_judge
from dataexplore.judge.replies import ERROR, SCORED, UNPARSED, Replies, Reply
from dataexplore.judge.rubric import load_rubric
from dataexplore.judge.wanted import standing, wanted
from dataexplore.session.judging import judgements, read_judged, take_judged
from dataexplore.session.session import Session

ROWS = [
    {"instruction": "Name a colour", "output": "Red"},
    {"instruction": "Name a colour", "output": "Blue"},
    {"instruction": "Name a colour", "output": "Red"},
    {"instruction": "", "output": " "},
    {"instruction": "Count to three", "output": "1 2 3"},
]
JUDGE = endpoint_judge("org/Tiny-1.5", load_rubric("accuracy"), Asking())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "rows.jsonl"
    made.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return made


def ask(session: Session, judge: Judge = JUDGE, groups=None):
    rows = np.arange(len(session.dataset))
    return wanted(judge, judgements(session), session.dataset, rows, groups)


def answer(session: Session, asked, *scores: float) -> None:
    folder = judgements(session)
    create_judging(session.workspace.jobs, folder, session.dataset, asked, {})
    with Replies(folder.place(asked.judge), writable=True) as replies:
        replies.put(
            Reply(one.hash, SCORED, (score,)) for one, score in zip(asked.missing, scores, strict=True)
        )


def shown(session: Session, name: str = "accuracy_tiny_1_5") -> list[float | None]:
    take_judged(session, read_judged(session))
    return [None if score != score else score for score in session.scores(name).tolist()]


def test_each_text_is_asked_about_once_and_rows_without_words_not_at_all(path):
    session = Session.open(path)
    asked = ask(session)
    assert [one.said[-1][1] for one in asked.missing] == ["Red", "Blue", "1 2 3"]
    assert asked.blank == 1
    assert not judgements(session).folder.exists()  # looking leaves no trace
    answer(session, asked, 4.5, 2, 0)
    assert shown(session) == [4.5, 2, 4.5, None, 0]
    assert ask(session).missing == []
    session.close()
    assert Session.open(path).scores("accuracy_tiny_1_5")[1] == 2


def test_a_job_has_the_missing_texts_and_all_that_the_judge_is(path):
    session = Session.open(path)
    asked = ask(session)
    job = create_judging(
        session.workspace.jobs, judgements(session), session.dataset, asked, {"base_url": "u"}
    )
    assert [one.said for one in read_asked(job.folder / "asked.jsonl")] == [one.said for one in asked.missing]
    assert Judge.from_json(json.dumps(job.spec.settings["judge"])) == asked.judge
    assert (job.kind, job.spec.rows, job.spec.settings["base_url"]) == ("judge", 3, "u")


def test_one_row_of_a_group_is_asked_about_and_the_others_are_marked(path):
    session = Session.open(path)
    groups = session.groups(0.5)
    (members,) = [groups[at].tolist() for at in range(len(groups)) if 0 in groups[at]]
    assert members == [0, 1, 2]
    asked = ask(session, groups=groups)
    assert [one.said[-1][1] for one in asked.missing] == ["Red", "1 2 3"]
    answer(session, asked, 4, 1)
    assert shown(session) == [4, 4, 4, None, 1]
    stands = standing(ask(session, groups=groups), judgements(session))
    assert (stands.rows, stands.scored, stands.inferred, stands.left) == (5, 4, 1, 1)
    assert "1 inferred" in session.columns.signals["accuracy_tiny_1_5"].note
    own = ask(session)  # without groups the row is asked about itself
    assert [one.said[-1][1] for one in own.missing] == ["Blue"]
    answer(session, own, 2)
    assert shown(session) == [4, 2, 4, None, 1]


def test_errors_are_asked_again_and_unparsed_replies_are_not(path):
    session = Session.open(path)
    asked = ask(session)
    create_judging(session.workspace.jobs, judgements(session), session.dataset, asked, {})
    red, blue, count = (one.hash for one in asked.missing)
    with Replies(judgements(session).place(asked.judge), writable=True) as replies:
        replies.put(
            [Reply(red, SCORED, (1.0,)), Reply(blue, UNPARSED), Reply(count, ERROR, reason="time out")]
        )
    again = ask(session)
    assert [one.hash for one in again.missing] == [count]
    stands = standing(again, judgements(session))
    assert (stands.scored, stands.unparsed, stands.errors, stands.left) == (2, 1, {"time out": 1}, 1)


def test_an_edited_row_is_another_text_until_the_edit_is_undone(path):
    session = Session.open(path)
    answer(session, ask(session), 4.5, 2, 0)
    session.edit(1, json.dumps(ROWS[1] | {"output": "Green"}).encode())
    assert shown(session) == [4.5, None, 4.5, None, 0]
    asked = ask(session)
    assert [one.said[-1][1] for one in asked.missing] == ["Green"]
    answer(session, asked, 5)
    assert shown(session) == [4.5, 5, 4.5, None, 0]
    session.undo()
    assert shown(session) == [4.5, 2, 4.5, None, 0]
    session.redo()
    assert shown(session) == [4.5, 5, 4.5, None, 0]


def test_scores_follow_the_rows_when_the_file_is_sorted_anew_and_appended_to(path):
    session = Session.open(path)
    answer(session, ask(session), 4.5, 2, 0)
    session.close()
    path.write_text(
        "".join(json.dumps(row) + "\n" for row in [*reversed(ROWS), {"instruction": "New", "output": "x"}])
    )
    session = Session.open(path)
    assert shown(session) == [0, None, 4.5, 2, 4.5, None]
    assert [one.said[0][1] for one in ask(session).missing] == ["New"]


def test_another_rubric_or_wording_is_another_judge_of_another_name(path):
    session = Session.open(path)
    answer(session, ask(session), 4.5, 2, 0)
    warmer = endpoint_judge("org/Tiny-1.5", load_rubric("accuracy"), Asking(temperature=1))
    warmer = judgements(session).known(warmer)
    assert warmer.name == "accuracy_tiny_1_5_2"
    assert warmer.id != JUDGE.id
    assert len(ask(session, warmer).missing) == 3
    assert judgements(session).known(JUDGE).name == "accuracy_tiny_1_5"


def test_two_jobs_do_not_ask_one_judge_at_once(path):
    session = Session.open(path)
    asked, folder = ask(session), judgements(session)
    held = lock.take(lock_file(folder.keep(asked.judge)))
    with pytest.raises(JudgeError, match="another job asks this judge already"):
        create_judging(session.workspace.jobs, folder, session.dataset, asked, {})
    import os

    os.close(held)


def test_a_damaged_judge_is_left_out_and_the_others_are_shown(path):
    session = Session.open(path)
    answer(session, ask(session), 4.5, 2, 0)
    broken = judgements(session).folder / "0123456789abcdef"
    broken.mkdir()
    (broken / "judge.json").write_text("{")
    (broken / "replies.db").write_text("no database")
    assert list(read_judged(session)) == ["accuracy_tiny_1_5"]


def test_an_empty_folder_is_no_judge(tmp_path):
    assert Judgements(tmp_path).judges() == []
    assert Judgements(tmp_path).stamp() == ()
