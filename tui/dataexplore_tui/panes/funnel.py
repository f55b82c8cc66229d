"""The funnel: how all rows became those that are left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from dataexplore_tui.widgets.ink import ACCENT, DIM, DROP, KEEP, STRONG, line, shown
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.picker import Nothing, Picker
from dataexplore_tui.widgets.strips import retitle, wrapped

if TYPE_CHECKING:
    from dataexplore.selection.rule import Rule
    from dataexplore.session.funnel import FunnelStep
    from dataexplore.session.state import Counts

_NOTHING = (
    "nothing is decided yet: n makes a step, R lists recipes of papers, b sets a budget; thresholds are in "
    "mode 2, duplicates in 3, clusters in 4, single rows in 1"
)
_NUMBERS = 31
"""Cells beside a step's name."""


@dataclass(frozen=True)
class FunnelLine:
    """One rule, or what was decided by hand."""

    step: FunnelStep
    """What is counted; several rules may be counted together."""
    title: str
    place: int | None = None
    """The rule's place among those in force; None of what is no rule."""
    rule: Rule | None = None
    counted: bool = True
    """Whether the counts stand here, and not on the next line."""


def funnel_lines(steps: Iterable[FunnelStep]) -> list[FunnelLine]:
    """Return a line for each rule and for what was decided by hand."""
    lines: list[FunnelLine] = []
    place = 0
    for step in steps:
        for rule in step.rules:
            lines.append(FunnelLine(step, rule.title, place, rule, rule is step.rules[-1]))
            place += 1
        if not step.rules:
            lines.append(FunnelLine(step, step.title))
    return lines


class FunnelSource:
    """One line per step in force, with what it keeps, drops and leaves."""

    def __init__(self, lines: Sequence[FunnelLine]) -> None:
        self.lines = lines

    def __len__(self) -> int:
        return len(self.lines)

    def heading(self, width: int) -> Text:
        """Return the line above the steps."""
        return line((f"   {'step':<{_room(width)}}{'keep':>9}{'drop':>9}{'left':>10}", DIM))

    def line(self, index: int, width: int) -> Text:
        """Return one step as a line."""
        one, room = self.lines[index], _room(width)
        name = shown(one.title, ACCENT if one.rule else STRONG)
        name.truncate(room, overflow="ellipsis", pad=True)
        number = "+  " if one.place is None else f"{one.place + 1:<3}"
        if not one.counted:
            return line((number, DIM), name, (f"{'↓':>9}{'↓':>9}{'↓':>10}", DIM))
        return line(
            (number, DIM),
            name,
            _count(one.step.kept, KEEP),
            _count(one.step.dropped, DROP),
            f"{one.step.left:>10,}",
        )


class FunnelPane(Vertical):
    """The steps under a cursor."""

    DEFAULT_CSS: ClassVar[str] = """
    FunnelPane #funnel-heading { height: 1; }
    FunnelPane.-empty #funnel-heading { height: 6; }
    FunnelPane #step { height: 4; }
    """

    def __init__(self) -> None:
        super().__init__(id="funnel", classes="pane")

    def compose(self) -> ComposeResult:
        """A heading, the steps, and one of them whole."""
        yield Lines(id="funnel-heading")
        yield Picker(id="steps", classes="-home")
        yield Lines(id="step")

    @property
    def picker(self) -> Picker:
        """The list of steps."""
        return self.query_one(Picker)

    @property
    def here(self) -> FunnelLine | None:
        """The line under the cursor."""
        source = self.picker.source
        return source.lines[self.picker.cursor] if isinstance(source, FunnelSource) else None

    @property
    def lines(self) -> Sequence[FunnelLine]:
        """All lines."""
        source = self.picker.source
        return source.lines if isinstance(source, FunnelSource) else []

    @on(Picker.Moved)
    def show_whole(self) -> None:
        """Show what of the step under the cursor does not fit its line."""
        here = self.here

        def lines(width: int, height: int) -> Sequence[Text]:
            cut = here is not None and len(here.title) > _room(width)
            return wrapped(shown(here.title, DIM), width) if here is not None and cut else []

        self.query_one("#step", Lines).flow(lines)

    def show_funnel(self, rows: int, steps: Sequence[FunnelStep], counts: Counts) -> None:
        """Show the steps from all rows down to the rows that are left."""
        retitle(self, Text(f"how {rows:,} became {rows - counts.drop:,}"))
        before, source = self.lines, FunnelSource(funnel_lines(steps))
        self.set_class(not len(source), "-empty")
        heading = self.query_one("#funnel-heading", Lines)
        if len(source):
            heading.flow(lambda width, height: [source.heading(width)])
            self.picker.show(source, _cursor(before, source.lines, self.picker.cursor))
        else:
            heading.flow(
                lambda width, height: [source.heading(width), Text(), *wrapped(Text(_NOTHING, DIM), width)]
            )
            self.picker.show(Nothing())
        self.show_whole()


def _cursor(before: Sequence[FunnelLine], now: Sequence[FunnelLine], cursor: int) -> int:
    """Return the line of a rule that is new, the last one at first, else where the cursor was."""
    rules = [at for at, one in enumerate(now) if one.rule is not None]
    were = [one.rule for one in before if one.rule is not None]
    if len(rules) <= len(were):
        return cursor
    if not were:
        return rules[-1]
    return next((at for at, old in zip(rules, were, strict=False) if now[at].rule != old), rules[len(were)])


def _room(width: int) -> int:
    return max(12, width - _NUMBERS)


def _count(rows: int, style: Style) -> tuple[str, Style]:
    return f"{rows:>9,}" if rows else f"{'·':>9}", style
