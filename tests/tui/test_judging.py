"""Mode 2 asks judges: counted before anything is sent, watched while scores come, paused and gone on with."""

from pathlib import Path

import pytest
from textual.widgets import Input

from chaos import Chaos, score_of, tag
from dataexplore.jobs.listing import list_jobs
from dataexplore_tui.screens.judge_form import wanted_of
from tui.driver import Driver, opened, write_rows

ROWS = 40


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "canary")


@pytest.fixture
def tagged(tmp_path: Path) -> Path:
    rows = [{"instruction": f"Say {tag(row)}", "output": f"answer {row}"} for row in range(ROWS)]
    return write_rows(tmp_path / "tagged.jsonl", rows)


async def fill(screen: Driver, **values: str) -> None:
    await screen.shows("one per group")
    for name, value in values.items():
        screen.app.screen.query_one(f"#field-{name}", Input).value = value
    await screen.press("enter")


async def test_nothing_is_sent_before_it_was_counted(tagged: Path):
    with Chaos() as server:
        async with opened(tagged) as screen:
            await screen.press("2", "J")
            await fill(screen, model="chaos", base_url=server.url, sample="30")
            await screen.shows("30 rows", "30 texts are to be judged", "no price is known", server.url)
            assert not server.requests
            await screen.press("enter")
            await screen.shows("accuracy_chaos · 30 scored, 10 not", patience=10)
            assert len(server.asked()) == 30
            scores = screen.session.scores("accuracy_chaos")
            assert [score for score in scores.tolist() if score == score] == [
                score_of(tag(row)) for row in range(ROWS) if scores[row] == scores[row]
            ]
            await screen.press("J")
            await fill(screen, sample="")
            await screen.shows("30 have a reply, 10 texts are to be judged")


async def test_a_judge_is_paused_and_goes_on(tagged: Path):
    with Chaos(latency=0.2) as server:
        async with opened(tagged) as screen:
            await screen.press("2", "J")
            await fill(screen, model="chaos", base_url=server.url, concurrency="1")
            await screen.shows("40 texts are to be judged")
            await screen.press("enter")
            await screen.shows("p pauses it")
            await screen.shows("accuracy_chaos · ", patience=10)  # the first scores are there while it works
            await screen.press("p")
            await screen.shows("stopped as asked", patience=5)
            (job,) = list_jobs(screen.session.workspace.jobs)
            assert job.status().state == "stopped"
            asked = len(server.requests)
            assert asked < ROWS
            server.latency = 0.0
            await screen.press("J")
            await fill(screen)
            await screen.shows("texts are to be judged")
            await screen.press("enter")
            await screen.shows(f"accuracy_chaos · {ROWS} scored, 0 not", patience=10)
            assert max(server.asked().values()) <= 2  # one may have been under way when it was paused


async def test_a_judge_that_cannot_be_reached_says_so(tagged: Path):
    with Chaos() as server:
        address = server.url
    async with opened(tagged) as screen:
        await screen.press("2", "J")
        await fill(screen, model="chaos", base_url=address)
        await screen.shows("40 texts are to be judged")
        await screen.press("enter")
        await screen.shows("failed: ", patience=10)


async def test_rule_checks_need_no_endpoint(tagged: Path):
    async with opened(tagged, size=(80, 24)) as screen:
        await screen.press("2", "J")
        await fill(screen, kind="checks")
        await screen.shows("checks_failed")
        await screen.press("enter")
        await screen.shows("checks_failed · 40 scored, 0 not", patience=10)
        assert "check_empty" in screen.session.columns.signals


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"base_url": "http://x/v1"}, "no model is named"),
        ({"model": "m"}, "no address is given"),
        ({"model": "m", "base_url": "ftp://x"}, "no address of an endpoint"),
        ({"model": "m", "base_url": "http://x/v1", "sample": "many"}, "sample: many is not a number"),
        ({"model": "m", "base_url": "http://x/v1", "concurrency": "nan"}, "concurrency: nan is not a number"),
        ({"model": "m", "base_url": "http://x/v1", "requests": "inf"}, "requests: inf is not a number"),
        ({"model": "m", "base_url": "http://x/v1", "requests": "0"}, "not a whole number"),
        ({"model": "m", "base_url": "http://x/v1", "rows": "some"}, "rows: write one of"),
        ({"kind": "oracle", "model": "m"}, "no judge of the kind 'oracle'"),
    ],
)
def test_the_form_names_the_field_that_does_not_fit(values: dict[str, str], told: str):
    from dataexplore.errors import JudgeError
    from dataexplore_tui.screens.judge_form import JudgeForm

    with pytest.raises(JudgeError, match=told):
        wanted_of({name: values.get(name, "") for name, _, _ in JudgeForm.FIELDS})
