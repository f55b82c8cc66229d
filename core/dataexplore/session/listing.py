"""The rows of files as a rule: which rows of the dataset are in them, byte for byte."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.keys import digests
from dataexplore.dataset.loading import open_dataset
from dataexplore.dataset.opening import Progress
from dataexplore.errors import RuleError
from dataexplore.journal.decision import Decision
from dataexplore.selection.rules.listed import Listed, listed
from dataexplore.text import short


def rows_in(
    dataset: Dataset, paths: Sequence[Path], decision: Decision, progress: Progress | None = None
) -> Listed:
    """Return the rule that keeps, or drops, the rows that are in any of some files.

    Raises InputRefusedError for what is no dataset, RuleError for a file without a row of this one.
    """
    keys, edited = [], list(dataset.edits)
    present = digests(map(dataset.raw, edited))
    for path in paths:
        there = open_dataset(path, progress).keys
        rows = dataset.rows_of(there)
        rows = rows[rows >= 0]
        # An arm has a row as it was edited, and keys are those of the source's bytes.
        also = np.array(edited, np.int64)[np.isin(present, there)]
        if not len(rows) and not len(also):
            raise RuleError(
                f"{short(str(path), 200)}: none of its rows is in the dataset, byte for byte; "
                "rows that were converted are others"
            )
        keys.append(dataset.keys[np.union1d(rows, also)])
    return listed(", ".join(path.name for path in paths), np.concatenate(keys), decision)
