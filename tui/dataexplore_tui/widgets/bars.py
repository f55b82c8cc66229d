"""Bars, sparklines and number formats made of characters."""

from collections.abc import Sequence
from itertools import pairwise

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_WIDTHS = " ▏▎▍▌▋▊▉█"
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


def column(share: float, height: int) -> list[str]:
    """Return a vertical bar from top to bottom; what is not nothing shows at least an eighth."""
    eighths = round(share * height * 8)
    if share > 0:
        eighths = max(1, eighths)
    return [_EIGHTHS[max(0, min(8, eighths - 8 * level))] for level in reversed(range(height))]


def bar(share: float, width: int) -> str:
    """Return a horizontal bar, padded to `width`."""
    eighths = round(max(0.0, min(1.0, share)) * width * 8)
    if share > 0:
        eighths = max(1, eighths)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_WIDTHS[rest] if rest else "")).ljust(width)[:width]


def chart(points: Sequence[float], width: int, height: int) -> list[str]:
    """Return values as a line of braille dots, two columns and four rows to a character.

    Where there are more values than columns, each column is their mean.
    """
    columns, rows = 2 * max(1, width), 4 * max(1, height)
    if not points:
        return [" " * width] * height
    count = min(columns, len(points))
    cuts = [len(points) * place // count for place in range(count + 1)]
    means = [sum(points[a:b]) / (b - a) for a, b in pairwise(cuts)]
    low, high = min(means), max(means)
    span = (high - low) or 1.0
    level = [round((high - mean) / span * (rows - 1)) for mean in means]
    cells = [[0] * width for _ in range(height)]
    for x, y in enumerate(level):
        top, bottom = sorted((y, level[x - 1] if x else y))
        for dot in range(top, bottom + 1):
            cells[dot // 4][x // 2] |= _DOTS[dot % 4][x % 2]
    return ["".join(chr(0x2800 + cell) if cell else " " for cell in line) for line in cells]


def share(part: int, whole: int) -> str:
    """Return a percentage with one decimal."""
    return f"{100 * part / whole:.1f} %" if whole else "–"


def brief(number: float) -> str:
    """Return a number in three digits: 950, 12.3k, 1.31M."""
    if number < 1000:
        return f"{number:.0f}"
    for unit, size in (("k", 1e3), ("M", 1e6), ("B", 1e9)):
        if number < 999.5 * size:
            value = number / size
            return (
                f"{value:.2f}{unit}"
                if value < 10
                else f"{value:.1f}{unit}"
                if value < 100
                else f"{value:.0f}{unit}"
            )
    return f"{number / 1e12:.2f}T"
