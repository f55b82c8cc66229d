"""Texts in scripts that an encoder was not made for are warned about."""

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from dataexplore.vectors.encoder import find_encoder
from dataexplore.vectors.scripts import scripts, vocabulary_of, warning

ENGLISH = ["Name a colour", "Why is the sky blue?"]


def test_rows_count_for_the_script_of_most_of_their_letters() -> None:
    texts = [
        "写一首诗 now",
        "what is 水 in the sea",
        "Привет",
        "ひらがなとカタカナ",
        "مرحبا",
        "123",
        "",
        "안녕",
    ]
    found = scripts(pl.Series(texts))
    assert found == {
        name: pytest.approx(1 / 7) for name in ("Kana", "Latin", "Han", "Hangul", "Cyrillic", "Arabic")
    }
    assert scripts(pl.Series([], dtype=pl.String)) == {}
    assert scripts(pl.Series(["", "1 + 1"])) == {}


def test_an_english_encoder_warns_of_chinese_and_names_the_way_out() -> None:
    texts = pl.Series(ENGLISH * 9 + ["写一首诗", "Напиши стихи"])
    assert warning(find_encoder("static"), texts) == (
        "10% of the rows are in a script that the encoder static was not made for (5% Han, 5% Cyrillic), so "
        "their similarities mean little: take the encoder lexical, or a multilingual model"
    )
    assert warning(find_encoder("lexical"), texts) == ""


def test_a_few_rows_are_not_worth_a_warning() -> None:
    assert warning(find_encoder("static"), pl.Series(ENGLISH * 10 + ["写一首诗"])) == ""


def test_a_vocabulary_is_counted_by_script() -> None:
    tokens = ["the", "水", "##火", "ing", "при"]
    assert [vocabulary_of(name, tokens) for name in ("Latin", "Han", "Cyrillic", "Thai")] == [2, 2, 1, 0]


def test_the_real_chinese_alpaca_is_warned_of(real: Callable[[str], Path]) -> None:
    rows = json.loads(real("alpaca_zh_1000.json").read_bytes())
    assert warning(find_encoder("static"), pl.Series([row["instruction"] for row in rows])).startswith("9")
