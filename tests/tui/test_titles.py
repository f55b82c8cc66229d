"""Clusters get titles by a model: once, on screen and on the command line, and never as a score."""

from pathlib import Path

import pytest

from core.judge.endpoint import completion, endpoint
from tui.driver import opened, write_rows

TOPICS = {"poem": "sea and poem and verse", "engine": "car and engine and wheel", "bread": "oven and bread"}


@pytest.fixture
def topics(tmp_path: Path) -> Path:
    told = list(TOPICS.values())
    rows = [{"instruction": f"number {row} of {told[row % 3]}", "output": "yes"} for row in range(60)]
    return write_rows(tmp_path / "topics.jsonl", rows)


def titled(heard):
    text = heard.body["messages"][1]["content"]
    return completion(next((f"All about {word}s" for word in TOPICS if word in text), "Mixed"))


async def test_titles_come_to_the_list_and_are_there_the_next_time(topics: Path):
    with endpoint(titled) as server:
        async with opened(topics) as screen:
            await screen.press("4")
            await screen.ask("K", "3")
            await screen.shows("3 clusters")
            await screen.ask("t", f"tiny at {server.url}")
            await screen.shows("All about poems", "All about engines", "All about breads", patience=10)
            assert "cluster_title" not in screen.session.columns.signals
            await screen.ask("t", f"tiny at {server.url}")
            await screen.shows("every cluster was asked about before")
        asked = len(server.heard)
        assert asked == 3
        async with opened(topics) as screen:
            await screen.press("4")
            await screen.ask("K", "3")
            await screen.shows("All about poems")
        assert len(server.heard) == asked


async def test_what_is_no_model_and_no_address_is_refused(topics: Path):
    async with opened(topics) as screen:
        await screen.press("4")
        await screen.shows("clusters · k-means")
        await screen.ask("t", "tiny")
        await screen.shows("write the model, then at, then the address")
        await screen.type("tiny at nowhere")
        await screen.shows("is no address of an endpoint")
