"""A comparison with random rows in full: coverage by size, languages, categories, lengths, scores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from dataexplore_tui.widgets.bars import bar
from dataexplore_tui.widgets.ink import ACCENT, DIM, STRONG, line, shown

if TYPE_CHECKING:
    from dataexplore.coverage.mix import Numbers
    from dataexplore.selection.covering import Comparison, Side

_FEW = 6
_BAR = 12


def coverage_lines(found: Comparison) -> list[Text]:
    """Return the comparison as lines of an overlay."""
    lines = [line(("distance of the row that is farthest from the first rows, by their number", STRONG))]
    lines += [*_curve(found), Text()]
    for one in found.versus:
        drawn = f"{min(one.random):,.3g} to {max(one.random):,.3g}"
        words = f"{one.measure:<18} {one.subset:<7,.3g} against {drawn} at random"
        lines.append(line(words, (f"  {one.verdict}", ACCENT)))
    lines += [Text(), *_spread("characters of answers", [side.chars for side in _sides(found)])]
    if found.subset.score is not None:
        scores = [side.score for side in _sides(found) if side.score is not None]
        lines += [Text(), *_spread("score", scores)]
    lines += [Text(), *_mix("language, of a sample", [side.languages for side in _sides(found)])]
    if found.column is not None:
        lines += [Text(), *_mix(found.column, [side.categories or {} for side in _sides(found)])]
    return lines


_TITLES = {"subset": "left"}
_NAMES = ("left", "random", "full")


def _sides(found: Comparison) -> tuple[Side, Side, Side]:
    return found.subset, found.random, found.full


def _curve(found: Comparison) -> Iterator[Text]:
    names = list(found.curves)
    by_size = {name: {point.size: point.radius for point in points} for name, points in found.curves.items()}
    yield line((f"{'rows':>9}  ", DIM), *((f"{_TITLES.get(name, name):<{_BAR + 8}}", DIM) for name in names))
    for point in found.curves["subset"]:
        text = line(f"{point.size:>9,}  ")
        for name in names:
            radius = by_size[name].get(point.size)
            drawn = "" if radius is None else f"{radius:.3f} {bar(radius, _BAR)}"
            text = line(text, (f"{drawn:<{_BAR + 8}}", ACCENT))
        yield text
    yield line(("left and random: in random order; k-center: what it would pick of all rows", DIM))


def _spread(name: str, sides: list[Numbers]) -> Iterator[Text]:
    yield line((name, STRONG))
    yield line(
        (f"  {'':<8}{'rows':>9}{'mean':>10}{'lowest 10th':>13}{'median':>10}{'highest 10th':>14}", DIM)
    )
    for side, one in zip(_NAMES, sides, strict=False):
        figures = f"{one.rows:>9,}{one.mean:>10,.4g}{one.low:>13,.4g}{one.median:>10,.4g}{one.high:>14,.4g}"
        yield line((f"  {side:<8}", DIM), figures)


def _mix(name: str, mixes: list[dict[str, float]]) -> Iterator[Text]:
    from dataexplore.coverage.mix import apart

    yield line(shown(name, STRONG))
    full = mixes[-1]
    for side, mix in zip(_NAMES, mixes, strict=True):
        text = line((f"  {side:<8}", DIM))
        for label, share in list(mix.items())[:_FEW]:
            text = line(text, shown(label[:20]), (f" {share:.1%}  ", DIM))
        if len(mix) > _FEW:
            text = line(text, (f"{len(mix) - _FEW:,} more  ", DIM))
        yield text if mix is full else line(text, (f"apart from full {apart(mix, full):.1%}", ACCENT))
