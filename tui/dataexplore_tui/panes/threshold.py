"""What a threshold keeps and what it costs, before the rule is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from dataexplore.session.state import Counts
from dataexplore_tui.widgets.bars import brief, share
from dataexplore_tui.widgets.ink import ACCENT, DIM, DROP, KEEP, STRONG, WARN, line, shown
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.strips import retitle


@dataclass(frozen=True)
class Weighed:
    """A threshold's consequences."""

    signal: str
    at: float
    kept: int
    tokens: int
    dropped: int
    unscored: int
    ties: int
    empty_kept: int
    """Rows with an empty response that the threshold would keep."""
    empty: int
    after: Counts | None
    """The counts after the rule, hand decisions and other rules included; None while they are computed."""


class ThresholdPane(Lines):
    """Live counts of the line under the cursor keys."""

    def __init__(self) -> None:
        super().__init__(id="threshold", classes="pane")

    def weigh(self, what: Weighed) -> None:
        """Show what the threshold would do."""
        rows = what.kept + what.dropped + what.unscored
        retitle(self, Text.assemble("at ", shown(what.signal), f" >= {what.at:g}"))
        lines: list[Text] = [
            line(("keep      ", KEEP), (f"{what.kept:>9,}", STRONG), f" rows  {share(what.kept, rows)}"),
            line((f"          {brief(what.tokens):>9} tokens, estimated", DIM)),
            line(("drop      ", DROP), f"{what.dropped:>9,} rows"),
            line(("unscored  ", WARN), f"{what.unscored:>9,} rows", (" stay undecided", DIM)),
            Text(),
            line((f"{what.ties:,} row{'s share' if what.ties != 1 else ' has'} exactly {what.at:g}", DIM)),
        ]
        if what.empty:
            words = f"{what.empty_kept:,} of {what.empty:,} empty responses would be kept"
            lines.append(line((words, WARN if what.empty_kept else DIM)))
        lines += [Text(), *_after(what.after)]
        self.update(lines, keep_place=True)


def _after(after: Counts | None) -> Sequence[Text]:
    enter = line(("enter", ACCENT), (" makes the rule, and then there are", DIM))
    if after is None:
        return enter, line(("  … the steps that follow it are taken anew", DIM))
    return (
        enter,
        line(
            ("  keep ", KEEP),
            f"{after.keep:,}  ",
            ("drop ", DROP),
            f"{after.drop:,}  ",
            (f"undecided {after.undecided:,}", DIM),
        ),
    )
