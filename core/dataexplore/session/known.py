"""What is known about the rows, for rules to ask."""

from dataexplore.clusters.kmeans import Clusters
from dataexplore.dataset.dataset import Dataset
from dataexplore.duplicates.groups import Groups
from dataexplore.journal.decision import Decisions
from dataexplore.selection.rule import Mask
from dataexplore.session.analysis import Analysis
from dataexplore.session.columns import Columns
from dataexplore.signals.signal import Scores


class Known:
    """Rows with all their columns and what can be computed of them: the rules' `Knowledge`."""

    dataset: Dataset
    """The rows as they were edited; another object after each edit."""
    columns: Columns
    analysis: Analysis

    @property
    def decisions(self) -> Decisions:
        """What is decided on each row."""
        raise NotImplementedError

    def scores(self, signal: str) -> Scores:
        """Return a signal's scores; raise SignalError when there is none of that name."""
        return self.columns.scores(signal)

    def where(self, sql: str, decisions: Decisions | None = None) -> Mask:
        """Return the rows that match a filter; raise FilterError when it cannot be understood."""
        return self.columns.where(sql, self.decisions if decisions is None else decisions)

    def groups(self, threshold: float) -> Groups:
        """Return the duplicate groups at a threshold."""
        return self.analysis.groups(threshold)

    def clusters(self, k: int | None = None, seed: int = 0) -> Clusters:
        """Return the clusters of the rows."""
        return self.analysis.clusters(k, seed)
