"""The key sheet, made from the same declarations that make the keys work."""

from collections.abc import Iterable

from rich.text import Text
from textual.binding import Binding

from dataexplore_tui.widgets.ink import ACCENT, DIM, STRONG, line
from dataexplore_tui.widgets.picker import Picker

_NAMES = {
    "question_mark": "?",
    "exclamation_mark": "!",
    "slash": "/",
    "colon": ":",
    "full_stop": ".",
    "number_sign": "#",
    "minus": "-",
    "plus": "+",
    "right_square_bracket": "]",
    "left_square_bracket": "[",
    "escape": "esc",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
}

_WORDS = (
    ("row", "one example; numbered from 1 on screen"),
    ("decision", "keep or drop, with its reason; without one a row is undecided"),
    ("signal", "a number per row: a score, a length, a cluster; filter, sort and threshold by it"),
    ("len", "the response's length in characters"),
    ("K D ·", "kept, dropped, undecided: before a row, and on top where there is little room"),
    ("! ✎ ▌", "beside a row: something in it is odd (! lists what), it was edited, it is marked"),
    ("~", "before a duplicate group: a chain, some of whose rows are alike only through others"),
    ("twin", "another row that is at least as near as the threshold"),
    ("max-min", "the distance of the row that is farthest from the rows left: covering well makes it small"),
    ("arm", "a subset for an experiment: the rows left, or a control that they have to beat"),
    ("rule", "a decision on many rows at once; it never touches what was decided by hand"),
    ("journal", "every decision in order, on disk at once; undo and redo walk along it"),
)


def key_name(key: str) -> str:
    """Return a key as a person would write it."""
    return _NAMES.get(key, key.replace("ctrl+", "^"))


def keys_of(bindings: Iterable[object]) -> list[tuple[str, str]]:
    """Return the keys and what they do, one line per binding, those of the lists included."""
    return [
        (" ".join(key_name(key) for key in binding.key.split(",")), binding.description)
        for binding in bindings
        if isinstance(binding, Binding) and binding.description and not binding.action.startswith("app.mode")
    ]


def help_lines(mode: str, bindings: Iterable[object], common: Iterable[object]) -> list[Text]:
    """Return the key sheet of a mode."""
    lines = [line((mode, STRONG)), *_sheet(keys_of(bindings)), Text()]
    lines += [line(("Everywhere", STRONG)), line((f"  {'1 … 6':<14}", ACCENT), "change mode")]
    lines += [*_sheet(keys_of(common)), Text()]
    lines += [line(("Lists", STRONG)), *_sheet(keys_of(Picker.BINDINGS)), Text()]
    lines += [
        line(("Words", STRONG)),
        *(line((f"  {word:<14}", ACCENT), (what, DIM)) for word, what in _WORDS),
    ]
    return lines


def _sheet(keys: Iterable[tuple[str, str]]) -> list[Text]:
    return [line((f"  {key:<14}", ACCENT), what) for key, what in keys]
