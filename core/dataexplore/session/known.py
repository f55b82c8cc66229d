"""What is known about the rows, for rules to ask."""

from collections.abc import Sequence

from dataexplore.clusters.kmeans import Clusters
from dataexplore.dataset.dataset import Dataset
from dataexplore.duplicates.groups import Groups
from dataexplore.journal.decision import Decisions
from dataexplore.report.languages import identifier, row_languages
from dataexplore.selection.rule import Mask
from dataexplore.session.analysis import Analysis
from dataexplore.session.columns import Columns
from dataexplore.signals.signal import Scores
from dataexplore.vectors.arrays import FloatMatrix, Progress


class Known:
    """Rows with all their columns and what can be computed of them: the rules' `Knowledge`."""

    dataset: Dataset
    """The rows as they were edited; another object after each edit."""
    columns: Columns
    analysis: Analysis
    progress: Progress | None = None
    """What is told how far slow work is."""
    _told: tuple[Dataset, list[str]] | None = None

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

    def groups(self, threshold: float, linkage: str = "single", kinds: Sequence[str] = ()) -> Groups:
        """Return the duplicate groups at a threshold."""
        analysis = self.analysis.by(kinds) if kinds else self.analysis
        return analysis.groups(threshold, linkage)

    def clusters(self, k: int | None = None, seed: int = 0) -> Clusters:
        """Return the clusters of the rows."""
        return self.analysis.clusters(k, seed, self.progress)

    def vectors(self) -> FloatMatrix:
        """Return the rows' vectors."""
        return self.analysis.vectors(self.progress)

    def languages(self) -> Sequence[str]:
        """Return the language of each row as a label; it is told once."""
        if self._told is None or self._told[0] is not self.dataset:
            teller, labels = identifier(), list[str]()
            for part in self.dataset.parts():
                labels += row_languages(part.prompts, part.responses, teller)
                if self.progress:
                    self.progress(len(labels), len(self.dataset))
            self._told = (self.dataset, labels)
        return self._told[1]
