"""The second net: whatever control character slipped through is replaced before it reaches the terminal."""

import re

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from dataexplore.text import visible

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Guard(LineFilter):
    """Every line of every widget passes here last."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with unsafe characters as marks, as many characters as before."""
        return [
            Segment(visible(segment.text)[: len(segment.text)], segment.style)
            if segment.control is None and _UNSAFE.search(segment.text)
            else segment
            for segment in segments
        ]
