"""Takes apart what a program sent to its terminal: whatever is not known by heart is an intrusion."""

import re
import unicodedata
from dataclasses import dataclass, field

_PIECE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|.)?|[^\x1b]+", re.DOTALL)
# Colours, one cursor move, clearing; modes of the alternate screen, cursor, mouse, focus, paste, wrapping and
# synchronised output; the kitty keyboard; two questions that a terminal may answer.
_KNOWN = re.compile(
    r"\x1b\[(?:[0-9;]*m|[0-9]+;[0-9]+H|\?(?:1049|25|1000|1002|1003|1004|1006|1015|1016|2004|2026|2048|7)[hl]"
    r"|>[0-9]+u|<u|\?(?:2026|2048)\$p)"
)
_POINTER = re.compile(r"\x1b\]22;(?:default|text|pointer)\x07")
"""Textual sets the mouse pointer's shape; no other operating system command has a place here."""

_MODE = re.compile(r"\x1b\[\?([0-9]+)([hl])")
_AT_REST = {"25": "h", "7": "h"}
"""Modes that a terminal has when nothing runs; all others are off."""


@dataclass
class Wire:
    """What went over the line, sorted."""

    text: str = ""
    unknown: list[str] = field(default_factory=list)
    """Sequences that the program does not use."""
    modes: dict[str, str] = field(default_factory=dict)
    """The last setting of every private mode."""
    keyboards: int = 0
    """Keyboard protocols that were switched on and not off again."""

    @property
    def unsafe(self) -> set[str]:
        """Characters outside sequences that move, hide or turn text; line ends are the program's own."""
        kinds = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
        return {char for char in set(self.text) - {"\r", "\n"} if unicodedata.category(char) in kinds}

    @property
    def left_on(self) -> dict[str, str]:
        """Modes that are not as they were before the program."""
        return {mode: to for mode, to in self.modes.items() if to != _AT_REST.get(mode, "l")}


def read(raw: bytes) -> Wire:
    """Sort the bytes that a terminal got; raise UnicodeDecodeError when they are no UTF-8."""
    wire = Wire()
    for piece in _PIECE.findall(raw.decode()):
        if not piece.startswith("\x1b"):
            wire.text += piece
        elif not _POINTER.fullmatch(piece) and not _KNOWN.fullmatch(piece):
            wire.unknown.append(piece)
        mode = _MODE.fullmatch(piece)
        if mode:
            wire.modes[mode[1]] = mode[2]
        wire.keyboards += (piece.startswith("\x1b[>") and piece.endswith("u")) - (piece == "\x1b[<u")
    return wire
