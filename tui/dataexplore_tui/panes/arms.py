"""Arms that were written, as lines of an overlay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from dataexplore_tui.widgets.bars import brief
from dataexplore_tui.widgets.ink import ACCENT, DIM, STRONG, line, shown

if TYPE_CHECKING:
    from dataexplore.selection.arm_files import ArmFile


def arms_lines(written: Sequence[ArmFile]) -> list[Text]:
    """Return each arm with its size, and how much it has of the first one against chance."""
    first = written[0].arm.name
    lines = [line((f"{'arm':<14}{'rows':>9}{'tokens':>9}{f'in {first}':>11}{'by chance':>11}  file", DIM))]
    for one in written:
        shared = one.overlap
        figures = f"{len(one.arm.rows):>9,}{brief(one.arm.tokens):>9}"
        both = f"{shared.both:>11,}{shared.expected:>11,.1f}  "
        lines.append(line((f"{one.arm.name:<14}", ACCENT), (figures, STRONG), both, shown(one.out.name, DIM)))
    return [
        *lines,
        Text(),
        line(shown(f"in {written[0].out.parent}, each with the recipe that makes it again")),
        line(("tune each of the files with the same settings, and compare:", DIM)),
        line(shown(f"dataexplore tune {written[-1].out} --base MODEL", DIM)),
    ]
