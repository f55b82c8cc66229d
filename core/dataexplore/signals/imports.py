"""Reads ratings made elsewhere and lines them up with the rows of a dataset."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.loading import open_dataset
from dataexplore.errors import SignalError
from dataexplore.signals.signal import Scores, as_scores
from dataexplore.text import short


@dataclass(frozen=True)
class Ratings:
    """Columns of numbers read from a file, one value per row of the dataset (NaN where there is none)."""

    columns: dict[str, Scores]
    matched: int
    """Lines of the file that belong to a row of the dataset."""
    unmatched: int


def read_ratings(path: Path, dataset: Dataset, on: str = "row") -> Ratings:
    """Read JSONL, JSON or CSV ratings; `on` is `row` (from 0), `key` or a field that both files share."""
    table = _table(path)
    if on not in table.columns:
        names = ", ".join(short(name, 30) for name in table.columns)
        raise SignalError(f"{short(str(path), 200)}: has no column {short(on, 40)!r} to match on; it has {names}")
    rows = _rows(table[on], dataset, on, path)
    here = rows >= 0
    columns = {}
    for column in table:
        if column.name == on or column.name in dataset.frame.columns or not column.dtype.is_numeric():
            continue
        scores = np.full(len(dataset), np.nan)
        scores[rows[here]] = as_scores(column)[here]
        columns[column.name] = scores
    if not columns:
        raise SignalError(f"{short(str(path), 200)}: has no numeric column that the dataset lacks")
    if not here.any():
        raise SignalError(f"{short(str(path), 200)}: none of its {len(table):,} lines matches a row by {short(on, 40)!r}")
    return Ratings(columns, int(here.sum()), int((~here).sum()))


def _table(path: Path) -> pl.DataFrame:
    if path.suffix.lower() in (".csv", ".tsv"):
        separator = "\t" if path.suffix.lower() == ".tsv" else ","
        try:
            return pl.read_csv(path, separator=separator, infer_schema_length=None)
        except FileNotFoundError:
            raise SignalError(f"{short(str(path), 200)}: no such file") from None
        except (pl.exceptions.PolarsError, OSError) as error:
            raise SignalError(f"{short(str(path), 200)}: not readable as CSV ({short(str(error), 80)})") from None
    return open_dataset(path).frame


def _rows(column: pl.Series, dataset: Dataset, on: str, path: Path) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    if on == "row":
        if not column.dtype.is_integer():
            raise SignalError(f"{short(str(path), 200)}: column 'row' is not a whole number (rows count from 0)")
        rows = column.cast(pl.Int64).fill_null(-1).to_numpy()
        return np.where((rows >= 0) & (rows < len(dataset)), rows, -1)
    if on == "key":
        try:
            keys = np.array([int(text or "0", 16) for text in column.cast(pl.String)], np.uint64)
        except (ValueError, OverflowError):
            raise SignalError(f"{short(str(path), 200)}: column 'key' is not 16 hexadecimal digits") from None
        return dataset.rows_of(keys)
    if on not in dataset.frame.columns:
        raise SignalError(f"the dataset has no field {short(on, 40)!r} to match on; use row, key or a shared field")
    place: dict[str, int] = {}
    for row, value in enumerate(dataset.frame[on].cast(pl.String)):
        if value is not None:
            place.setdefault(value, row)
    found = [place.get(value, -1) if value is not None else -1 for value in column.cast(pl.String)]
    return np.array(found, np.int64)
