"""What of a text is language: without code, markup and addresses."""

import polars as pl

READ = 2000
"""Characters of a text that are looked at."""
ENOUGH = 20
"""Letters that tell a language; an ideograph or a syllable counts as three."""

_FENCED = r"(?s)```.*?(?:```|$)|~~~.*?(?:~~~|$)|(?m)^(?: {4}|\t).*$"
_MARKUP = (
    r"`[^`\n]*`|</?[A-Za-z][^<>\n]{0,300}>|\b[a-z]{2,8}://\S+|\\[A-Za-z]+|&[a-z]{2,8};|\$[^$\n]{1,200}\$"
)
_CODE_LINE = (
    r"(?m)^\s*(?:(?:def|class|function|func|fn|public|private|static|const|let|var|import|package|using|namespace"
    r"|return|elif|else|try|except|catch|struct|void|int|double|float|char|bool|String)\b[^.?!]*[:;{}()=]"
    r"|from \S+ import |#include\b|#!/|@\w+$|//|/\*|\*/|(?:if|for|while|switch)\b.*[:{]\s*$|print\w*\("
    r"|(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE|WHERE|FROM|JOIN|GROUP BY|ORDER BY)\b"
    r"|[\w.\[\]]+ ?[-+*/]?= ?\S.*|[A-Za-z_][A-Za-z_0-9.]*\(.*\);?$|\}.*$"
    r"|.*[{]\s*$|.*[)\]\"'];\s*$|[\w-]+: ?[^;]+;$|<!"
    r"|</?(?:html|head|body|title|meta|link|script|style|div|span|p|h\d|table|t[rdh]|[uo]l|li|form|input|img|svg)\b"
    r").*$"
)
_DENSE = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]"


def prose(texts: pl.Series) -> pl.DataFrame:
    """Return for each text its `prose`, how many `letters` that has, and whether some of it was `code`."""
    text = pl.col("text")
    return (
        texts.alias("text")
        .to_frame()
        .with_columns(text.fill_null("").str.head(READ))
        .with_columns(bare=text.str.replace_all(_FENCED, " ").str.replace_all(_CODE_LINE, " "))
        .with_columns(
            code=pl.col("bare").str.len_chars() < text.str.len_chars() * 0.7,
            prose=pl.col("bare").str.replace_all(_MARKUP, " ").str.replace_all(r"\s+", " ").str.strip_chars(),
        )
        .with_columns(
            letters=pl.col("prose").str.count_matches(r"\p{L}").cast(pl.Int64)
            + 2 * pl.col("prose").str.count_matches(_DENSE).cast(pl.Int64)
        )
        .select("prose", "letters", "code")
    )
