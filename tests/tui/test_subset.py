"""Mode 5: the funnel and the export."""

import json
from pathlib import Path

from tui.driver import opened


async def test_the_funnel_tells_how_rows_became_few(tiny: Path) -> None:
    async with opened(tiny) as screen:
        await screen.press("x", "2", "enter", "5")
        await screen.shows("how 10 became 2", "judge >= 9", "by hand", "the subset beside its controls")


async def test_export_writes_bytes_reasons_and_the_recipe(tiny: Path) -> None:
    out = tiny.with_name("out.jsonl")
    async with opened(tiny) as screen:
        await screen.press("x", "2", "enter", "5", "w")
        await screen.type(str(out))
        await screen.shows("2 rows in ")
    lines = tiny.read_bytes().splitlines(keepends=True)
    assert out.read_bytes() == b"".join(lines[8:])
    dropped = [json.loads(line) for line in tiny.with_name("dropped.jsonl").open()]
    assert [one["row"] for one in dropped] == list(range(8))
    assert dropped[0]["by"] == "hand"
    assert dropped[1]["reason"] == "judge < 9"
    assert 'kind = "threshold"' in tiny.with_name("recipe.toml").read_text()


async def test_an_export_onto_the_dataset_itself_is_refused(tiny: Path) -> None:
    before = tiny.read_bytes()
    async with opened(tiny) as screen:
        await screen.press("5", "w")
        await screen.type(str(tiny))
        await screen.shows("is the dataset itself")
    assert tiny.read_bytes() == before
