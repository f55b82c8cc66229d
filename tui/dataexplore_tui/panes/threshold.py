"""What a threshold keeps and what it costs, before the rule is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from dataexplore.session.state import Counts
from dataexplore_tui.widgets.bars import brief, share
from dataexplore_tui.widgets.ink import ACCENT, DIM, DROP, KEEP, STRONG, WARN, line, shown
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.strips import retitle, wrapped

if TYPE_CHECKING:
    from dataexplore.session.scoring import Speed
    from dataexplore.signals.weighing import Weight

_MANY = 0.01
"""Of the rows that are kept, from which share on equal scores are worth a second key."""


@dataclass(frozen=True)
class Weighed:
    """A threshold's consequences."""

    signal: str
    at: float
    weight: Weight
    scored: int
    unscored: int
    speed: Speed | None
    """That of the last finished run; None when there is none."""
    after: Counts | None
    """The counts after the rule, hand decisions and other rules included; None while they are computed."""


class ThresholdPane(Lines):
    """Live counts of the line under the cursor keys."""

    def __init__(self) -> None:
        super().__init__(id="threshold", classes="pane")

    def weigh(self, what: Weighed) -> None:
        """Show what the threshold would do."""
        weight, rows = what.weight, what.scored + what.unscored
        retitle(self, Text.assemble("at ", shown(what.signal), f" >= {what.at:g}"))
        lines = [
            line(("keep      ", KEEP), (f"{weight.kept:>9,}", STRONG), f" rows  {share(weight.kept, rows)}"),
            line((f"          {brief(weight.tokens):>9} tokens, estimated", DIM)),
            _tuning(what),
            line(("drop      ", DROP), f"{what.scored - weight.kept:>9,} rows"),
            line(("unscored  ", WARN), f"{what.unscored:>9,} rows", (" stay undecided", DIM)),
            _ties(what),
        ]
        ends = [Text(), *_checks(what), *_after(what.after)]
        self.flow(lambda width, height: _fitting(lines, ends, width, height), keep_place=True)


def _fitting(lines: Sequence[Text], ends: Sequence[Text], width: int, height: int) -> list[Text]:
    found = [part for one in [*lines, *ends] for part in wrapped(one, max(8, width))]
    if len(found) > height:  # the empty line, and checks past the first, are the first to go
        ends = [one for place, one in enumerate(ends) if one.plain and (place < 3 or place >= len(ends) - 2)]
        found = [part for one in [*lines, *ends] for part in wrapped(one, max(8, width))]
    return found


def _tuning(what: Weighed) -> Text:
    if what.speed is None:
        return line((f"{'':>10}tuning time: after a first run", DIM))
    seconds, times = what.speed.seconds(what.weight.tokens), f"{what.speed.epochs:g}"
    epochs = "1 epoch" if times == "1" else f"{times} epochs"
    return line((f"tune {_duration(seconds)}, {epochs}, as the last run", DIM))


def _duration(seconds: float) -> str:
    """Return an estimate in words: no more exact than it is."""
    for size, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 1.5 * size:
            return f"about {seconds / size:,.0f} {name}"
    return f"about {max(1, round(seconds)):,} s"


def _ties(what: Weighed) -> Text:
    ties = what.weight.ties
    if ties > 1 and ties >= _MANY * what.weight.kept:
        said = f"{ties:,} rows share {what.at:g}: choose a second key "
        return line((said, WARN), ("T", ACCENT))
    return line((f"{ties:,} row{'s share' if ties != 1 else ' has'} exactly {what.at:g}", DIM))


def _checks(what: Weighed) -> list[Text]:
    """Say how many of the rows that a check flags would be kept, the most first."""
    found = sorted(what.weight.flagged.items(), key=lambda one: (-one[1][0], -one[1][1], one[0]))
    lines = [
        line((f"{kept:>5,} of {count:,} ", WARN if kept else DIM), shown(name, DIM))
        for name, (kept, count) in found
    ]
    heading = line((f"flagged by a check, scored >= {what.at:g}  ", DIM), ("w", ACCENT))
    return [heading, *lines] if lines else []


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
