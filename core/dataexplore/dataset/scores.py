"""Scores that a file holds as text: which columns they are in, and the one rule by which they are read."""

import re

import polars as pl

_WORDS = frozenset(
    {"score", "scores", "rating", "ratings", "grade", "grades", "quality", "reward", "rewards", "stars"}
)
NUMBER = r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
"""A plain decimal number in ASCII digits."""


def is_score_name(name: str) -> bool:
    """Tell whether a field's name says that it holds a score: a word of it is score, rating, quality ..."""
    words = re.findall(r"[a-z]+", re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name).lower())
    return not _WORDS.isdisjoint(words)


def read_scores(column: pl.Series) -> pl.Series:
    """Return text as float64, null where it is no score.

    The rule: spaces around it apart, the text is a plain decimal number in ASCII digits (`5`, `-1`, `4.5`,
    `1e1`) and finite. `4.5/5`, `10/10`, `4,5`, `5 stars`, `inf`, true and lists are no scores: their scale
    or their meaning is not known.
    """
    bare = column.str.strip_chars(" \t\r\n")
    plain = bare.to_frame("text").select(
        pl.when(pl.col("text").str.contains(NUMBER)).then(pl.col("text").str.strip_prefix("+"))
    )
    numbers = plain.to_series().cast(pl.Float64, strict=False)
    finite = numbers.to_frame("number").select(pl.when(pl.col("number").is_finite()).then("number"))
    return finite.to_series().alias(column.name)


def scores_in(name: str, column: pl.Series) -> pl.Series | None:
    """Return the scores of a text column, None when its name or its values say that it holds none."""
    if column.dtype != pl.String or not is_score_name(name):
        return None
    scores = read_scores(column)
    return scores if scores.null_count() < len(scores) else None
