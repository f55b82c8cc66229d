"""Lets a filter be one condition on columns and nothing else: Polars SQL could read files and addresses."""

import re

import polars as pl

from dataexplore.errors import FilterError

_LONGEST = 4000
"""Characters; Polars overflows its stack on conditions of some ten thousand terms."""

_TEXT = re.compile(r"'(?:[^']|'')*'")
_QUOTED = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*\"""")
_FOREIGN = re.compile(
    r"""
    \bselect\b | \(\s*from\b         # a query inside the condition
    | \b(?:nq|[bernqx]|u&)''         # strings with other rules, whose end is not where it seems
    | -- | /\* | ; | [$`]            # comments, statements, other quotes
    """,
    re.IGNORECASE | re.VERBOSE,
)

_OVER_ROWS = re.compile(
    r"""
    \b(?:over | (?:array\w* | avg | corr | count | covar\w* | cum\w* | dense_rank | first\w* | lag | last\w*
    | lead | max | mean | median | min | mode | ntile | quantile\w* | rank | row_number | std\w* | string_agg
    | sum | var\w*)\s*\()
    """,
    re.IGNORECASE | re.VERBOSE,
)


def over_rows(sql: str) -> bool:
    """Tell whether a filter may compare rows with one another: such has to see all of them at once."""
    # A name in double quotes may be a function's, too.
    return bool(_OVER_ROWS.search(_TEXT.sub("''", sql).replace('"', "")))


def condition(sql: str) -> pl.Expr:
    """Return a filter as an expression; raise FilterError when it is more than a condition on columns."""
    if len(sql) > _LONGEST:
        raise FilterError(f"the filter has {len(sql):,} characters; at most {_LONGEST:,} are read")
    if not sql.strip():
        raise FilterError("the filter is empty; write a condition such as score >= 4.5")
    bare = _QUOTED.sub(lambda found: found[0][0] * 2, sql)
    if foreign := _FOREIGN.search(bare):
        raise FilterError(f"a filter is one condition on columns, without {foreign[0].rstrip(chr(39))!r}")
    if bare.count("'") % 2 or bare.count('"') % 2:
        raise FilterError(
            "a quote in the filter is not closed: 'text' in single, \"column\" in double quotes"
        )
    return pl.sql_expr(sql)
