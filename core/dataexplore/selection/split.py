"""A validation set drawn by content: rows that repeat each other stay on one side, whatever their order."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dataexplore.dataset.dataset import Dataset
from dataexplore.duplicates.components import components
from dataexplore.duplicates.edges import normalised
from dataexplore.duplicates.groups import Groups
from dataexplore.errors import ExportError


@dataclass(frozen=True)
class Split:
    """What a person asked for."""

    share: float
    """Of the rows for validation, between 0 and 1; what is drawn comes near it."""
    seed: int = 0
    similar: float | None = None
    """From this similarity of prompts on rows stay together; None joins rows with the same prompt alone."""


def validation(
    dataset: Dataset, rows: NDArray[np.int64], split: Split, groups: Groups | None = None
) -> NDArray[np.bool_]:
    """Return which of `rows` are for validation; neither side is empty.

    A group goes by a hash of the seed and of its least key, so that rows stay on their side when the file is
    reordered, appended to or pruned. Raises ExportError when there is nothing to split.
    """
    if not 0 < split.share < 1:
        raise ExportError(f"the share for validation lies between 0 and 1; {split.share:g} does not")
    together = _together(dataset, groups)
    least = np.full(len(dataset), np.iinfo(np.uint64).max, np.uint64)
    np.minimum.at(least, together, dataset.keys)
    drawn = _mixed(least[together[rows]], split.seed)
    chosen: NDArray[np.bool_] = drawn < np.uint64(split.share * 2.0**64)
    if len(rows) == 0 or drawn.min() == drawn.max():
        raise ExportError("there is nothing to split: all rows repeat each other, or there is only one")
    if not chosen.any():
        chosen = drawn == drawn.min()
    elif chosen.all():
        chosen = drawn != drawn.max()
    return chosen


def _together(dataset: Dataset, groups: Groups | None) -> NDArray[np.int64]:
    """Return for each row the first row of those that it stays with."""
    hashes = np.empty(len(dataset), np.int64)
    for part in dataset.parts():
        pairs = zip(part.prompts.to_list(), part.responses.to_list(), strict=True)
        for row, (prompt, response) in enumerate(pairs, part.first):
            hashes[row] = hash(normalised(prompt) or normalised(response) or row)
    _, places, which = np.unique(hashes, return_index=True, return_inverse=True)
    first: NDArray[np.int64] = places[which].astype(np.int64)
    if groups is None:
        return first
    rows = np.arange(len(dataset))
    heads = groups.members[groups.starts[:-1]][groups.group_of_member]
    edges = np.concatenate([first, heads]), np.concatenate([rows, groups.members])
    return np.asarray(components(len(dataset), *edges), np.int64)


def _mixed(keys: NDArray[np.uint64], seed: int) -> NDArray[np.uint64]:
    """Return a number without pattern for each key (splitmix64, Steele et al. 2014)."""
    with np.errstate(over="ignore"):
        mixed = keys + np.uint64((seed + 1) * 0x9E3779B97F4A7C15 % 2**64)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return mixed ^ (mixed >> np.uint64(31))
