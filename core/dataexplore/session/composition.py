"""What a subset is made of, beside a random one of the same size and everything."""

from dataclasses import dataclass

import numpy as np

from dataexplore.journal.decision import DROP
from dataexplore.journal.ledger import Rows
from dataexplore.session.session import Session


@dataclass(frozen=True)
class Composition:
    """Figures of one set of rows."""

    name: str
    rows: int
    tokens: int
    median_chars: float
    """Median length of the responses."""
    score: float
    """Mean of the active signal over scored rows; NaN where there is none."""
    clusters: int | None
    """Clusters with at least one row; None while nothing is clustered."""


def compositions(session: Session, signal: str, seed: int = 0) -> list[Composition]:
    """Return the rows that are left (what is exported and tuned), as many random ones, and all rows."""
    decisions = session.state.decisions
    left = np.flatnonzero(decisions != DROP)
    everything = np.arange(len(decisions))
    drawn = np.random.default_rng(seed).permutation(everything)[: len(left)]
    named = (("left", left), ("random", drawn), ("full", everything))
    return [_of(session, signal, *one) for one in named]


def _of(session: Session, signal: str, name: str, rows: Rows) -> Composition:
    data, signals = session.dataset, session.columns.signals
    scores = signals[signal].scores[rows] if signal in signals else np.empty(0)
    scores = scores[~np.isnan(scores)]
    labels = signals["cluster_id"].scores[rows] if "cluster_id" in signals else None
    return Composition(
        name,
        len(rows),
        int(data.tokens[rows].sum()),
        float(np.median(data.response_chars[rows])) if len(rows) else 0.0,
        float(scores.mean()) if len(scores) else float("nan"),
        len(np.unique(labels[~np.isnan(labels)])) if labels is not None else None,
    )
