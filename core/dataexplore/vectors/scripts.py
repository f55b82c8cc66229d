"""Which scripts texts are written in, and whether an encoder was made for them."""

import math
from collections.abc import Sequence

import numpy as np
import polars as pl

from dataexplore.text import short
from dataexplore.vectors.encoder import LEXICAL, Encoder

_SAMPLE = 5_000
_HEAD = 400
"""Characters of a text that are looked at."""
_MUCH = 0.05
"""Scripts of fewer rows than this share are not worth a warning."""
_NAMES = (
    "Latin", "Han", "Hangul", "Cyrillic", "Arabic", "Devanagari", "Bengali", "Tamil", "Thai", "Greek",
    "Hebrew", "Armenian", "Georgian",
)  # fmt: skip
_SCRIPTS = {"Kana": r"[\p{Hiragana}\p{Katakana}]", **{name: rf"\p{{{name}}}" for name in _NAMES}}


def scripts(texts: pl.Series) -> dict[str, float]:
    """Return the share of rows by the script of most of their letters, the largest first, from a sample.

    Rows without a letter of a known script count for none.
    """
    sample = texts.gather_every(max(1, math.ceil(len(texts) / _SAMPLE))).str.slice(0, _HEAD)
    sample = sample.filter(sample.str.contains(r"\S"))
    if not len(sample):
        return {}
    letters = pl.DataFrame({name: sample.str.count_matches(one) for name, one in _SCRIPTS.items()}).to_numpy()
    most = letters.argmax(axis=1)[letters.any(axis=1)]
    shares = np.bincount(most, minlength=len(_SCRIPTS)) / len(sample)
    found = zip(_SCRIPTS, shares.tolist(), strict=True)
    return {name: share for name, share in sorted(found, key=lambda one: -one[1]) if share}


def vocabulary_of(script: str, tokens: Sequence[str]) -> int:
    """Return how many tokens have a letter of a script."""
    return int(pl.Series(tokens, dtype=pl.String).str.contains(_SCRIPTS[script]).sum())


def warning(encoder: Encoder, texts: pl.Series) -> str:
    """Return one sentence where over 5 % of rows are in scripts the encoder was not made for, else ""."""
    foreign = {name: share for name, share in scripts(texts).items() if not encoder.made_for(name)}
    if sum(foreign.values()) <= _MUCH:
        return ""
    shares = ", ".join(f"{share:.0%} {name}" for name, share in foreign.items() if share >= _MUCH / 10)
    return (
        f"{sum(foreign.values()):.0%} of the rows are in a script that the encoder {short(encoder.name)} was "
        f"not made for ({shares}), so their similarities mean little: take the encoder {LEXICAL}, or a "
        "multilingual model"
    )
