"""Turns text from data into text that is safe to show: every invisible code point becomes a visible mark."""

import re
import unicodedata

_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_NONCHARACTERS = "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_FILLERS = re.compile(  # default-ignorable in Unicode though of other categories, and the noncharacters
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufdd0-\ufdef\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    f"\U000e0000-\U000e0fff{_NONCHARACTERS}]"
)
_KEYS = {0x0A: "↵", 0x09: "⇥"}
_NAMES = {
    0x200B: "ZWSP",
    0x200C: "ZWNJ",
    0x200D: "ZWJ",
    0x200E: "LRM",
    0x200F: "RLM",
    0x202A: "LRE",
    0x202B: "RLE",
    0x202C: "PDF",
    0x202D: "LRO",
    0x202E: "RLO",
    0x2066: "LRI",
    0x2067: "RLI",
    0x2068: "FSI",
    0x2069: "PDI",
    0xFEFF: "BOM",
    0x00AD: "SHY",
}


class _Marks(dict[int, str]):
    """A translation table that fills itself: a code point is classified once."""

    def __missing__(self, code_point: int) -> str:
        char = chr(code_point)
        if code_point in (0xFE0E, 0xFE0F):  # emoji presentation: changes the width, says nothing
            mark = ""
        elif code_point in _KEYS:
            mark = _KEYS[code_point]
        elif code_point < 0x20:
            mark = chr(0x2400 + code_point)
        elif code_point == 0x7F:
            mark = "\u2421"
        elif unicodedata.category(char) in _INVISIBLE or _FILLERS.match(char):
            mark = f"⟨{_NAMES.get(code_point, f'{code_point:04X}')}⟩"
        else:
            mark = char
        self[code_point] = mark
        return mark


_MARKS = _Marks()


def visible(text: str) -> str:
    """Return `text` on one line with control, bidi and invisible code points as visible marks.

    Works by code point and parses no sequences, so nothing can hide in a malformed one.
    """
    if text.isprintable() and (text.isascii() or not _FILLERS.search(text)):
        return text
    return text.translate(_MARKS)


def visible_lines(text: str) -> list[str]:
    r"""Return the lines of `text` (split at \n alone, tabs widened), each made `visible`."""
    return [visible(line.expandtabs(4)) for line in text.split("\n")]


def short(text: str, limit: int = 80) -> str:
    """Return `text` made visible and cut to `limit` characters, for messages."""
    shown = visible(text[: limit + 1])
    return shown if len(shown) <= limit and len(text) <= limit + 1 else shown[: limit - 1] + "…"
