"""What the verbs that compare rows share: which text, by which encoder, and what was taken away from it."""

from argparse import ArgumentParser
from typing import Any

from dataexplore.text import short
from dataexplore.vectors.encoder import STATIC
from dataexplore.vectors.texts import Texts
from dataexplore_tui.cli.output import plural, say

_SHOWN = 5


def add_encoding(parser: ArgumentParser) -> None:
    """Add the choice of the encoder and of the text that it sees."""
    parser.add_argument(
        "--encoder",
        metavar="E",
        default=STATIC,
        help="static, lexical (any script), or a sentence-transformers folder or hub id (static)",
    )
    parser.add_argument(
        "--field",
        metavar="F",
        default="prompt",
        help="prompt, response, both, first or last (turn of the user), or turn:N (prompt)",
    )
    parser.add_argument(
        "--keep-shared",
        action="store_true",
        help="compare the whole text, with what many rows begin or end with",
    )


def say_shared(texts: Texts) -> None:
    """Say on stderr what was taken away before rows were compared."""
    if texts.system:
        say(f"{texts.system:.0%} of the rows have a system message: not compared")
    for one in texts.shared[:_SHOWN]:
        place = "end" if one.at_end else "begin"
        say(f"{plural(one.rows, 'row')} {place} with {short(one.text.strip(), 60)!r}: not compared")
    if len(texts.shared) > _SHOWN:
        say(f"and {len(texts.shared) - _SHOWN} more texts that many rows share; --json lists them")


def shared_found(texts: Texts) -> list[dict[str, Any]]:
    """Return the same for programs."""
    return [
        {"text": one.text, "place": "end" if one.at_end else "beginning", "rows": one.rows}
        for one in texts.shared
    ]
