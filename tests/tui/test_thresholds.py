"""Mode 3: the threshold both ways, chains, policies, and prompts that somebody tests with."""

from pathlib import Path

import numpy as np

from tui.driver import opened, write_rows

_CHAIN = [
    "Write a short poem about the wide blue sea and the harbour at night",
    "Write a short poem about the wide blue sea and the harbour",
    "Write a short poem about the wide blue sea",
    "Write a short poem about the sea",
    "Write a poem about the sea",
    "Write about the sea",
]
_OTHERS = ["How do I bake sourdough bread?", "Explain what a transistor does.", "Convert 5 feet to metres"]


def _chained(folder: Path) -> Path:
    rows = [
        {"instruction": text, "output": f"Answer {number}"} for number, text in enumerate(_CHAIN + _OTHERS)
    ]
    return write_rows(folder / "chain.jsonl", rows)


async def test_the_rows_left_lead_to_a_threshold(starter: Path) -> None:
    async with opened(starter) as screen:
        await screen.press("3")
        await screen.shows(">= 0.90  rows left", "have a twin")
        groups = screen.session.groups(0.9)
        await screen.shows(f"rows left {groups.rows_left}", f"{len(groups)} groups at")
        await screen.ask("r", "9")
        await screen.shows("No threshold from 0.8 to 1 leaves 9 rows")
        await screen.type(str(groups.rows_left + 2))
        await screen.shows("rows are left at >= 0.9")
        left = next(line for line in screen.text().splitlines() if "rows left" in line)
        assert int(left.split("rows left")[1].split()[0]) >= groups.rows_left + 2


async def test_a_threshold_below_the_first_pairs_is_looked_for(starter: Path) -> None:
    async with opened(starter, size=(80, 24)) as screen:
        await screen.press("3")
        await screen.shows("groups at >= 0.90")
        await screen.ask("t", "much")
        await screen.shows("much is no similarity")
        await screen.type("0.7")
        await screen.shows("groups at >= 0.70", "0.70 ├┃")
        assert len(screen.session.groups(0.7)) > 0


async def test_a_chain_is_split_and_then_thinned_out(tmp_path: Path) -> None:
    async with opened(_chained(tmp_path)) as screen:
        await screen.press("3")
        await screen.shows("groups at >= 0.90")
        await screen.ask("t", "0.8")
        await screen.shows("~", "least alike", "semantic")
        whole = screen.session.groups(0.8)
        await screen.press("S")
        await screen.shows("split: star", "every row is like the centre of its group")
        await screen.press("S")
        await screen.shows("split: complete", "every row is like every other")
        await screen.press("E")
        await screen.shows("rule: duplicates >= 0.80, complete, longest: +0 kept")
        assert 0 < screen.session.state.counts.drop < whole.duplicates
        await screen.press("u", "S", "E")
        await screen.shows(f"rule: duplicates >= 0.80, longest: +0 kept, +{whole.duplicates} dropped")


async def test_rows_are_compared_by_letters_and_by_the_same_text(starter: Path) -> None:
    async with opened(starter) as screen:
        await screen.press("3")
        await screen.shows("groups at >= 0.90 · by meaning", "pairs: 1 exact")
        await screen.press("K")
        await screen.shows("groups at >= 0.90 · by letters")
        await screen.press("K")
        await screen.shows("groups at >= 0.90 · the same text")
        await screen.press("E")
        await screen.shows("duplicates >= 0.90, exact, best score (strict_judge): +0 kept, +8 dropped")
        await screen.press("u", "K")
        await screen.shows("groups at >= 0.90 · all kinds", "drop 0")
        await screen.press("K")
        await screen.shows("groups at >= 0.90 · by meaning")


async def test_every_policy_names_who_stays(starter: Path) -> None:
    async with opened(starter) as screen:
        await screen.press("3")
        await screen.shows("stays: best score (strict_judge)")
        for policy in ("longest", "first", "nearest to centre", "farthest from centre", "none", "best score"):
            await screen.press("p")
            await screen.shows(f"policy: {policy}")


async def test_test_prompts_in_the_data_are_listed_and_dropped(starter: Path) -> None:
    async with opened(starter) as screen:
        data = screen.session.dataset
        prompts = [data.prompt(3), data.prompt(40).upper(), "Name the moons of a planet that nobody has seen"]
        tests = write_rows(starter.with_name("tests.jsonl"), ({"prompt": text} for text in prompts))
        await screen.press("3")
        await screen.shows("groups at >= 0.90")
        await screen.ask("L", "nowhere.jsonl")
        await screen.shows("nowhere.jsonl is not there")
        await screen.type(str(tests))
        await screen.shows(
            "rows like prompts in tests.jsonl", "1.00 exact", "test prompt 1", "X drops them all"
        )
        await screen.press("enter")
        await screen.shows("leak > 0")
        await screen.press("escape")
        await screen.shows("groups at >= 0.90")
        await screen.ask("L", str(tests))
        await screen.shows("X drops them all")
        await screen.press("X")
        await screen.shows("like prompts in tests.jsonl; u undoes")
        dropped = np.flatnonzero(screen.session.state.decisions == 2)
        assert {3, 40} <= set(dropped.tolist())
