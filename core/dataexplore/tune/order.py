"""Which rows an optimizer step takes: the seed and the step's number decide, so a resume needs no more."""

import random
from collections.abc import Sequence
from functools import lru_cache

from dataexplore.tune.plan import Encoded
from dataexplore.tune.settings import TuneSettings


def rows_of_step(rows: Sequence[Encoded], settings: TuneSettings, step: int) -> list[Encoded]:
    """Return the rows of a step (from 0): every epoch takes each row once, in an order of its own."""
    epoch, place = divmod(step, settings.steps_per_epoch(len(rows)))
    order = _shuffled(len(rows), settings.seed, epoch)
    return [rows[at] for at in order[place * settings.batch_rows : (place + 1) * settings.batch_rows]]


def step_seed(settings: TuneSettings, step: int, rank: int = 0) -> int:
    """Return the seed of a step's dropout: repeated or resumed, a step draws what it drew."""
    return random.Random(f"{settings.seed} {step} {rank}").getrandbits(63)  # noqa: S311 # no secret


@lru_cache(maxsize=2)
def _shuffled(count: int, seed: int, epoch: int) -> list[int]:
    order = list(range(count))
    random.Random(f"{seed} {epoch}").shuffle(order)  # noqa: S311 # no secret
    return order
