"""Rows whose vectors, clusters and languages are given."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from core.selection.made_up import SaidOutright
from dataexplore.vectors.arrays import FloatMatrix


class Placed(SaidOutright):
    """A session whose rows lie where a test puts them."""

    points: FloatMatrix
    told: Sequence[str] = ()

    def vectors(self) -> FloatMatrix:
        return self.points

    def languages(self) -> Sequence[str]:
        return self.told


@contextmanager
def placed(
    path: Path,
    points: FloatMatrix,
    labels: Sequence[int] = (),
    told: Sequence[str] = (),
    workspace: Path | None = None,
) -> Iterator[Placed]:
    session = Placed.open(path, workspace)
    assert isinstance(session, Placed)
    session.points, session.labels, session.told = points, labels, told
    try:
        yield session
    finally:
        session.close()


def at_degrees(degrees: Sequence[float | None]) -> FloatMatrix:
    """Return unit vectors in the plane; None is a row without one."""
    angles = np.radians([0.0 if one is None else one for one in degrees])
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    points[[one is None for one in degrees]] = 0
    return points


def words(session: Placed) -> str:
    return "".join(".KD"[decision] for decision in session.state.decisions)
