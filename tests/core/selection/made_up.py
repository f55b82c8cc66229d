"""Knowledge about rows that needs no vectors: groups and clusters are said outright."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from dataexplore.clusters.kmeans import Clusters
from dataexplore.duplicates.groups import Groups
from dataexplore.session.session import Session


class SaidOutright(Session):
    """A session whose duplicate groups and clusters are given."""

    given: Sequence[Sequence[int]] = ()
    labels: Sequence[int] = ()

    def groups(self, threshold: float, linkage: str = "single", kinds: Sequence[str] = ()) -> Groups:
        sizes = [len(group) for group in self.given]
        nothing = np.zeros(len(sizes), np.float32)
        members = np.array([row for group in self.given for row in sorted(group)], np.int64)
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        return Groups(threshold, len(self.dataset), members, starts, nothing, nothing, nothing.astype(bool))

    def clusters(self, k: int | None = None, seed: int = 0) -> Clusters:
        labels = np.array(self.labels, np.int32)
        sizes = np.bincount(labels).astype(np.int64)
        centres = np.zeros((len(sizes), 2), np.float32)
        return Clusters(len(sizes), labels, centres, sizes, 0.0, np.zeros(len(labels), np.float32), seed)


@contextmanager
def said_outright(
    path: Path,
    groups: Sequence[Sequence[int]] = (),
    labels: Sequence[int] = (),
    workspace: Path | None = None,
) -> Iterator[SaidOutright]:
    session = SaidOutright.open(path, workspace)
    assert isinstance(session, SaidOutright)
    session.given, session.labels = groups, labels
    try:
        yield session
    finally:
        session.close()
