"""An experiment's arms: the same rows held out of all, and sizes as they were asked for."""

import json
from pathlib import Path

import numpy as np
import pytest

from dataexplore.errors import RuleError, SignalError
from dataexplore.journal.decision import DROP
from dataexplore.selection.export import leaving
from dataexplore.session.experiment import Design, draw, make_runs
from dataexplore.session.session import Session
from dataexplore.tune.presets import preset

ROWS = 60


@pytest.fixture
def session(tmp_path: Path) -> Session:
    rows = [
        {"instruction": f"question {row // 2}", "output": "word " * (row % 7 + 1), "score": row % 6}
        for row in range(ROWS)
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    made = Session.open(path)
    made.decide(np.arange(20), DROP, "by hand")
    return made


def kept(session: Session):
    return leaving(session.state.decisions, only_kept=False)


def test_no_arm_has_a_row_that_is_held_out_or_asks_the_same(session):
    drawn = draw(session, kept(session), Design(held_out=10))
    assert len(drawn.held) == 10
    asked = {row // 2 for row in drawn.held.tolist()}
    assert [arm.name for arm in drawn.arms] == ["kept", "random-0", "longest", "full"]
    for arm in drawn.arms:
        assert not {row // 2 for row in arm.rows.tolist()} & asked
    sizes = [len(arm.rows) for arm in drawn.arms]
    assert sizes[:3] == [sizes[0]] * 3
    assert sizes[3] == ROWS - 10
    assert set(drawn.arms[0].rows.tolist()) <= set(range(20, ROWS))


def test_the_best_of_each_size_beside_random_ones_and_all(session):
    drawn = draw(session, kept(session), Design((), (20, 10), "score", held_out=6))
    assert [(arm.name, len(arm.rows)) for arm in drawn.arms] == [
        ("top-10", 10), ("top-20", 20), ("random-20", 20), ("full", ROWS - 6),
    ]  # fmt: skip
    scores = session.scores("score")
    ten, twenty = (set(arm.rows.tolist()) for arm in drawn.arms[:2])
    assert (
        min(scores[list(ten)]) >= max(scores[sorted(set(range(ROWS)) - ten - set(drawn.held.tolist()))]) - 1
    )
    assert len(ten & twenty) == 10
    again = draw(session, kept(session), Design((), (20, 10), "score", held_out=6))
    assert all(np.array_equal(a.rows, b.rows) for a, b in zip(drawn.arms, again.arms, strict=True))


@pytest.mark.parametrize(
    ("design", "error", "told"),
    [
        (Design((), (100,), "score"), RuleError, "the best 100 by score cannot be had: 60 rows"),
        (Design((), (5,), "beauty"), SignalError, "no signal is called 'beauty'"),
        (Design(("kept", "best")), RuleError, "no arm is called 'best'"),
        (Design(equal="luck"), RuleError, "arms have equal rows, steps, tokens"),
    ],
)
def test_what_cannot_be_drawn_is_said(session, design, error, told):
    with pytest.raises(error, match=told):
        draw(session, kept(session), design)


def test_each_run_has_its_rows_its_name_and_the_rows_held_out(session, tmp_path):
    base = tmp_path / "base"
    base.mkdir()
    (base / "config.json").write_text("{}")
    design = Design(("kept", "full"), equal="steps", held_out=4)
    drawn = draw(session, kept(session), design)
    settings = preset("quick", str(base), epochs=2)
    jobs = make_runs(session, drawn, settings, design, session.workspace.jobs)
    assert [job.spec.settings["label"] for job in jobs] == ["kept", "full"]
    assert [job.id for job in jobs] == sorted(job.id for job in jobs)
    steps = {job.spec.settings["max_steps"] for job in jobs}
    assert steps == {settings.steps(len(drawn.arms[0].rows))}
    for job, arm in zip(jobs, drawn.arms, strict=True):
        lines = [json.loads(line) for line in (job.folder / "rows.jsonl").read_text().splitlines()]
        assert [line["row"] for line in lines if not line.get("held_out")] == arm.rows.tolist()
        assert [line["row"] for line in lines if line.get("held_out")] == drawn.held.tolist()
