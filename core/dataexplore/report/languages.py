"""Which languages the rows are in, told from a sample of them."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dataexplore.report.prose import ENOUGH, prose

SHORT, CODE, UNCLEAR = "too short to tell", "code", "unclear"
_SURE = 0.5
"""Below this confidence the answer is a guess: lists of names, nonsense, several languages at once."""
_HEAD = 600
_SAME = {"wuu": "zh", "zxx": UNCLEAR}
"""Written Chinese with few function words is taken for Wu: 3 % of the Chinese Alpaca. zxx: no language."""

_SCRIPTS = {
    "Kana": r"[\p{Hiragana}\p{Katakana}]",  # before Han: Japanese has both
    **{
        name: rf"\p{{{name}}}"
        for name in ("Hangul", "Han", "Cyrillic", "Arabic", "Devanagari", "Greek", "Hebrew", "Thai", "Latin")
    },
}
_KANA_SHARE = 0.1


class Identifier(Protocol):
    """Names the language of a text that is long enough."""

    name: str

    def languages(self, texts: pl.Series) -> list[str]:
        """Return a code or a name for each text."""
        ...


@dataclass(frozen=True)
class Languages:
    """How many rows of a sample are in which language."""

    by: str
    """What told them."""
    sample: NDArray[np.int64] = field(repr=False)
    """The rows that were looked at."""
    labels: tuple[str, ...] = field(repr=False)
    """The language of each: a code such as en, or `too short to tell`, `code`, `unclear`."""

    @property
    def note(self) -> str:
        """What keeps the labels from being languages; empty when nothing does."""
        return (
            "" if self.by != _Scripts.name else "scripts alone: py3langid, which tells languages, is missing"
        )

    @property
    def counts(self) -> list[tuple[str, int]]:
        """The languages, the commonest first."""
        return Counter(self.labels).most_common()

    def rows(self, label: str) -> NDArray[np.int64]:
        """Return the rows of the sample that are in one language."""
        rows: NDArray[np.int64] = self.sample[np.array([one == label for one in self.labels], bool)]
        return rows


def sampled(rows: int, size: int, seed: int) -> NDArray[np.int64]:
    """Return the numbers of `size` rows, the same ones for the same seed, in order; 0 is all of them."""
    if not size or size >= rows:
        return np.arange(rows)
    chosen: NDArray[np.int64] = np.sort(np.random.default_rng(seed).choice(rows, size, replace=False))
    return chosen


def row_languages(prompts: pl.Series, responses: pl.Series, identifier: Identifier) -> list[str]:
    """Return each row's language: that of its response, or of both sides where that does not tell."""
    answers = prose(responses)
    both = prose(prompts.fill_null("").str.head(_HEAD) + "\n" + responses.fill_null(""))
    labels = _told(answers, identifier)
    unsure = [place for place, label in enumerate(labels) if label in (SHORT, UNCLEAR)]
    for place, label in zip(unsure, _told(both[unsure], identifier), strict=True):
        labels[place] = CODE if answers["code"][place] and label == SHORT else label
    return labels


def _told(texts: pl.DataFrame, identifier: Identifier) -> list[str]:
    enough = texts["letters"] >= ENOUGH
    names = iter(identifier.languages(texts.filter(enough)["prose"].str.head(_HEAD)))
    return [
        next(names) if tells else CODE if code else SHORT
        for tells, code in zip(enough, texts["code"], strict=True)
    ]


def identifier() -> Identifier:
    """Return what tells languages; without py3langid it tells scripts alone."""
    try:
        return _Langid()
    except ImportError:
        return _Scripts()


class _Langid:
    """A naive Bayes model over byte n-grams, 139 languages (Lui and Baldwin 2012, retrained)."""

    name = "py3langid"

    def __init__(self) -> None:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier

        self._model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

    def languages(self, texts: pl.Series) -> list[str]:
        """Return a code of ISO 639 for each text, or `unclear`."""
        found = (self._model.classify(text) for text in texts)
        return [_SAME.get(name, name) if sure >= _SURE else UNCLEAR for name, sure in found]


class _Scripts:
    """Tells by the letters alone: enough to find Chinese rows among English ones."""

    name = "scripts"

    def languages(self, texts: pl.Series) -> list[str]:
        """Return the script that most letters of a text are of."""
        counts = pl.DataFrame(
            {name: texts.str.count_matches(pattern) for name, pattern in _SCRIPTS.items()}
        ).to_numpy()
        if not len(counts):
            return []
        names = list(_SCRIPTS)
        most = counts.argmax(axis=1)
        japanese = counts[:, 0] > _KANA_SHARE * counts.sum(axis=1)
        none = counts.sum(axis=1) == 0
        return [
            UNCLEAR if empty else f"{'Kana' if kana else names[at]} script"
            for at, kana, empty in zip(most.tolist(), japanese.tolist(), none.tolist(), strict=True)
        ]
