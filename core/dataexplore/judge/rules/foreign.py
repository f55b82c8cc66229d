"""Answers in another language than the prompt's, where the prompt does not speak of languages."""

from functools import cache

import polars as pl

from dataexplore.report.language_names import NAMES
from dataexplore.report.languages import CODE, SHORT, UNCLEAR, Identifier, identifier, row_languages

_NAMED = "|".join(sorted(set(NAMES.values()), key=len, reverse=True))
_ABOUT_LANGUAGE = (
    rf"(?i)\b(?:{_NAMED}|Mandarin|Bengali|languages?|translat\w*|bilingual|multilingual|transliterat\w*|accent|foreign"
    r"|tradu\w*|übersetz\w*|vertaal\w*|перев\w*|sprache|langue|idioma"
    r"|traduz\w*|överset\w*|oversæt\w*|oversett\w*|tłumacz\w*|przetłumacz\w*|přelož\w*|переклад\w*|çevir\w*|terjemah\w*"
    r"|μετάφρα\w*|anglais|englisch|ingl[eé]s|inglese|inglês|англий\w*)\b|ترجم|תרגם|अनुवाद|แปล|dịch"
    r"|翻译|翻譯|译[成为]|譯[成為]|英[文语語]|[中汉漢][文语語]|[法德日俄韩韓][文语語]|西班牙|语言|語言|翻訳|번역|영어"
)
_UNTOLD = (SHORT, CODE, UNCLEAR)
_SURE = frozenset(NAMES) - {"la"}
"""Latin is what lists of plants and of names look like."""
_SCRIPT = " script"
_MOSTLY = 0.6


def foreign(prompts: pl.Series, answers: pl.Series, teller: Identifier | None = None) -> pl.Series:
    """Return which answers are in another language than asked, as booleans; the slow check: 20 s for 52,000.

    Rows whose prompt or answer is too short, code or unclear are not among them.
    """
    teller = teller or _teller()
    candidates = (~prompts.str.contains(_ABOUT_LANGUAGE)).arg_true()
    asked, given = _languages(prompts[candidates], teller), _languages(answers[candidates], teller)
    differ = [
        place
        for place, one, other in zip(candidates.to_list(), asked, given, strict=True)
        if one != other and _tells(one) and _tells(other)
    ]
    found = [place for place in differ if _surely(prompts[place], answers[place], teller)]
    return pl.zeros(len(answers), dtype=pl.Boolean, eager=True).scatter(found, True)


@cache
def _teller() -> Identifier:
    """Return what tells languages; its model is read once."""
    return identifier()


def _languages(texts: pl.Series, teller: Identifier) -> list[str]:
    """Return the language of each text by itself."""
    nothing = pl.Series([""], dtype=pl.String).new_from_index(0, len(texts))
    return row_languages(nothing, texts, teller)


def _tells(label: str) -> bool:
    return label not in _UNTOLD and (label in _SURE or label.endswith(_SCRIPT))


def _surely(prompt: str, answer: str, teller: Identifier) -> bool:
    """Tell whether letters are others, or both halves of an answer are in one language.

    Short answers and lists of foreign names are taken for other languages that share the letters.
    """
    latin, letters = (
        pl.Series([prompt, answer]).str.count_matches(kind) for kind in (r"\p{Latin}", r"\p{L}")
    )
    if bool((latin / letters > _MOSTLY).n_unique() > 1):
        return True
    half = len(answer) // 2
    first, second = _languages(pl.Series([answer[:half], answer[half:]]), teller)
    return first == second and _tells(first)
