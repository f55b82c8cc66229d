"""Which rows are measured and not trained on; rows that ask the same stay on one side."""

import random
from collections.abc import Sequence

from dataexplore.errors import JobError


def held_out(asked: Sequence[str], wanted: float, seed: int) -> set[int]:
    """Return the places of rows to hold out, drawn by `seed`, given what each row asks.

    `wanted` is a share below 1 or a number of rows; where whole groups do not add up to it, a few fewer are
    taken. Raise JobError where nothing would be left to train on, or nothing to measure.
    """
    count = round(wanted * len(asked)) if wanted < 1 else int(wanted)
    if not wanted or not asked:
        return set()
    groups: dict[str, list[int]] = {}
    for place, text in enumerate(asked):
        groups.setdefault(text, []).append(place)
    order = list(groups.values())
    random.Random(f"{seed} held out").shuffle(order)  # noqa: S311 # no secret
    taken: set[int] = set()
    for group in order:
        if len(taken) + len(group) <= count and len(taken) + len(group) < len(asked):
            taken.update(group)
    if not taken:
        raise JobError(
            f"held_out: of {len(asked):,} rows none can be held out; take more rows or leave it out"
        )
    if count >= len(asked):
        raise JobError(f"held_out: {count:,} of {len(asked):,} rows leaves none to train on; hold out fewer")
    return taken
