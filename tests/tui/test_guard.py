"""The second net, by itself."""

from rich.segment import Segment
from textual.color import Color

from dataexplore_tui.widgets.guard import Guard


def test_a_control_character_that_slipped_through_becomes_a_mark_of_the_same_length() -> None:
    segments = [Segment("plain"), Segment("a\x1b[2Jb"), Segment("\u202ex")]
    kept, marked, bidi = Guard().apply(segments, Color(0, 0, 0))
    assert kept.text == "plain"
    assert marked.text == "a␛[2Jb"
    assert "\u202e" not in bidi.text
    assert len(bidi.text) == 2
