"""Answers that stop before they are done: in the middle of a sentence, a word or a block of code."""

import polars as pl

_CLOSED = r"""[.!?…。！？．；;:：*_|~"'”’»」』）)\]}>`/\p{Extended_Pictographic}]$"""
"""What a finished text may end with; whatever ends so is held finished, unless a block of code is open."""
_CODE = (
    r"(?m)^\s*(?:def |class |import |from \w+ import|#include|function\b|public |private |return\b"
    r"|for\b.*[{:]$|if\b.*[{:]$|while\b.*[{:]$|else\b.*[{:]$|print\b"
    r"|(?:var|let|const) |SELECT |INSERT |<\w+|//|\}|end\b)"
    r"|[{};]\s*$"
)
_ITEM = r"^\s*(?:[-*•–+#>|]|\(?\p{L}[.)]\s|\(?\d{1,3}[.):]|\p{Lu}[\w ]{0,30}:)"
_NEVER_LAST = (
    r"(?:the|an|and|or|nor|is|are|was|were|has|its|their|whose|because|although|unless|than|per|via"
    r"|(?:equal|according|due|prior|lead|leads|related|similar|number|lot|variety|range|from \S+|between \S+"
    r"|such|as well|known|as many|as much) (?:to|of|as|with|and)"
    r"|(?:and|but|because|when|that|if|while|so|or) (?:I|it|he|she|we|they|you)"
    r"|(?:of|in|on|at|for|with|from|to|by|as|into|and|or|is|are|was|be) a"
    r"|(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"(?: \d{1,2},?)? (?:19|20)|(?:in|since|until|by|(?:19|20)\d\d[,s]?(?:-| to | and | or |–)) ?(?:19|20)"
    r"|.*[^\s\d](?: |-)\$)"
)
"""Words that no English sentence ends with, and numbers that were cut off: "in 20", "and $"."""
_CUT_WORD = rf"(?:^|[\s(,–-]){_NEVER_LAST}$"
_MORE = r"[^.!?#@=\"“]*\s"
_SENTENCE_BEFORE = (
    r"(?:\p{Ll}{3,}|°\p{L})[\d)\]%]*[.!?][\"'”’)]? +[\"“'(]?(?:\p{Lu}|\d)"
    rf"{_MORE}{_MORE}{_MORE}(?:\p{{Ll}}[\p{{L}}'’-]*,?|I)$"
    r"|[\p{Han}\p{Hiragana}\p{Katakana}][。！？][^。！？]{4,}[\p{Han}\p{Hiragana}\p{Katakana}，、]$"
)
"""A last line in which a sentence has ended and another, of four words or more, has not."""
_STRANDED = r"[.!?]\s*\n[^\n]+\s(?:of|to|with|in|on|at|for|from|by)$"
"""A line may end so ("to connect with"), but not behind one that ends with a full stop."""


def truncated(answers: pl.Series) -> pl.Series:
    """Return which answers stop before they are done, as booleans.

    Sure signs alone count: most answers that were cut inside a list of words, or between sentences, pass.
    """
    text = answers.fill_null("").str.strip_chars_end()
    open_block = text.str.count_matches("```", literal=True) % 2 == 1
    maybe = (~text.str.contains(_CLOSED) & (text.str.len_chars() >= _SHORTEST)).arg_true()
    few = text[maybe].alias("text").to_frame().with_columns(last=pl.col("text").str.extract(r"([^\n]*)$"))
    code = pl.col("text").str.contains(_CODE)
    item = pl.col("last").str.contains(_ITEM)
    last = pl.col("last")
    cut = few.select(
        cut=~code
        & (
            last.str.contains(_CUT_WORD)
            | pl.col("text").str.contains(_STRANDED)
            | (~item & last.str.contains(_SENTENCE_BEFORE))
        )
    )["cut"]
    found = pl.zeros(len(text), dtype=pl.Boolean, eager=True).scatter(maybe.filter(cut), True)
    return open_block | found


_SHORTEST = 20
"""Characters: a shorter answer is a word or a name, and needs no full stop."""
