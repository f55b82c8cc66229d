"""The recipes that ship: what steps they are, what they need, what their papers had."""

import re
from pathlib import Path

import pytest

from dataexplore.errors import RuleError
from dataexplore.selection.recipe import Recipe, read_recipe, write_recipe
from dataexplore.selection.recipes.catalogue import SHIPPED, find_recipe
from dataexplore.selection.recipes.shipped import About, Asked
from dataexplore.selection.rule import Rule
from dataexplore.selection.rules import (
    Duplicates,
    KCenter,
    Length,
    Longest,
    Only,
    Quota,
    Random,
    SemDeDup,
    Spread,
    Threshold,
    Top,
)
from paths import ROOT

ALPACA = About(52_002, ("judge", "ifd", "response_chars"))
NAMES = ["lima", "alpagasus", "ltd", "deita", "car", "superfiltering", "semdedup", "longest-1k", "random"]


def rules(name: str, asked: Asked = Asked()) -> list[Rule]:  # noqa: B008 # frozen
    found = find_recipe(name)
    assert found is not None
    return [one.rule for one in found.plan(asked, ALPACA)]


def test_there_are_these() -> None:
    assert list(SHIPPED) == NAMES
    assert find_recipe("longest") is SHIPPED["longest-1k"]
    assert find_recipe("nothing") is None


@pytest.mark.parametrize(
    ("name", "asked", "expected"),
    [
        ("random", Asked(5, seed=3), [Random(5, 3)]),
        ("longest-1k", Asked(), [Longest(1000)]),
        ("longest-1k", Asked(7), [Longest(7)]),
        ("alpagasus", Asked(signals=("judge",)), [Threshold("judge", 4.5)]),
        ("alpagasus", Asked(signals=("judge",), threshold=0.0), [Threshold("judge", 0)]),
        ("ltd", Asked(seed=2), [KCenter(260, 2)]),
        ("ltd", Asked(1_000), [KCenter(1_000)]),
        ("deita", Asked(signals=("judge", "ifd")), [Spread(("judge", "ifd"), 0.9, 6_000)]),
        ("car", Asked(signals=("judge",)), [Quota(1, "best", "judge", None, 161, 0, 1_000)]),
        ("superfiltering", Asked(signals=("ifd",)), [Only('"ifd" < 1'), Top("ifd", 2_600)]),
        ("superfiltering", Asked(9, ('a"b',)), [Only('"a""b" < 1'), Top('a"b', 9)]),
        ("semdedup", Asked(), [SemDeDup(0.9, 161)]),
        ("semdedup", Asked(threshold=0.8, k=5, seed=1), [SemDeDup(0.8, 5, 1)]),
    ],
)
def test_the_steps_of_a_recipe(name: str, asked: Asked, expected: list[Rule]) -> None:
    assert rules(name, asked) == expected


def test_lima_is_a_shortlist_and_says_so() -> None:
    found = rules("lima")
    assert found[0] == Length(1_200, 4_096)
    assert found[2] == Duplicates(0.9, "longest")
    assert found[3] == Quota(1_000, "longest", None, None, 161, most=1_000)
    assert rules("lima", Asked(signals=("judge",)))[3] == Quota(1_000, "best", "judge", None, 161, most=1_000)
    assert "by hand" in SHIPPED["lima"].limits
    pattern = re.compile(found[1].as_step()["pattern"])
    assert pattern.search("As mentioned above, it works")
    assert pattern.search("There are other answers here")
    assert not pattern.search("The answer mentions another thing")


@pytest.mark.parametrize("name", ["alpagasus", "deita", "car", "superfiltering"])
def test_a_recipe_that_needs_a_score_names_those_there_are(name: str) -> None:
    with pytest.raises(RuleError, match="needs a signal to go by; there are judge, ifd, response_chars"):
        rules(name)
    with pytest.raises(RuleError, match="name no more"):
        rules(name, Asked(signals=("judge", "ifd", "judge")))


def test_settings_that_a_recipe_lacks_are_refused() -> None:
    with pytest.raises(RuleError, match="'random' needs --size N"):
        rules("random")
    for name, asked, reason in (
        ("alpagasus", Asked(9, ("judge",)), "has no size; it has threshold, seed"),
        ("longest-1k", Asked(threshold=0.5), "has no threshold; it has size, seed"),
        ("ltd", Asked(k=5), "has no k; it has size, seed"),
    ):
        with pytest.raises(RuleError, match=reason):
            rules(name, asked)


@pytest.mark.parametrize("name", NAMES)
def test_every_recipe_is_a_file_too(tmp_path: Path, name: str) -> None:
    signals = ("judge",) if name in ("alpagasus", "deita", "car", "superfiltering") else ()
    recipe = Recipe(tuple(rules(name, Asked(7 if name == "random" else None, signals))))
    path = tmp_path / "r.toml"
    path.write_bytes(write_recipe(recipe, "alpaca.jsonl", 52_002))
    assert read_recipe(path) == recipe


@pytest.mark.parametrize("name", NAMES)
def test_every_recipe_is_explained(name: str) -> None:
    page = (ROOT / "docs" / "choosing.md").read_text(encoding="utf-8")
    assert f"### {name}" in page
    section = page.split(f"### {name}\n")[1].split("\n#")[0]
    assert SHIPPED[name].source.removeprefix("arXiv ") in section
