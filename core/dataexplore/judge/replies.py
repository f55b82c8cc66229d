"""What a judge answered, kept by the text it was asked about: never lost, never asked twice."""

import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dataexplore.errors import JudgeError
from dataexplore.text import short
from dataexplore.workspace.sqlite import prepare, reader, writer

SCORED, UNPARSED, ERROR = "scored", "unparsed", "error"
"""A reply with values; a reply of which none could be read; no reply, with its named error."""
FILE = "replies.db"
_STEPS = (
    """
CREATE TABLE replies (
    hash BLOB PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('scored', 'unparsed', 'error')),
    reason TEXT NOT NULL,
    scores BLOB NOT NULL,
    text TEXT NOT NULL,
    model TEXT NOT NULL,
    address TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    seconds REAL NOT NULL,
    job TEXT NOT NULL,
    at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE rows (key INTEGER PRIMARY KEY, hash BLOB NOT NULL, inferred INTEGER NOT NULL);
""",
)
Hash = bytes
"""16 bytes over what is said in a row (`asked.hash_of`)."""


class Reply(NamedTuple):
    """The outcome for one text."""

    hash: Hash
    state: str
    """scored, unparsed or error."""
    scores: tuple[float, ...] = ()
    """One for each of the judge's signals, NaN where there is none; empty unless scored."""
    reason: str = ""
    """Why nothing was read, or the error's name: `rate limited`, `time out` ..."""
    text: str = ""
    """The raw reply, without the key should the server have repeated it."""
    model: str = ""
    """The model that the server says it is."""
    address: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    requests: int = 1
    """How many were sent for this text."""
    seconds: float = 0.0
    """From the first request to the outcome."""
    job: str = ""
    """The job's id."""
    at: float = 0.0
    """Unix time; 0 means now."""


_COLUMNS = ", ".join(Reply._fields)
_PUT = (
    f"INSERT INTO replies ({_COLUMNS}) VALUES ({', '.join('?' * len(Reply._fields))})"
    " ON CONFLICT (hash) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in Reply._fields[1:])
    + " WHERE replies.state != 'scored' AND (excluded.state != 'error' OR replies.state = 'error')"
)


@dataclass(frozen=True)
class Judged:
    """All rows that a judge was asked about."""

    keys: NDArray[np.uint64]
    values: NDArray[np.float64]
    """Rows by signals; NaN where nothing was scored."""
    inferred: NDArray[np.bool_]
    """Rows that were not asked about: another row of their duplicate group was."""
    unparsed: int
    """Rows whose reply could not be read."""
    errors: int
    """Rows that ended in an error."""


class Replies:
    """One judge's database; a single writer, the job, and any number of readers."""

    def __init__(self, folder: Path, *, writable: bool) -> None:
        self._shown = short(str(folder / FILE), 200)
        try:
            self._database = writer(folder / FILE) if writable else reader(folder / FILE)
            if writable:
                prepare(self._database, folder, _STEPS)
        except (sqlite3.Error, OSError) as error:
            raise JudgeError(f"{self._shown}: cannot be opened ({error})") from None

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def __enter__(self) -> "Replies":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def put(self, replies: Iterable[Reply]) -> None:
        """Store outcomes in one transaction; when this returns they are on disk.

        An error never takes the place of a reply.
        """
        now = time.time()
        self._write(
            _PUT,
            [
                reply._replace(at=reply.at or now, scores=np.asarray(reply.scores, "<f8").tobytes())  # type: ignore[arg-type] # as it is stored
                for reply in replies
            ],
        )

    def map_rows(self, keys: NDArray[np.uint64], hashes: Sequence[Hash], inferred: NDArray[np.bool_]) -> None:
        """Say which text each row has, or for an inferred row the text that was judged in its place."""
        signed = keys.astype(np.uint64).view(np.int64).tolist()
        self._write(
            "INSERT OR REPLACE INTO rows VALUES (?, ?, ?)",
            list(zip(signed, hashes, inferred.astype(int).tolist(), strict=True)),
        )

    def hashes(self, *states: str) -> set[Hash]:
        """Return the texts whose outcome is one of some states."""
        marks = ",".join("?" * len(states))
        return {row[0] for row in self._read(f"SELECT hash FROM replies WHERE state IN ({marks})", states)}

    def outcomes(self) -> dict[Hash, tuple[str, str]]:
        """Return state and reason of every text."""
        found = self._read("SELECT hash, state, reason FROM replies", ())
        return {hash_: (state, reason) for hash_, state, reason in found}

    def reply(self, key: int) -> tuple[Reply, bool] | None:
        """Return the reply about a row by its key, and whether it is inferred; None when there is none."""
        signed = int(np.uint64(key).view(np.int64))
        asked = f"SELECT {_COLUMNS}, inferred FROM rows JOIN replies USING (hash) WHERE key = ?"
        for *values, inferred in self._read(asked, (signed,)):
            return _reply(values), bool(inferred)
        return None

    def replies(self, *states: str) -> Iterator[Reply]:
        """Yield the stored outcomes of some states."""
        marks = ",".join("?" * len(states))
        for values in self._read(f"SELECT {_COLUMNS} FROM replies WHERE state IN ({marks})", states):
            yield _reply(values)

    def judged(self, width: int) -> Judged:
        """Return the values of all rows; `width` is the number of the judge's signals."""
        asked = "SELECT key, inferred, state, scores FROM rows JOIN replies USING (hash)"
        found = list(self._read(asked, ()))
        values = np.full((len(found), width), np.nan)
        scored = [
            (place, scores)
            for place, (_, _, state, scores) in enumerate(found)
            if state == SCORED and len(scores) == 8 * width
        ]
        if scored:
            places, packed = zip(*scored, strict=True)
            values[list(places)] = np.frombuffer(b"".join(packed), "<f8").reshape(-1, width)
        states = [state for _, _, state, _ in found]
        return Judged(
            np.array([key for key, *_ in found], np.int64).view(np.uint64),
            values,
            np.array([inferred for _, inferred, _, _ in found], bool),
            states.count(UNPARSED),
            states.count(ERROR),
        )

    def _write(self, sql: str, lines: Sequence[Sequence[Any]]) -> None:
        try:
            with self._database:
                self._database.execute("BEGIN IMMEDIATE")
                self._database.executemany(sql, lines)
        except sqlite3.Error as error:
            raise JudgeError(
                f"{self._shown}: replies were not stored ({error}); free some disk space and resume"
            ) from None

    def _read(self, sql: str, values: Sequence[object]) -> Iterator[Any]:
        try:
            yield from self._database.execute(sql, tuple(values))
        except sqlite3.Error as error:
            raise JudgeError(f"{self._shown}: cannot be read ({error}); restore it from a copy") from None


def _reply(values: Sequence[Any]) -> Reply:
    found = dict(zip(Reply._fields, values, strict=True))
    return Reply(**{**found, "scores": tuple(np.frombuffer(found["scores"], "<f8").tolist())})
