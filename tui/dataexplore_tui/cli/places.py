"""Where rows are, for a person with an editor and one with the screen."""

from pathlib import Path

import numpy as np

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.several import Joined
from dataexplore.report.report import Finding
from dataexplore.text import short

_FIRSTS = 2
_NAME = 24


def file_of(dataset: Dataset, row: int) -> Path:
    """Return the file that a row is in."""
    data = dataset.source.data
    return data.file_at(int(dataset.spans.start[row])) if isinstance(data, Joined) else dataset.path


def files_of(dataset: Dataset) -> list[tuple[Path, int]]:
    """Return the files in the order in which they were read, with the rows of each."""
    data = dataset.source.data
    if not isinstance(data, Joined):
        return [(dataset.path, len(dataset))]
    ends = np.searchsorted(dataset.spans.start, np.array(data.ends))
    rows = np.diff(ends, prepend=0).tolist()
    return [(source.path, count) for source, count in zip(data.sources, rows, strict=True)]


def places(dataset: Dataset, finding: Finding) -> str:
    """Return where the first rows of a finding are, of several files the first one with the file's name."""
    several = isinstance(dataset.source.data, Joined)
    rows = finding.rows[: 1 if several else _FIRSTS].tolist()
    return "; ".join(
        (f"{_name(dataset, row)} " if several else "") + f"line {dataset.spans.line_of(row)}, row {row + 1}"
        for row in rows
    )


def _name(dataset: Dataset, row: int) -> str:
    """Return a file's name, or how it is told from another one of that name."""
    path = file_of(dataset, row)
    alike = [other for other, _ in files_of(dataset) if other.name == path.name]
    if len(alike) == 1:
        return short(path.name, _NAME)
    return short(str(path.relative_to(dataset.path.parent)), _NAME)
