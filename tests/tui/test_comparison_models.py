"""Two tiny models answer for real, one after the other, before a judge is asked."""

import json
from pathlib import Path

import pytest
from textual.widgets import Input

from core.compare.lifelike import SAID, prompts, tuned, written
from core.compare.rules import judging, longer
from core.tune import tiny
from dataexplore.jobs.listing import list_jobs
from tui.driver import opened


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dataset with a run that was tuned on its first twelve rows."""
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("OPENAI_API_KEY", "canary")
    model = tiny.save_model(tmp_path / "model")
    rows = ({"instruction": text, "output": "the sea is blue"} for text in SAID)
    path = tmp_path / "few.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    tuned(tmp_path / ".dataexplore/few.jsonl/jobs", model, 1, SAID[:12])
    written(tmp_path / "prompts.jsonl", prompts(SAID[10:]))
    return path


async def test_a_run_against_its_base_from_the_form_to_the_verdict(data: Path) -> None:
    with judging(longer) as judge:
        async with opened(data) as screen:
            await screen.press("6")
            await screen.shows("model", "finished")
            await screen.press("c")
            await screen.shows("base:")
            given = {"limit": "4", "tokens": "8", "model": "rule-70B", "base_url": judge.here.url}
            for name, value in given.items():
                screen.app.screen.query_one(f"#field-{name}", Input).value = value
            await screen.press("enter")
            await screen.shows("4 prompts", "8 questions to the judge", "at most about", "starts it")
            await screen.press("enter")
            await screen.shows("● first", "waits for its turn", patience=5)
            await screen.shows("✓ first", "✓ second", "✓ judge", "4 answered", patience=20)
            await screen.shows("winning score", "held-out loss", patience=5)
        jobs = [job.kind for job in list_jobs(data.parent / ".dataexplore/few.jsonl/jobs")]
        assert (jobs.count("generate"), jobs.count("judge")) == (2, 1)
        assert len(judge.asked) == len(set(judge.asked)) <= 8
