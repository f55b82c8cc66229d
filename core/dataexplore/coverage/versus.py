"""Whether a subset is better than random ones of its size, said with the numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Verdict = Literal["better", "worse", "no different"]

_STUDENT = (12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
"""97.5 % of Student's distribution is below these, of 1, 2, 3 ... degrees of freedom."""


@dataclass(frozen=True)
class Versus:
    """One measure of a subset, and the same of random subsets."""

    measure: str
    subset: float
    random: tuple[float, ...]
    """One value per seed."""
    low_is_good: bool = True

    @property
    def mean(self) -> float:
        """Mean over the seeds."""
        return float(np.mean(self.random))

    @property
    def spread(self) -> float:
        """Standard deviation over the seeds; 0 of one."""
        return float(np.std(self.random, ddof=1)) if len(self.random) > 1 else 0.0

    @property
    def reach(self) -> float:
        """How far from the mean 19 of 20 further random subsets would be; infinite after one draw."""
        draws = len(self.random)
        if draws < 2:
            return math.inf
        student = _STUDENT[min(draws - 1, len(_STUDENT)) - 1]
        return student * self.spread * math.sqrt(1 + 1 / draws)

    @property
    def verdict(self) -> Verdict:
        """Better or worse only when hardly any random subset would be so."""
        if abs(self.subset - self.mean) <= self.reach:
            return "no different"
        return "better" if (self.subset < self.mean) == self.low_is_good else "worse"

    @property
    def words(self) -> str:
        """The measure with its numbers."""
        beside = f"{_short(self.mean)} ± {_short(self.spread)}"
        return f"{self.measure} {_short(self.subset)} against {beside}"


def sentence(found: Sequence[Versus]) -> str:
    """Answer in one sentence whether the subset is better than random ones of its size."""
    seeds = len(found[0].random) if found else 0
    sides = {
        side: "; ".join(one.words for one in found if one.verdict == side)
        for side in ("better", "worse", "no different")
    }
    told = [f"{side} by {words}" for side, words in sides.items() if words]
    better, worse = bool(sides["better"]), bool(sides["worse"])
    answer = {(True, False): "Yes", (False, True): "No, worse", (False, False): "No"}
    many = f"all of {seeds} random subsets" if seeds > 1 else "one random subset, which tells little,"
    start = answer.get((better, worse), "In part")
    return f"{start}, measured against {many} of the same size: {', '.join(told)}."


def _short(value: float) -> str:
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.3f}" if abs(value) < 10 else f"{value:,.1f}"
