"""Prompts to compare two models on: those of a file, or rows that neither was tuned on."""

from collections.abc import Sequence

import numpy as np

from dataexplore.compare.prompt import Prompt
from dataexplore.compare.trained import Leak, Trained
from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.roles import ASSISTANT
from dataexplore.errors import InputRefusedError
from dataexplore.judge.wanted import said_in

_MORE = 64
"""Rows that are looked at beyond those still missing, as some turn out to be trained on."""


def prompts_of(dataset: Dataset, rows: Sequence[int]) -> list[Prompt]:
    """Return the prompts of rows; a row in which nothing is asked has none.

    The reference is the row's last answer, or its field `reference`; the test set is its field `set`.
    """
    found = (_prompt(dataset, row) for row in rows)
    return [prompt for prompt in found if prompt.text.strip()]


def _prompt(dataset: Dataset, row: int) -> Prompt:
    said, record = said_in(dataset, row), dataset.record(row)
    answers = [place for place, (role, _) in enumerate(said) if role == ASSISTANT]
    end = answers[-1] if answers else len(said)
    reference = said[end][1] if answers else record.get("reference")
    of = record.get("set")
    return Prompt(
        said[:end],
        reference if isinstance(reference, str) and reference.strip() else "",
        of if isinstance(of, str) else "",
    )


def held_out(
    dataset: Dataset, trained: Trained, count: int, seed: int = 0
) -> tuple[list[Prompt], list[Leak]]:
    """Draw so many different prompts of rows that nobody was tuned on.

    What is like a row that was trained on, without being it, comes back as a leak. Raises InputRefusedError
    where there is no row left.
    """
    order = np.random.default_rng(seed).permutation(len(dataset)).tolist()
    kept: dict[str, Prompt] = {}
    leaks: list[Leak] = []
    at = 0
    while len(kept) < count and at < len(order):
        some = order[at : at + count - len(kept) + _MORE]
        at += len(some)
        fit, unfit = trained.apart([one for one in prompts_of(dataset, some) if one.key not in kept])
        leaks += [leak for leak in unfit if leak.kind != "exact"]
        for one in fit:
            if len(kept) < count:
                kept[one.key] = one
    if not kept:
        raise InputRefusedError(
            f"{dataset.path.name}: the runs were tuned on every prompt of it; name others with --prompts"
        )
    return list(kept.values()), leaks
