"""A rubric is a small file; one that lacks something is refused by name."""

import dataclasses
from pathlib import Path

import pytest

from dataexplore.errors import JudgeError
from dataexplore.judge.rubric import load_rubric, shipped

OWN = """
name = "kindness"
version = 3
title = "is it kind?"
source = "our own"
lowest = 1
highest = 3
step = 1
task = "Judge how kind the answer is."
"""


def test_the_shipped_ones_are_whole():
    assert shipped() == [
        "accuracy", "complexity", "following", "helpfulness", "multi_turn", "quality", "rarity",
    ]  # fmt: skip
    for name in shipped():
        rubric = load_rubric(name)
        assert rubric.name == name
        assert (rubric.scores[0], rubric.scores[-1]) == (0, 5)
        assert rubric.source
    assert len(load_rubric("accuracy").scores) == 11


def test_a_persons_own_works_alike(tmp_path: Path):
    path = tmp_path / "kind.toml"
    path.write_text(OWN)
    rubric = load_rubric(str(path))
    assert (rubric.label[:11], rubric.scores) == ("kindness/3/", [1, 2, 3])


def test_other_words_make_another_rubric():
    rubric = load_rubric("accuracy")
    other = dataclasses.replace(rubric, task=rubric.task + " Be mild.")
    assert other.label != rubric.label


@pytest.mark.parametrize(
    ("line", "put", "told"),
    [
        ("step = 1\n", "", "step is missing"),
        ("step = 1", "step = 0", "whole steps"),
        ("step = 1", "step = 0.7", "whole steps"),
        ("highest = 3", 'highest = "3"', "highest is missing or of the wrong type"),
        ("highest = 3", "highest = nan", "whole steps"),
        ("version = 3", "version = true", "version is missing"),
        ('name = "kindness"', 'name = "be kind"', "names the signal"),
        ('task = "Judge how kind the answer is."', 'task = ""', "task is empty"),
        ("step = 1", "step = 1\nweight = 2", "weight is no field"),
        ("step = 1", "step = ", "cannot be read as TOML"),
    ],
)
def test_a_faulty_one_is_refused_by_name(tmp_path: Path, line, put, told):
    path = tmp_path / "faulty.toml"
    path.write_text(OWN.replace(line, put))
    with pytest.raises(JudgeError, match=told):
        load_rubric(str(path))


def test_an_unknown_name_lists_what_there_is():
    with pytest.raises(JudgeError, match="no rubric is called beauty; there are accuracy, complexity"):
        load_rubric("beauty")
