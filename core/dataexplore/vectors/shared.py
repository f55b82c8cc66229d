"""Text that many rows begin or end with: it says nothing about a row, and makes all of them look alike."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

SHARE = 0.05
LEAST = 20
"""Text is shared when this share of the rows, and this many, begin or end with it."""
_SAMPLE = 20_000
"""Shared text is looked for in so many rows, and counted in all."""
_CLOSE = 0.8
"""A sample may show a little less of it than there is."""
_ROUNDS = 8
"""Lines or sentences of one preamble."""
_LONGEST = 2000
_LETTERS = 5
"""With fewer it is a mark such as `1. ` or a bracket, which drowns nothing."""

# A line with the blank lines after it; else a sentence, which needs no blank after it in Chinese.
_LETTER = re.compile(r"[^\W\d_]")
_FIRST = (r"^([^\n]*\n\s*)", r"^([^\n]*?(?:[.!?:]\s+|[。！？：]\s*))")
_LAST = (r"(\n\s*[^\n]*)$", r"(?:[.!?:]|[。！？：])(\s*[^\n.!?:。！？：]+[.!?:。！？：]*)$")


@dataclass(frozen=True)
class Shared:
    """A text that many rows begin or end with."""

    text: str
    at_end: bool
    rows: int
    """Rows from which it is taken away; one that begins with a longer one counts there."""


def stripped(texts: pl.Series) -> tuple[pl.Series, tuple[Shared, ...]]:
    """Return the texts without what many of them share, and what that is, the most common first.

    A row of which nothing would be left keeps its text.
    """
    sample = texts.gather_every(max(1, math.ceil(len(texts) / _SAMPLE))) if len(texts) else texts
    found: list[Shared] = []
    for at_end, patterns in ((False, _FIRST), (True, _LAST)):
        names = _candidates(sample.str.strip_chars(), patterns, at_end)
        texts, here = _without(texts, names, at_end)
        if here:
            sample, _ = _without(sample, [one.text for one in here], at_end)
        found += here
    return texts, tuple(sorted(found, key=lambda one: -one.rows))


def enough(rows: int) -> int:
    """Return how many of `rows` make a text shared."""
    return max(LEAST, math.ceil(SHARE * rows))


def _candidates(sample: pl.Series, patterns: Sequence[str], at_end: bool) -> list[str]:
    """Return what may be shared: each line or sentence that is, and all that follow one another."""
    least = max(2, math.floor(_CLOSE * max(SHARE * len(sample), min(LEAST, len(sample)))))
    rest = pl.DataFrame({"so_far": pl.Series([""] * len(sample), dtype=pl.String), "text": sample})
    found: list[str] = []
    for _ in range(_ROUNDS):
        taken = rest.with_columns(piece=pl.lit(None, pl.String))
        for pattern in patterns:
            piece = pl.col("text").str.extract(pattern)
            common = (piece.str.len_chars() <= _LONGEST) & (pl.len().over("so_far", piece) >= least)
            taken = taken.with_columns(piece=pl.coalesce("piece", pl.when(common).then(piece)))
        taken = taken.filter(pl.col("piece").is_not_null())
        if not len(taken):
            break
        both = ("piece", "so_far") if at_end else ("so_far", "piece")
        length = pl.col("piece").str.len_chars()
        text = pl.col("text")
        rest = taken.select(
            so_far=pl.concat_str(both),
            text=text.str.slice(0, text.str.len_chars() - length) if at_end else text.str.slice(length),
        ).filter(pl.col("text").str.contains(r"\S"))
        found += rest["so_far"].unique(maintain_order=True).to_list()
    return [name for name in found if len(_LETTER.findall(name)) >= _LETTERS]


def _without(texts: pl.Series, names: Sequence[str], at_end: bool) -> tuple[pl.Series, list[Shared]]:
    """Take the longest of `names` from each text, of those that enough rows have."""
    if not names:
        return texts, []
    trimmed = pl.DataFrame({"text": texts.str.strip_chars()})
    text = pl.col("text")

    def has(name: str) -> pl.Expr:
        cut = text.str.strip_suffix(name) if at_end else text.str.strip_prefix(name)
        return (text.str.ends_with(name) if at_end else text.str.starts_with(name)) & cut.str.contains(r"\S")

    counts = trimmed.select(has(name).sum().alias(str(at)) for at, name in enumerate(names)).row(0)
    least = enough(len(texts) - int((trimmed["text"] == "").sum()))
    kept = [name for name, count in zip(names, counts, strict=True) if count >= least]
    if not kept:
        return texts, []
    longest = sorted(kept, key=len, reverse=True)
    which = pl.coalesce([pl.when(has(name)).then(at) for at, name in enumerate(longest)])
    cut = pl.coalesce(
        [
            pl.when(pl.col("which") == at).then(
                text.str.strip_suffix(name) if at_end else text.str.strip_prefix(name)
            )
            for at, name in enumerate(longest)
        ]
    )
    frame = trimmed.with_columns(which=which, whole=texts).with_columns(left=cut)
    left = frame.select(pl.coalesce("left", "whole")).to_series().alias(texts.name)
    taken = dict(frame["which"].drop_nulls().value_counts().iter_rows())
    return left, [Shared(name, at_end, taken[at]) for at, name in enumerate(longest) if at in taken]
