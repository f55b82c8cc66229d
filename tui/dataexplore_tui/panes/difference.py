"""Two rows word by word: what only one of them says is marked by sign and colour."""

from __future__ import annotations

from dataexplore.text import visible_lines
from dataexplore_tui.widgets.ink import ADDED, DIM, PLAIN, REMOVED, STRONG, line
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.strips import wrapped
from rich.text import Text

_LONGEST = 8000


class DifferencePane(Lines):
    """Prompt and response of one row against those of another."""

    def __init__(self) -> None:
        super().__init__(id="difference", classes="pane")

    def show_pair(self, title: str, parts: list[tuple[str, str, str]]) -> None:
        """Show pairs of texts: what they are, the one that stays, the one that is compared with it."""
        from dataexplore.duplicates.diff import word_diff

        self.border_title = Text(title)
        lines: list[Text] = []
        for name, one, other in parts:
            lines.append(line((name, STRONG), ("  same", DIM) if one == other else ""))
            text = Text()
            for piece in word_diff(one[:_LONGEST], other[:_LONGEST]):
                style = {"same": PLAIN, "removed": REMOVED, "added": ADDED}[piece.kind]
                safe = "\n".join(visible_lines(piece.text))
                sign = {"same": "", "removed": "[-", "added": "[+"}[piece.kind]
                text.append(f"{sign}{safe}{']' if sign else ''}", style)
            for part in text.split("\n", allow_blank=True):
                lines += wrapped(part, max(8, self.size.width - 2))
            lines.append(Text())
        self.update(lines)
