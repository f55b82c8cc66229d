"""Reads ratings made elsewhere and lines them up with the rows of a dataset."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.loading import open_dataset
from dataexplore.errors import SignalError
from dataexplore.signals.signal import Scores, Signal, as_scores
from dataexplore.text import short

Rows = NDArray[np.int64]

OWN_COLUMNS = ("row", "key", "decision", "problems", "prompt", "response")
"""Names that mean something in every dataset: no signal takes them."""


@dataclass(frozen=True)
class Ratings:
    """Columns of numbers read from a file, one value per row of the dataset (NaN where there is none)."""

    columns: dict[str, Scores]
    matched: int
    """Lines of the file that belong to a row of the dataset."""
    unmatched: int

    @property
    def rated(self) -> int:
        """Rows with a number in any of the columns."""
        return int(np.count_nonzero(~np.isnan(np.stack(list(self.columns.values()))).all(axis=0)))


def read_ratings(path: Path, dataset: Dataset, on: str = "row") -> Ratings:
    """Read JSONL, JSON, CSV or Parquet ratings; `on` is `row` (from 0), `key` or a field of both files."""
    table = _table(path)
    if on not in table.columns:
        names = ", ".join(short(name, 30) for name in table.columns)
        raise SignalError(
            f"{short(str(path), 200)}: has no column {short(on, 40)!r} to match on; it has {names}"
        )
    lines = _lines(table[on], dataset, on, path)
    here = lines >= 0
    columns = {}
    for column in table:
        taken = column.name in (on, *OWN_COLUMNS) or column.name in dataset.table.fields
        if taken or not column.dtype.is_numeric():
            continue
        scores = np.full(len(dataset), np.nan)
        scores[here] = as_scores(column)[lines[here]]
        columns[column.name] = scores
    shown = short(str(path), 200)
    if not columns:
        raise SignalError(f"{shown}: has no numeric column that the dataset lacks")
    if not here.any():
        raise SignalError(f"{shown}: none of its {len(table):,} lines matches a row by {short(on, 40)!r}")
    matched = _matched(table[on], dataset, on, path)
    return Ratings(columns, matched, len(table) - matched)


def refuse_names(names: Iterable[str], signals: Mapping[str, Signal]) -> None:
    """Raise SignalError where an import would hide what a judge said or what is computed."""
    for name in names:
        if name in signals and signals[name].origin in ("judged", "computed"):
            raise SignalError(
                f"{short(name, 60)} is a signal already, {signals[name].origin}: rename the column"
            )


def _table(path: Path) -> pl.DataFrame:
    if path.suffix.lower() in (".csv", ".tsv"):
        separator = "\t" if path.suffix.lower() == ".tsv" else ","
        try:
            return pl.read_csv(path, separator=separator, infer_schema_length=None)
        except FileNotFoundError:
            raise SignalError(f"{short(str(path), 200)}: no such file") from None
        except (pl.exceptions.PolarsError, OSError) as error:
            raise SignalError(
                f"{short(str(path), 200)}: not readable as CSV ({short(str(error), 80)})"
            ) from None
    return open_dataset(path).frame


def _lines(column: pl.Series, dataset: Dataset, on: str, path: Path) -> Rows:
    """Return for each row the line that rates it (the last of several), -1 where there is none."""
    if on in ("row", "key"):
        lines = np.full(len(dataset), -1, np.int64)
        rows = _rows(column, dataset, on, path)
        here = np.flatnonzero(rows >= 0)
        lines[rows[here]] = here
        return lines
    place = {value: line for line, value in enumerate(column.cast(pl.String)) if value is not None}
    found = [place.get(value, -1) for value in _shared(dataset, on)]
    return np.array(found, np.int64)


def _matched(column: pl.Series, dataset: Dataset, on: str, path: Path) -> int:
    """Count the lines that belong to a row."""
    if on in ("row", "key"):
        return int(np.count_nonzero(_rows(column, dataset, on, path) >= 0))
    return int(column.cast(pl.String).is_in(_shared(dataset, on).implode(), nulls_equal=False).sum())


def _shared(dataset: Dataset, on: str) -> pl.Series:
    if on not in dataset.table.fields:
        raise SignalError(
            f"the dataset has no field {short(on, 40)!r} to match on; use row, key or a shared field"
        )
    return dataset.table.column(on).cast(pl.String)


def _rows(column: pl.Series, dataset: Dataset, on: str, path: Path) -> Rows:
    """Return for each line the row that it names, -1 where there is none."""
    shown = short(str(path), 200)
    if on == "row":
        if not column.dtype.is_integer():
            raise SignalError(f"{shown}: column 'row' is not a whole number (rows count from 0)")
        rows = column.cast(pl.Int64, strict=False).fill_null(-1).to_numpy()
        return np.where((rows >= 0) & (rows < len(dataset)), rows, -1)
    try:
        keys = np.array([int(text or "0", 16) for text in column.cast(pl.String)], np.uint64)
    except (ValueError, OverflowError):
        raise SignalError(f"{shown}: column 'key' is not 16 hexadecimal digits") from None
    return dataset.rows_of(keys)
