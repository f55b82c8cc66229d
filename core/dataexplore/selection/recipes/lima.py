"""LIMA: a thousand rows by hand (Zhou et al. 2023, arXiv 2305.11206). There is no rule for that.

750 of its rows came from forums, by quality and variety, and 250 were written. What can be automated is the
sieve before the reading: answers of 1,200 to 4,096 characters that do not point at other answers (the paper's
own filters for forums), no near-duplicates, and some of every cluster.
"""

from dataexplore.clusters.kmeans import default_k
from dataexplore.selection.recipes.shipped import About, Asked, Planned, Shipped, signals_for
from dataexplore.selection.rule import Rule
from dataexplore.selection.rules import Duplicates, Length, Quota, Regex

_SIZE = 1000
_LEAST, _MOST = 1200, 4096
_ALIKE = 0.9
_ELSEWHERE = (
    r"(?i)\b(?:other answers?|as (?:already )?mentioned (?:above|before)|see above|stack ?exchange)\b"
)


def _steps(asked: Asked, about: About) -> list[Planned]:
    signal = signals_for("lima", asked, about)[0] if asked.signals else None
    size = asked.size or _SIZE
    k = asked.k or default_k(about.rows)
    pruned = Duplicates(_ALIKE if asked.threshold is None else asked.threshold, "longest")
    order = "best" if signal else "longest"
    quota: Rule = Quota(size, order, signal, None, k, asked.seed, most=size)
    return [
        Planned(Length(_LEAST, _MOST), "1,200 to 4,096 characters, of forum answers"),
        Planned(Regex("response", _ELSEWHERE), "no answers that point at others"),
        Planned(pruned),
        Planned(quota, "1,000 by hand: 750 from forums, 250 written"),
    ]


LIMA = Shipped(
    name="lima",
    line="a shortlist for choosing by hand: long enough, no repeats, some of every cluster (1,000)",
    source="arXiv 2305.11206",
    settings=("size", "threshold", "k"),
    limits="LIMA was chosen and written by hand: what is left here is a shortlist. Read it, keep what is "
    "careful and in one style, and write what is lacking.",
    steps=_steps,
)
