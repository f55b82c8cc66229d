"""Recipes of every version replay, and are written as they were: byte for byte."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.selection.made_up import said_outright
from dataexplore.journal.decision import DROP, KEEP
from dataexplore.selection.recipe import Recipe, read_recipe, write_recipe
from dataexplore.selection.rules import KINDS, Duplicates, KCenter, Length, Quota, Random, Spread
from dataexplore.session.session import Session

FIRST = """\
[recipe]
version = 1
dataset = "small.jsonl"
rows = 12

[[step]]
kind = "threshold"
signal = "score"
at = 1.0

[[step]]
kind = "only"
where = "row < 11"

[[step]]
kind = "duplicates"
threshold = 0.9
policy = "first"

[[step]]
kind = "cluster"
cluster = 1
k = 3
seed = 0
decision = "keep"

[[step]]
kind = "hand"
drop = [
    "00000000000000aa",
]

[[step]]
kind = "longest"
size = 6

[[step]]
kind = "top"
signal = "score"
size = 5
seed = 2

[[step]]
kind = "random"
size = 3
seed = 7
"""
SECOND = """\
step = [
    { kind = "only", where = "output <> 'better'" },
]

[recipe]
version = 2
dataset = "small.jsonl"
rows = 12

# Rows that were edited, by key, with their new bytes. Edits are no rules: all of them are made before the
# first step, so that every step sees the edited rows.

[[edit]]
key = "00000000000000aa"
row = "{\\"instruction\\": \\"a\\", \\"output\\": \\"better\\"}"
"""
THIRD = """\
step = [
    { kind = "length", least = 3, most = 400, field = "response", unit = "characters" },
    { kind = "regex", field = "response", pattern = "answer 9", decision = "drop" },
    { kind = "quota", each = 2, order = "best", signal = "score", k = 3, seed = 1, top = 2 },
    { kind = "stratified", size = 4, seed = 3, k = 3 },
]

[recipe]
version = 3
dataset = "small.jsonl"
rows = 12
"""
GROUPS, LABELS = [[0, 2, 4], [6, 7]], [row % 3 for row in range(12)]


@pytest.mark.parametrize("text", [FIRST, SECOND, THIRD], ids=["1", "2", "3"])
def test_a_recipe_is_written_as_it_was_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    assert write_recipe(read_recipe(path), "small.jsonl", 12) == text.encode()


@pytest.mark.parametrize(
    ("text", "left", "kept"),
    [
        (FIRST, [10, 8, 7, 7, 7, 6, 5, 3], [2, 5, 9]),
        (THIRD, [12, 11, 6, 4], [0, 3, 4, 11]),
    ],
    ids=["1", "3"],
)
def test_a_recipe_replays_to_the_rows_it_always_did(
    tmp_path: Path, alpaca: Callable[..., Path], text: str, left: list[int], kept: list[int]
) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    with said_outright(alpaca(12), GROUPS, LABELS) as session:
        decisions, steps = session.replay(read_recipe(path))
        assert [step.rows for step in steps] == left
        assert np.flatnonzero(decisions != DROP).tolist() == kept
        again = write_recipe(session.recipe(), "small.jsonl", 12)
        assert b"kind" in again
        assert session.replay(session.recipe(), decide=False)[0].tolist() == decisions.tolist()
        assert np.count_nonzero(decisions == KEEP) == len(kept)


def test_a_recipe_is_of_the_oldest_version_that_has_its_steps() -> None:
    for rules, version in (
        ((Random(3),), 1),
        ((Random(3), KCenter(3)), 3),
        ((Spread(("a",), 0.9, 3),), 3),
        ((Length(3),), 3),
        ((Quota(3),), 3),
    ):
        assert f"version = {version}".encode() in write_recipe(Recipe(rules), "x", 1)
    assert {name for name, rule in KINDS.items() if rule.since == 1} == {
        "threshold", "only", "duplicates", "cluster", "random", "longest", "top", "hand",
    }  # fmt: skip # a list that is compared with the version that wrote such files


def test_split_chains_and_other_kinds_are_steps_that_replay(tmp_path: Path) -> None:
    texts = [
        "name the parts of a plant",
        "name the parts of a plane",
        "Name  the parts of a PLANT",
        "something else",
    ]
    path = tmp_path / "few.jsonl"
    path.write_text("".join(f'{{"instruction": "{text}", "output": "a"}}\n' for text in texts))
    session = Session.open(path)
    exact = Duplicates(0.9, "first", kinds=("exact",))
    letters = Duplicates(0.7, "first", None, "complete", ("lexical",))
    assert np.flatnonzero(session.apply(exact).decisions == DROP).tolist() == [2]
    assert np.flatnonzero(session.apply(letters).decisions == DROP).tolist() == [1, 2]
    written = write_recipe(session.recipe(), "few.jsonl", 4)
    assert b"version = 3" in written
    recipe = tmp_path / "recipe.toml"
    recipe.write_bytes(written)
    assert read_recipe(recipe).rules == (letters,)
    assert b"version = 1" in write_recipe(Recipe((Duplicates(0.9, "first"),)), "few.jsonl", 4)
    session.close()
