"""Nothing from data reaches a screen unseen: every invisible code point becomes a visible mark."""

import json
import sys
import unicodedata
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from dataexplore.text import short, visible, visible_lines

HIDDEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
IGNORED = [
    0x034F,
    0x115F,
    0x1160,
    0x17B4,
    0x180B,
    0x2065,
    0x3164,
    0xFE00,
    0xFFA0,
    0xFDD0,
    0xFFFE,
    0x10FFFF,
    0xE0100,
]
# Hostile texts say what they are only to who reads code points.
ESCAPE, BELL, RLO = "\x1b", "\x07", "\u202e"


def hidden(text: str) -> list[str]:
    return [char for char in text if unicodedata.category(char) in HIDDEN or ord(char) in IGNORED]


def test_every_code_point_that_cannot_be_seen_is_marked() -> None:
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        if unicodedata.category(char) in HIDDEN or code in IGNORED:
            shown = visible(f"a{char}b")
            assert char not in shown, f"U+{code:04X} is shown as it is"
            assert shown.startswith("a")
            assert shown.endswith("b")


def test_ascii_text_is_untouched() -> None:
    text = "".join(map(chr, range(0x20, 0x7F)))
    assert visible(text) == text


def test_letters_of_all_scripts_are_untouched() -> None:
    text = "Grüße, 你好, שלום, नमस्ते, emoji 🦊, combining e\u0301"
    assert visible(text) == text


def test_the_presentation_selector_goes_and_the_joiner_shows() -> None:
    assert visible("❤\ufe0f") == "❤"
    assert visible("a\u200db") == "a⟨ZWJ⟩b"


def test_marks_are_known_ones() -> None:
    assert visible(f"{ESCAPE}]0;PWN{BELL}") == "␛]0;PWN␇"
    assert visible("a\nb\tc\rd\x7f\x9b") == "a↵b⇥c␍d␡⟨009B⟩"
    assert visible("\ud800") == "⟨D800⟩"
    assert visible(f"x{RLO}y") == "x⟨RLO⟩y"


@given(st.text(st.characters(codec=None)))
def test_any_text_comes_out_visible_and_stays_so(text: str) -> None:
    shown = visible(text)
    assert not hidden(shown)
    assert visible(shown) == shown
    assert visible_lines(text) == [visible(line.expandtabs(4)) for line in text.split("\n")]


@given(st.text(st.characters(codec=None)), st.integers(2, 90))
def test_short_text_fits_and_says_when_it_was_cut(text: str, limit: int) -> None:
    shown = short(text, limit)
    assert len(shown) <= limit
    assert shown == visible(text) or shown.endswith("…")


def test_hostile_rows_come_out_without_a_control_byte(bad_inputs: Path) -> None:
    for name in ("90_terminal_escapes.jsonl", "91_bidi_invisible.jsonl", "93_markup.jsonl"):
        for line in (bad_inputs / name).read_bytes().splitlines():
            for value in json.loads(line).values():
                shown = visible(str(value))
                assert not hidden(shown)
                if name.startswith("93"):  # markup is only text: shown letter for letter
                    assert shown == str(value).replace("\n", "↵").replace("\t", "⇥").replace(
                        "\ufe0f", ""
                    ) or hidden(str(value))
