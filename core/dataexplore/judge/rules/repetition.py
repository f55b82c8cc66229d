"""Answers that say the same again and again, by the share of word sequences and lines that are repeats."""

import polars as pl

from dataexplore.report.prose import prose

_WORDS = 5
"""Words of a sequence: shorter ones repeat in any text."""
_ENOUGH = 30
"""Words of a text below which repeats say little."""
_MOST_WORDS = 4000
"""Words of a text that are looked at."""
_SEQUENCES = 0.45
"""Share of repeated sequences from which on a text is repetitive; songs with a chorus have up to 0.35."""
_LINES = 0.5
"""The same of lines, where there are at least four that say something."""
_FEWEST_LINES = 4
_LINE = r"^.*\p{L}.{18,}$"
"""Lines of less are cells of tables, brackets and options."""
_WORD = r"[\p{Han}\p{Hiragana}\p{Katakana}]|[\p{L}\p{M}--\p{Han}\p{Hiragana}\p{Katakana}]{2,}|\p{N}+"
"""In scripts without spaces each character is a word; single letters are notes, variables and options."""


def repeated_sequences(texts: pl.Series) -> pl.Series:
    """Return of each text the share of its five-word sequences that stood in it before; 0 for short texts."""
    words = texts.fill_null("").str.to_lowercase().str.extract_all(_WORD).list.head(_MOST_WORDS)
    long = (words.list.len() >= _ENOUGH).arg_true()
    flat = pl.DataFrame({"row": long, "word": words[long]}).explode("word")
    parts = [pl.col("word").hash(step).shift(-step).over("row") for step in range(_WORDS)]
    return _repeated(flat.with_columns(of=pl.sum_horizontal(parts, ignore_nulls=False)), len(texts))


def repeated_lines(texts: pl.Series) -> pl.Series:
    """Return of each text the share of its lines that stood in it before; 0 for texts of few lines."""
    lines = texts.fill_null("").str.split("\n")
    long = (lines.list.len() >= _FEWEST_LINES).arg_true()
    flat = pl.DataFrame({"row": long, "line": lines[long]}).explode("line")
    said = flat.with_columns(of=pl.col("line").str.strip_chars().str.to_lowercase())
    said = said.filter(pl.col("of").str.contains(_LINE))
    said = said.filter(pl.len().over("row") >= _FEWEST_LINES)
    return _repeated(said, len(texts))


def repetitive(texts: pl.Series) -> pl.Series:
    """Return which texts repeat themselves, as booleans; code, markup and tables may."""
    hits = ((repeated_sequences(texts) >= _SEQUENCES) | (repeated_lines(texts) >= _LINES)).arg_true()
    language = hits.filter(~prose(texts[hits])["code"])
    return pl.zeros(len(texts), dtype=pl.Boolean, eager=True).scatter(language, True)


def _repeated(flat: pl.DataFrame, rows: int) -> pl.Series:
    """Return 1 - different / all of what stands in `of`, by row."""
    counted = (
        flat.drop_nulls("of")
        .group_by("row")
        .agg(share=1 - pl.col("of").n_unique() / pl.len())
        .with_columns(pl.col("row").cast(pl.Int64))
    )
    return pl.zeros(rows, dtype=pl.Float64, eager=True).scatter(counted["row"], counted["share"])
