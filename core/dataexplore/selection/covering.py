"""How well a subset covers the rows and what it is made of, beside random subsets and all rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from dataexplore.coverage.curve import Point, curve, sizes_up_to
from dataexplore.coverage.kcenter import k_center
from dataexplore.coverage.measure import Coverage, coverage, tallied
from dataexplore.coverage.mix import Numbers, numbers, shares
from dataexplore.coverage.tiles import with_vector
from dataexplore.coverage.versus import Versus, sentence
from dataexplore.dataset.dataset import Dataset
from dataexplore.errors import RuleError
from dataexplore.journal.ledger import Rows
from dataexplore.report.languages import Identifier, identifier, row_languages, sampled
from dataexplore.selection.rule import Knowledge

CATEGORIES = ("category", "source", "task", "task_type", "type", "topic", "domain")
"""Fields that are taken for a category where none is named."""
_MOST_VALUES = 100
_LANGUAGE_SAMPLE = 2_000
_PRODUCTS = 250_000_000
"""Rows times picks that k-center is compared for: some seconds on two cores."""
_OTHER_THAN_A_STEP = 1
"""Makes draws that no step of the same seed makes: a random subset is not compared with itself."""


@dataclass(frozen=True)
class Wanted:
    """What is looked at."""

    seeds: int = 5
    """Random subsets, of the seeds from `seed` on."""
    seed: int = 0
    k: int | None = None
    alike: float = 0.9
    """The cosine from which rows repeat each other."""
    signal: str | None = None
    column: str | None = None


@dataclass(frozen=True)
class Side:
    """One set of rows."""

    name: str
    coverage: Coverage
    tokens: int
    chars: Numbers
    """Of the responses."""
    score: Numbers | None
    """Of the signal; None without one."""
    categories: dict[str, float] | None
    """Share of each value of the column; None without one."""
    languages: dict[str, float]
    """Of a sample."""


@dataclass(frozen=True)
class Comparison:
    """A subset beside one random subset and all rows, and against several random ones."""

    subset: Side
    random: Side
    full: Side
    versus: tuple[Versus, ...]
    answer: str
    """Whether the subset is better than random, in one sentence."""
    curves: dict[str, list[Point]] = field(repr=False)
    """By size: of the subset and of random rows, both in random order, and of what k-center would pick."""
    clusters: int
    column: str | None


def compare(known: Knowledge, rows: Rows, wanted: Wanted) -> Comparison:
    """Measure a subset; raise RuleError when it is empty or everything, or a column or signal is lacking."""
    dataset = known.dataset
    if not 0 < len(rows) < len(dataset):
        which = "every row" if len(rows) else "no row"
        raise RuleError(f"{which} is in the subset, so there is nothing to compare; choose some rows first")
    if wanted.seeds < 1:
        raise RuleError("at least one random subset is needed to compare with")
    score = known.scores(wanted.signal) if wanted.signal else None
    categories = _categories(dataset, wanted.column)
    column = None if categories is None else categories.name
    vectors = known.vectors()
    clusters = known.clusters(wanted.k, 0)
    groups = known.groups(wanted.alike).group_of_row
    teller = identifier()

    def side(name: str, of: Rows, measured: Coverage) -> Side:
        return Side(
            name,
            measured,
            int(dataset.tokens[of].sum()),
            numbers(dataset.response_chars[of]),
            None if score is None else numbers(score[of]),
            None if categories is None else shares(categories[of].to_list()),
            shares(_languages(dataset, of, wanted.seed, teller)),
        )

    sizes = sizes_up_to(len(rows))
    drawn = [
        np.random.default_rng([wanted.seed, at, _OTHER_THAN_A_STEP]).permutation(len(dataset))[: len(rows)]
        for at in range(wanted.seeds)
    ]
    curves = {
        "subset": curve(vectors, np.random.default_rng(wanted.seed).permutation(rows), sizes, known.progress),
        "random": curve(vectors, drawn[0], sizes, known.progress),
    }
    if fitting := [size for size in sizes if size * len(dataset) <= _PRODUCTS]:
        most = min(fitting[-1], len(with_vector(vectors)))
        picked = k_center(vectors, most, wanted.seed, None, known.progress)
        curves["k-center"] = curve(vectors, picked, [size for size in fitting if size <= most])
    mine, first = (
        tallied(points[-1].radius, points[-1].mean, of, clusters.labels, groups)
        for points, of in ((curves["subset"], rows), (curves["random"], drawn[0]))
    )
    others = [first, *(coverage(vectors, of, clusters.labels, groups) for of in drawn[1:])]
    everything = np.arange(len(dataset))
    versus = _versus(mine, others)
    return Comparison(
        side("subset", rows, mine),
        side("random", drawn[0], first),
        side("full", everything, tallied(0.0, 0.0, everything, clusters.labels, groups)),
        versus,
        sentence(versus),
        curves,
        clusters.k,
        column,
    )


def _versus(mine: Coverage, others: Sequence[Coverage]) -> tuple[Versus, ...]:
    return (
        Versus("max-min distance", mine.radius, tuple(one.radius for one in others)),
        Versus("mean distance", mine.mean, tuple(one.mean for one in others)),
        Versus("clusters touched", mine.touched, tuple(one.touched for one in others), low_is_good=False),
        Versus("rows that repeat", mine.repeated, tuple(float(one.repeated) for one in others)),
    )


def _categories(dataset: Dataset, column: str | None) -> pl.Series | None:
    """Return the column of categories as text; raise RuleError when there is none of the name."""
    fields = dataset.table.fields
    if column is not None and column not in fields:
        raise RuleError(f"no field is called {column!r}; there are {', '.join(fields)}")
    for name in (column,) if column else CATEGORIES:
        if name in fields:
            values = dataset.table.column(name).cast(pl.String).fill_null("(none)")
            if column or values.n_unique() <= _MOST_VALUES:
                return values
    return None


def _languages(dataset: Dataset, rows: Rows, seed: int, teller: Identifier) -> list[str]:
    some = np.sort(rows)[sampled(len(rows), _LANGUAGE_SAMPLE, seed)]
    sides: list[tuple[pl.Series, pl.Series]] = []
    for part in dataset.parts():
        first, stop = np.searchsorted(some, [part.first, part.first + len(part.prompts)])
        here = some[first:stop] - part.first
        sides.append((part.prompts[here], part.responses[here]))
    prompts, responses = zip(*sides, strict=True)
    return row_languages(pl.concat(prompts), pl.concat(responses), teller)
