"""How far judges agree: a table of pairs, a heat map of many judges, and the scores of one pair."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

from dataexplore_tui.widgets.bars import brief
from dataexplore_tui.widgets.ink import ACCENT, DIM, KEEP, PLAIN, STRONG, WARN, across, line, shown, squeezed
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.strips import retitle, wrapped

if TYPE_CHECKING:
    from dataexplore.signals.against import Joint
    from dataexplore.signals.agreement import Agreement
    from dataexplore.signals.histogram import Histogram

MEASURES = ("exact", "kappa", "Spearman")
_MEANINGS = {
    "exact": "share of equal scores",
    "kappa": "1 equal, 0 as by chance",
    "Spearman": "1 ranks rows alike, 0 at random",
}
_SHADES = " ░▒▓█"
_FEW = 3
"""Judges whose pairs are a table; more are a heat map."""
_SLOT = 5
"""Cells of a figure in a heat map."""
_WIDTHS = {"rows": 9, "exact": 8, "kappa": 7, "Spearman": 10}
"""Cells of the figures in a table."""
_ONE = "One judge is no agreement: J asks another one, I imports ratings."


def figure(found: Agreement, measure: str) -> float | None:
    """Return one measure of a pair."""
    return {"exact": found.exact, "kappa": found.kappa, "Spearman": found.spearman}[measure]


def said(value: float | None, measure: str) -> str:
    """Return a figure as it is usually written: 24.1 %, .21."""
    if value is None:
        return "–"
    return f"{100 * value:.1f} %" if measure == "exact" else _short(value, 3)


def _short(value: float, places: int) -> str:
    return f"{round(value, places) + 0.0:.{places}f}".replace("0.", ".", 1)  # never -.000


def _shade(share: float) -> str:
    """Return a darker sign for a larger share; what is not nothing has a shade."""
    return _SHADES[min(4, int(share * 4) + 1)] if share > 0 else _SHADES[0]


class AgreementPane(Lines):
    """All judges against each other."""

    def __init__(self) -> None:
        super().__init__(id="agreement", classes="pane")

    def show_agreement(
        self, judges: Sequence[str], found: Sequence[Agreement], measure: str, active: str
    ) -> None:
        """Show a table of few judges; of many a heat map, and the pairs of the active one."""
        if len(judges) <= _FEW:
            retitle(self, Text("agreement of judges"), Text("c compares a pair"))
        else:
            keys = Text("m measure · c compares a pair")
            percent = ", %" if measure == "exact" else ""
            retitle(self, Text(f"agreement of {len(judges)} judges · {measure}{percent}"), keys)
        self.flow(lambda width, height: _agreement(judges, found, measure, active, width, height))

    def show_progress(self, text: str) -> None:
        """Say how far comparing has come."""
        if text:
            self.update([line(" ", shown(text, DIM))])


def _agreement(
    judges: Sequence[str], found: Sequence[Agreement], measure: str, active: str, width: int, height: int
) -> list[Text]:
    if len(judges) < 2:
        return wrapped(line((_ONE, DIM)), max(8, width))
    if len(judges) <= _FEW:
        return table(found, width)
    lines = heat_map(judges, found, measure, width)
    own = [one for one in found if active in (one.first, one.second)]
    if own and len(lines) + 3 < height:
        heading = table((), width, f"{squeezed(active, _room(width) - 5)} and")
        lines += [Text(), *heading, *(pair_line(one, width, active) for one in own), *_apart(own)]
    return lines


def table(found: Sequence[Agreement], width: int, name: str = "") -> list[Text]:
    """Return pairs as lines: rows that both scored, exact, kappa, Spearman."""
    heads = "".join(f"{head:>{cells}}" for head, cells in _WIDTHS.items())
    lines = [line((f" {name:<{_room(width)}}{heads}", DIM))]
    return [*lines, *(pair_line(one, width) for one in found), *_apart(found)]


def _apart(found: Sequence[Agreement]) -> list[Text]:
    if all(one.one_scale for one in found):
        return []
    return [line((" ≠ another scale: exact and kappa say little there", DIM))]


def _room(width: int) -> int:
    return max(9, width - sum(_WIDTHS.values()) - 2)


def pair_line(found: Agreement, width: int, of: str = "") -> Text:
    """Return one pair with its figures; of a judge that is named already, the other one."""
    half = (_room(width) - 3) // 2
    names = f"{squeezed(found.first, half)} · {squeezed(found.second, half)}"
    if of:
        names = squeezed(found.second if of == found.first else found.first, _room(width) - 1)
    figures = (f"{said(figure(found, one), one):>{_WIDTHS[one]}}" for one in MEASURES)
    mark = " " if found.one_scale else "≠"
    return line(
        shown(f"{mark}{names:<{_room(width)}}", ACCENT), (f"{found.rows:>{_WIDTHS['rows']},}", DIM), *figures
    )


def heat_map(judges: Sequence[str], found: Sequence[Agreement], measure: str, width: int) -> list[Text]:
    """Return a square of shades and figures; the columns have the numbers of the lines."""
    by_pair = {(one.first, one.second): figure(one, measure) for one in found}
    fit = max(1, (width - 14) // _SLOT)
    columns = range(min(len(judges), fit))
    room = min(max(map(len, judges)) + 1, width - 5 - _SLOT * len(columns))
    lines = [line((f"{'':<{room + 4}}", DIM), *((f"{place + 1:>{_SLOT}}", DIM) for place in columns))]
    for number, name in enumerate(judges):
        text = line((f" {number + 1:>2} ", DIM), shown(f"{squeezed(name, room - 1):<{room}}", ACCENT))
        for other in columns:
            value = by_pair.get((name, judges[other]), by_pair.get((judges[other], name)))
            text = line(text, _cell(value, measure, name == judges[other]))
        lines.append(text)
    if fit < len(judges):
        lines.append(
            line((f" … {len(judges) - fit} more columns where there is more room; c lists all", DIM))
        )
    return lines


def _cell(value: float | None, measure: str, same: bool) -> tuple[str, Style]:
    if same or value is None:
        return f"{'·' if same else '–':>{_SLOT}}", DIM
    number = f"{100 * value:.0f}" if measure == "exact" else _short(value, 2)
    return f" {_shade(value)}{number:>{_SLOT - 2}}", STRONG if value >= 0.5 else PLAIN


class PairsSource:
    """One pair of judges a line."""

    def __init__(self, found: Sequence[Agreement]) -> None:
        self.found = found

    def __len__(self) -> int:
        return len(self.found)

    def line(self, index: int, width: int) -> Text:
        """Return one pair as a line."""
        return pair_line(self.found[index], width)

    @staticmethod
    def heading(width: int) -> Text:
        """Return the line above the pairs."""
        return table((), width)[0]


class JointPane(Lines):
    """How often two judges gave each pair of scores."""

    def __init__(self) -> None:
        super().__init__(id="joint", classes="pane")

    def show_joint(self, found: Agreement, counts: Joint) -> None:
        """Show a pair: the first judge's scores upwards, the second's to the right."""
        title = line(shown(squeezed(found.first, 24)), " ↑  ", shown(squeezed(found.second, 24)), " →")
        retitle(self, title, Text(f"{found.rows:,} rows have both"))
        self.flow(lambda width, height: _joint(found, counts, width, height))

    def show_nothing(self, text: str) -> None:
        """Say why there is no pair."""
        self.update([line(" ", shown(text, DIM))])


def _joint(found: Agreement, counts: Joint, width: int, height: int) -> list[Text]:
    if not counts.counts.size:
        return [line((" no row has a score of both", DIM))]
    most = max(1, int(counts.counts.max()))
    firsts, seconds = _labels(counts.first), _labels(counts.second)
    cells = max(7, min(9, (width - 8) // len(seconds)))
    fit = max(1, (width - 8) // cells)
    lines = []
    for place in reversed(range(len(firsts))):
        text = line((f"{firsts[place]:>7} ", DIM))
        for other, count in enumerate(counts.counts[place].tolist()[:fit]):
            equal = firsts[place] == seconds[other] and counts.first.exact and counts.second.exact
            style = KEEP if equal else PLAIN if count else DIM
            mark = "=" if equal else " "
            text = line(
                text,
                (
                    f" {mark}{_shade(count / most)}{brief(count) if count else '·':>{cells - 3}}"[-cells:],
                    style,
                ),
            )
        lines.append(text)
    lines.append(line((f"{'':>8}" + "".join(f"{label:>{cells}}" for label in seconds[:fit]), DIM)))
    if fit < len(seconds):
        lines.append(line((f" … {len(seconds) - fit} more columns where there is more room", WARN)))
    lines.append(Text())
    lines.append(line((" = rows to which both gave the same score", DIM)))
    lines += [
        across(
            line(f" {one:<9}", (_MEANINGS[one], DIM)),
            line((said(figure(found, one), one), STRONG), " "),
            width,
        )
        for one in MEASURES
    ]
    return lines


def _labels(shape: Histogram) -> list[str]:
    return [f"{value:,.4g}" if abs(value) < 1000 else brief(value) for value in shape.edges.tolist()]
