"""Languages of rows: of the answer where it tells, code is none, and short texts are not guessed at."""

import sys

import numpy as np
import polars as pl
import pytest

from dataexplore.report.language_names import language_name
from dataexplore.report.languages import CODE, SHORT, Languages, identifier, row_languages, sampled
from dataexplore.report.prose import prose

ENGLISH = "Explain in a few words why the sky looks blue when the sun is high."
ROWS = {
    "en": (ENGLISH, "Because air scatters short waves of light more than long ones."),
    "de": ("Warum ist der Himmel blau?", "Weil die Luft kurze Wellen des Lichts stärker streut als lange."),
    "fr": (
        "Translate to French: I went to the shop.",
        "Je suis allé à la boutique avec mon frère hier soir.",
    ),
    "zh": ("天空为什么是蓝色的？", "因为空气对短波光的散射比对长波光的散射更强。"),
    "ja": ("空はなぜ青いのですか？", "空気が波長の短い光をより強く散乱させるからです。"),
    "ru": ("Почему небо синее?", "Потому что воздух сильнее рассеивает короткие волны света."),
}
PYTHON = "def add(a, b):\n    total = a + b\n    return total\n\nprint(add(1, 2))"


def told(prompts: list[str], responses: list[str]) -> list[str]:
    return row_languages(pl.Series(prompts), pl.Series(responses), identifier())


def test_the_answer_tells_the_language_of_a_row() -> None:
    prompts, responses = zip(*ROWS.values(), strict=True)
    assert told(list(prompts), list(responses)) == list(ROWS)


def test_a_short_answer_takes_the_language_of_its_question() -> None:
    assert told([ENGLISH, ENGLISH], ["17", ""]) == ["en", "en"]


def test_too_short_is_not_guessed_at_and_code_is_no_language() -> None:
    assert told(["3 + 4", "", "?"], ["7", "", "<b></b>"]) == [SHORT] * 3
    assert told(["Add.", "Add."], [PYTHON, f"```python\n{PYTHON}\n```"]) == [CODE, CODE]


def test_prose_around_code_is_what_counts() -> None:
    answer = f"Diese Funktion zählt zwei Zahlen zusammen und gibt die Summe aus:\n```python\n{PYTHON}\n```"
    assert told(["Add."], [answer]) == ["de"]


def test_prose_is_without_code_markup_and_addresses() -> None:
    (text,) = prose(pl.Series(["See `x.y` at https://acme.io/a <b>now</b>.\n```\ncode\n```"]))["prose"]
    assert text.split() == ["See", "at", "now", "."]
    assert prose(pl.Series([None, ""], dtype=pl.String))["letters"].to_list() == [0, 0]


def test_without_py3langid_scripts_are_told_and_the_report_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "py3langid", None)
    monkeypatch.setitem(sys.modules, "py3langid.langid", None)
    assert "py3langid" in Languages(identifier().name, np.empty(0, np.int64), ()).note
    prompts, responses = zip(*(ROWS[name] for name in ("en", "zh", "ja", "ru")), strict=True)
    scripts = ["Latin script", "Han script", "Kana script", "Cyrillic script"]
    assert told(list(prompts), list(responses)) == scripts


def test_a_sample_is_the_same_for_the_same_seed_and_never_more_than_there_is() -> None:
    chosen = sampled(52_002, 2_000, 0)
    assert len(np.unique(chosen)) == 2_000
    assert chosen.tolist() == sorted(sampled(52_002, 2_000, 0).tolist())
    assert chosen.tolist() != sampled(52_002, 2_000, 1).tolist()
    assert sampled(5, 2_000, 0).tolist() == sampled(5, 0, 0).tolist() == [0, 1, 2, 3, 4]


def test_counts_are_ordered_and_name_their_rows() -> None:
    found = Languages("a reader", np.array([3, 8, 9]), ("fr", "en", "en"))
    assert found.counts == [("en", 2), ("fr", 1)]
    assert found.rows("en").tolist() == [8, 9]
    assert (language_name("zh"), language_name("vec")) == ("Chinese (zh)", "vec")
