"""Keeps imported signals in the workspace, by key, so that they survive reordering and appending."""

import sqlite3
import time
import zlib

import numpy as np

from dataexplore.dataset.dataset import Dataset
from dataexplore.errors import WorkspaceError
from dataexplore.signals.signal import Scores, Signal
from dataexplore.text import short, visible


def save_signal(
    database: sqlite3.Connection, dataset: Dataset, name: str, scores: Scores, origin: str
) -> None:
    """Write one imported signal, in place of an earlier one of the same name."""
    known = ~np.isnan(scores)
    keys = zlib.compress(dataset.keys[known].astype("<u8").tobytes(), 1)
    packed = zlib.compress(scores[known].astype("<f8").tobytes(), 1)
    try:
        database.execute(
            "INSERT OR REPLACE INTO signals VALUES (?,?,?,?,?)",
            (name, visible(origin), time.time(), keys, packed),
        )
    except sqlite3.Error as error:
        raise WorkspaceError(
            f"the signal was not saved ({error}); free some disk space and try again"
        ) from None


def load_signals(database: sqlite3.Connection, dataset: Dataset) -> dict[str, Signal]:
    """Return the imported signals, lined up with the rows that are in the file now."""
    signals: dict[str, Signal] = {}
    try:
        stored = database.execute("SELECT name, origin, keys, scores FROM signals ORDER BY rowid").fetchall()
    except sqlite3.Error as error:
        raise WorkspaceError(f"the signals are damaged ({error}); restore workspace.db from a copy") from None
    for name, origin, keys, packed in stored:
        scores = np.full(len(dataset), np.nan)
        try:
            rows = dataset.rows_of(np.frombuffer(zlib.decompress(keys), "<u8").astype(np.uint64))
            known = np.frombuffer(zlib.decompress(packed), "<f8")
            scores[rows[rows >= 0]] = known[rows >= 0]
        except (zlib.error, ValueError, IndexError):
            reason = "is damaged; restore workspace.db from a copy"
            raise WorkspaceError(f"the stored signal {short(name, 60)!r} {reason}") from None
        signals[name] = Signal(name, scores, "imported", origin)
    return signals


def forget_signal(database: sqlite3.Connection, name: str) -> None:
    """Remove one imported signal."""
    try:
        database.execute("DELETE FROM signals WHERE name = ?", (name,))
    except sqlite3.Error as error:
        raise WorkspaceError(f"the signal was not removed ({error}); try again") from None
