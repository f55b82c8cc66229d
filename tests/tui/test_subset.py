"""Mode 5: the funnel and the export."""

import json
from pathlib import Path

from tui.driver import opened


async def test_the_funnel_tells_how_rows_became_few(tiny: Path) -> None:
    async with opened(tiny) as screen:
        await screen.press("x", "2", "enter", "5")
        await screen.shows("how 10 became 2", "judge >= 9", "by hand", "is it better than random 2?")


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


async def test_a_conversion_shows_what_does_not_fit_before_it_writes(tiny: Path) -> None:
    with tiny.open("a") as file:
        file.write('{"text":"no turns"}\n')
    out = tiny.with_name("talk.jsonl")
    async with opened(tiny) as screen:
        await screen.press("5", "c")
        await screen.type("klingon")
        await screen.shows("there are alpaca, sharegpt, messages, prompt-completion")
        await screen.type("sharegpt")
        await screen.shows("10 of 11 rows fit sharegpt", "plain text, which has no turns", "rows 11")
        await screen.press("escape")
        await screen.lacks("rows fit")
        await screen.lacks("rows as sharegpt to")
        await screen.ask("c", "sharegpt")
        await screen.shows("10 of 11 rows fit sharegpt")
        await screen.press("enter")
        await screen.shows("10 rows as sharegpt to")
        assert screen.app.focused.value.endswith("tiny.sharegpt.jsonl")
        assert not out.exists()
        await screen.type(str(out))
        await screen.shows("10 rows in talk.jsonl", "talk.jsonl.unfit.jsonl")
    assert all(list(json.loads(line)) == ["conversations", "judge"] for line in out.open())


async def test_a_card_and_a_configuration_come_with_the_rows(tiny: Path) -> None:
    out = tiny.parent / "out" / "a.jsonl"
    async with opened(tiny) as screen:
        await screen.press("5", "y")
        await screen.type("keras")
        await screen.shows("there are llama-factory, axolotl, trl")
        await screen.type("trl")
        await screen.shows("rows as they are, with a card, to")
        await screen.type(str(out))
        await screen.shows("TRL does not read alpaca rows as they are")
        await screen.ask("c", "messages")
        await screen.shows("10 of 10 rows fit messages")
        await screen.press("enter", "escape", "y")
        await screen.type("trl")
        await screen.shows("rows as messages, with a card, to")
        await screen.type(str(out))
        await screen.shows("10 rows in a.jsonl")
    assert {path.name for path in out.parent.iterdir()} == {
        "a.jsonl",
        "dropped.jsonl",
        "recipe.toml",
        "README.md",
        "trl_sft.py",
    }
