"""Two rows word by word: what only one of them says is marked by sign and colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from dataexplore.text import visible_lines
from dataexplore_tui.widgets.ink import ADDED, DIM, PLAIN, REMOVED, STRONG, line
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.strips import retitle, wrapped

if TYPE_CHECKING:
    from dataexplore.duplicates.diff import Piece

_LONGEST = 8000
_MARKS = {"same": (PLAIN, ""), "removed": (REMOVED, "[-"), "added": (ADDED, "[+")}


class DifferencePane(Lines):
    """Prompt and response of one row against those of another."""

    def __init__(self) -> None:
        super().__init__(id="difference", classes="pane")

    def show_pair(self, title: str, parts: list[tuple[str, str, str]]) -> None:
        """Show pairs of texts: what they are, the one that stays, the one that is compared with it."""
        retitle(self, Text(title))
        self.flow(lambda width, height: self._compared(parts, max(8, width)))

    def _compared(self, parts: list[tuple[str, str, str]], width: int) -> list[Text]:
        from dataexplore.duplicates.diff import word_diff

        lines: list[Text] = []
        for name, one, other in parts:
            lines.append(line((name, STRONG), ("  same", DIM) if one == other else ""))
            pieces = word_diff(one[:_LONGEST], other[:_LONGEST])
            shared = sum(len(piece.text) for piece in pieces if piece.kind == "same")
            if 2 * shared < max(len(one[:_LONGEST]), len(other[:_LONGEST])):
                lines += _apart(one, other, width)
            else:
                lines += _marked(pieces, width)
            lines.append(Text())
        return lines


def _marked(pieces: list[Piece], width: int) -> list[Text]:
    """Mark what differs within the text."""
    text = Text()
    for piece in pieces:
        style, sign = _MARKS[piece.kind]
        safe = "\n".join(visible_lines(piece.text))
        text.append(f"{sign}{safe}{']' if sign else ''}", style)
    return [part for one in text.split("\n", allow_blank=True) for part in wrapped(one, width)]


def _apart(one: str, other: str, width: int) -> list[Text]:
    """Show two texts that share little one after the other."""
    lines: list[Text] = []
    for sign, text, style in (("- ", one, _MARKS["removed"][0]), ("+ ", other, _MARKS["added"][0])):
        for raw in visible_lines(text[:_LONGEST]):
            lines += [line((sign, style), part) for part in wrapped(Text(raw), width - 2)]
    return lines
