"""Rules that go by what is written: length, a pattern, the language."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.selection.placed import at_degrees, placed, words
from dataexplore.errors import RuleError
from dataexplore.selection.rule import Rule
from dataexplore.selection.rules import Language, Length, Regex
from dataexplore.session.session import Session

Make = Callable[..., Path]
TEXTS = ["", "abcd", "abcde", "ünï", "an answer\nover lines", "ABCD"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Length(4), "DKKDKK"),
        (Length(1, 4), "DKDKDK"),
        (Length(0, 4), "KKDKDK"),
        (Length(2, None, "response", "tokens"), "DDKKKD"),
        (Length(7, field="note"), "DDDDDK"),
        (Length(1, field="prompt"), "KKKKKK"),
        (Regex("response", "^abc"), ".DD..."),
        (Regex("response", "(?i)^abc", "keep"), "DKKDDK"),
        (Regex("note", "no", "drop"), ".....D"),
        (Regex("score", "^[23]$", "keep"), "DDKKDD"),
        (Regex("prompt", r"task [4-9]", "keep"), "DDDDKK"),
    ],
)
def test_rows_are_told_by_their_text(alpaca: Make, rule: Rule, expected: str) -> None:
    session = Session.open(alpaca(TEXTS, note=[None, None, None, None, "", "no note"]))
    session.apply(rule)
    assert "".join(".KD"[one] for one in session.state.decisions) == expected
    session.close()


def test_what_cannot_be_looked_for_is_said(alpaca: Make) -> None:
    session = Session.open(alpaca(TEXTS))
    for rule, reason in (
        (Regex("nope", "x"), "no field is called 'nope'; there are prompt, response, instruction"),
        (Regex("response", "(?=x)"), "is not understood"),
        (Regex("response", "x", "Keep"), "'Keep' is neither"),
        (Length(5, 4), "at least 5 and at most 4"),
        (Length(1, unit="words"), "there are characters, tokens"),
        (Length(1, field="nope"), "no field is called 'nope'"),
    ):
        with pytest.raises(RuleError, match=reason) as refused:
            session.apply(rule)
        assert str(refused.value).isprintable()
    session.close()


def test_a_window_that_is_moved_takes_the_place_of_the_earlier_one(alpaca: Make) -> None:
    session = Session.open(alpaca(TEXTS))
    session.apply(Length(5))
    session.apply(Length(4))
    assert session.recipe().rules == (Length(4),)
    session.apply(Length(1, unit="tokens"))
    assert len(session.recipe().rules) == 2
    session.close()


def test_languages_keep_drop_and_leave(alpaca: Make) -> None:
    told = ["en", "zh", "too short to tell", "code", "de", "unclear"]
    with placed(alpaca(6), at_degrees([0] * 6), told=told) as session:
        session.apply(Language(("en", "de")))
        assert words(session) == "KD..K."
        with pytest.raises(RuleError, match="no row is told to be in 'fr'; there are en, zh, de"):
            session.apply(Language(("fr",)))


def test_languages_of_real_texts_are_told_once(alpaca: Make) -> None:
    english = "The quick brown fox jumps over the lazy dog and runs away from all of us."
    chinese = "今天天气很好,我们一起去公园散步,然后回家吃饭,晚上再看一部电影。"
    session = Session.open(alpaca([english, chinese, "?"]))
    labels = session.languages()
    assert labels is session.languages()
    assert len({labels[0], labels[1]}) == 2
    session.apply(Language((labels[0],)))
    assert session.state.decisions.tolist()[:2] == [1, 2]
    session.close()
