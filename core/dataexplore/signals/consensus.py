"""One signal out of several judges': what they say together."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dataexplore.errors import SignalError
from dataexplore.signals.signal import Scores, Signal
from dataexplore.text import short

How = Literal["mean", "min", "rank_mean"]
"""The mean score, the strictest judge's score, or the mean of the judges' ranks."""
HOWS: tuple[How, ...] = ("mean", "min", "rank_mean")
Over = Literal["all", "any"]
"""Which rows get a score: those that all judges scored, or those that at least one did.

With `any` a row that only a strict judge scored stands lower than the row deserves, whatever `How` is.
"""

Scale = tuple[float, float]
"""The lowest and the highest score that a judge can give."""
_USUAL: tuple[Scale, ...] = ((0, 1), (0, 5), (0, 10), (0, 100))

Floats = NDArray[np.float64]


def consensus(
    signals: Sequence[Signal],
    how: How = "rank_mean",
    over: Over = "all",
    scales: Mapping[str, Scale] | None = None,
) -> Scores:
    """Return one score per row, NaN where `over` leaves a row out.

    `mean` and `min` keep the judges' scale and need it to be one: SignalError names two judges that differ.
    `rank_mean` is from 0 (last with every judge) to 1 (first with every judge), whatever the scales are.
    `scales` says by a signal's name what its judge can give; for others the scores tell (`scale_of`).
    """
    if not signals:
        raise SignalError("a consensus needs at least one signal; name the judges to put together")
    if how == "rank_mean":
        table = np.stack([rank_shares(signal.scores) for signal in signals])
    else:
        _require_one_scale(signals, scales or {}, how)
        table = np.stack([signal.scores.astype(np.float64) for signal in signals])
    there = ~np.isnan(table)
    if how == "min":
        found: Floats = np.where(there, table, np.inf).min(axis=0)
    else:
        counts = np.maximum(there.sum(axis=0), 1)
        found = np.where(there, table, 0).sum(axis=0) / counts
    enough = there.all(axis=0) if over == "all" else there.any(axis=0)
    return np.where(enough, found, np.nan)


def rank_shares(scores: Scores) -> Floats:
    """Return each row's rank among a judge's scores, from 0 (lowest) to 1; NaN stays.

    Rows of equal score share the middle of their ranks; a judge who gives one score alone gives 0.5.
    """
    shares = np.full(len(scores), np.nan)
    known = np.flatnonzero(~np.isnan(scores))
    if not len(known):
        return shares
    order = known[np.argsort(scores[known])]
    ordered = scores[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    ends = np.append(starts[1:], len(order))
    middles = (starts + ends - 1) / 2
    shares[order] = np.repeat(middles, ends - starts) / (len(order) - 1) if len(order) > 1 else 0.5
    return shares


def scale_of(scores: Scores) -> Scale:
    """Return the smallest of the usual scales 0-1, 0-5, 0-10, 0-100 that holds all scores.

    Scores that none of them holds span a scale of their own: from the lowest to the highest there is.
    """
    known = scores[~np.isnan(scores)]
    if not len(known):
        return _USUAL[0]
    lowest, highest = float(known.min()), float(known.max())
    return next((scale for scale in _USUAL if scale[0] <= lowest and highest <= scale[1]), (lowest, highest))


def _require_one_scale(signals: Sequence[Signal], scales: Mapping[str, Scale], how: How) -> None:
    scored = [signal for signal in signals if signal.scored]
    found = [(signal.name, scales.get(signal.name) or scale_of(signal.scores)) for signal in scored]
    for name, scale in found[1:]:
        first, of_first = found[0]
        if scale != of_first:
            raise SignalError(
                f"{short(first, 60)!r} scores from {of_first[0]:g} to {of_first[1]:g} and "
                f"{short(name, 60)!r} from {scale[0]:g} to {scale[1]:g}, so their {how} means nothing; "
                "take rank_mean"
            )
