"""Character classes, as regular expressions, of what a person does not see in a text."""

CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{9f}]|\r(?:[^\n]|$)"
"""A carriage return before a line feed is text; alone it lets a line overwrite itself."""
INVISIBLE = (
    r"\x{00ad}\x{034f}\x{061c}\x{115f}\x{1160}\x{17b4}\x{17b5}\x{180b}-\x{180f}\x{200b}\x{200e}\x{200f}"
    r"\x{202a}-\x{202e}\x{2060}-\x{206f}\x{3164}\x{fdd0}-\x{fdef}\x{fe00}-\x{fe0d}\x{feff}\x{ffa0}"
    r"\x{fff0}-\x{fffb}\x{fffe}\x{ffff}\x{e0000}-\x{e0fff}\p{Co}"
)
"""Members of a class. Without joiners and emoji selectors, which ordinary text has."""
