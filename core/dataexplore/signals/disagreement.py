"""How far judges differ on each row, and the rows where they differ most."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dataexplore.errors import SignalError
from dataexplore.signals.consensus import rank_shares
from dataexplore.signals.signal import Scores, Signal


def disagreement(signals: Sequence[Signal]) -> Scores:
    """Return how far two judges of a row differ on average, in ranks: 0 is alike, 1 is first and last.

    Ranks, because a strict and a mild judge may order the rows alike on one scale. NaN where fewer than
    two judges scored the row.
    """
    if len(signals) < 2:
        raise SignalError("a disagreement takes at least two signals; name another judge")
    shares = np.sort(np.stack([rank_shares(signal.scores) for signal in signals]), axis=0)  # NaN goes last
    count = np.count_nonzero(~np.isnan(shares), axis=0)
    # Of n ordered values the i-th (from 0) is the larger one of i pairs and the smaller one of n - 1 - i.
    place = np.arange(len(signals))[:, None]
    sums = np.nansum((2 * place - (count - 1)) * shares, axis=0)
    pairs = count * (count - 1) / 2
    return np.where(pairs > 0, sums / np.maximum(pairs, 1), np.nan)


def queue(
    differences: Scores, size: int | None = None, among: NDArray[np.bool_] | None = None
) -> NDArray[np.int64]:
    """Return the rows with the largest differences, the largest first; equal ones in source order.

    Rows that all judges place alike or that have no difference are left out, and so are rows not `among`.
    """
    wanted = differences > 0 if among is None else (differences > 0) & among
    rows = np.flatnonzero(wanted)
    order = np.argsort(-differences[rows], kind="stable")
    return rows[order][:size]
