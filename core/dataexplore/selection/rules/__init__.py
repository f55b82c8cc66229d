"""The rules there are, each a frozen dataclass that says itself in a recipe."""

from typing import Any

from dataexplore.selection.rules.cluster import Cluster
from dataexplore.selection.rules.cover import Facility, KCenter, Spread
from dataexplore.selection.rules.duplicates import Duplicates
from dataexplore.selection.rules.hand import ByHand
from dataexplore.selection.rules.language import Language
from dataexplore.selection.rules.listed import Listed
from dataexplore.selection.rules.only import Only
from dataexplore.selection.rules.quota import Quota, Stratified
from dataexplore.selection.rules.score import Threshold, Top
from dataexplore.selection.rules.semdedup import SemDeDup
from dataexplore.selection.rules.size import Longest, Random
from dataexplore.selection.rules.text import Length, Regex

__all__ = [
    "KINDS",
    "ByHand",
    "Cluster",
    "Duplicates",
    "Facility",
    "KCenter",
    "Language",
    "Length",
    "Listed",
    "Longest",
    "Only",
    "Quota",
    "Random",
    "Regex",
    "SemDeDup",
    "Spread",
    "Stratified",
    "Threshold",
    "Top",
]

KINDS: dict[str, Any] = {
    rule.kind: rule
    for rule in (
        Threshold,
        Only,
        Duplicates,
        Cluster,
        Random,
        Longest,
        Top,
        ByHand,
        Quota,
        Stratified,
        KCenter,
        Facility,
        Spread,
        SemDeDup,
        Length,
        Regex,
        Language,
        Listed,
    )
}
"""By what a recipe calls them."""
