"""The append-only list of decisions and edits: the only truth about what is kept."""

import json
import sqlite3
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dataexplore.errors import WorkspaceError
from dataexplore.journal.decision import Act, Decisions

Kind = Literal["decide", "edit", "undo", "redo"]

_COLUMNS = "at, kind, hand, reason, rule, keys, decisions"
_NOTHING = Act(np.empty(0, np.uint64), np.empty(0, np.int8), "", hand=True)


@dataclass(frozen=True)
class Entry:
    """One line of the journal; undo and redo carry no act, they refer to what came before."""

    seq: int
    at: float
    """Seconds since 1970."""
    kind: Kind
    act: Act


class Journal:
    """Writes entries durably and reads them back in order."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def append(self, kind: Kind, act: Act = _NOTHING) -> Entry:
        """Write one entry; when this returns, the entry is on disk."""
        at = time.time()
        rule = json.dumps(act.rule) if act.rule is not None else None
        reason = act.reason.encode("utf-8", "replace").decode()
        keys = _pack(act.keys.astype("<u8").tobytes())
        decisions = _pack(act.decisions.astype(np.int8).tobytes())
        edits = _pack(b"\n".join(one or b"" for one in act.edits)) if kind == "edit" else None
        try:
            cursor = self._database.execute(
                f"INSERT INTO journal ({_COLUMNS}, edits) VALUES (?,?,?,?,?,?,?,?)",
                (at, kind, act.hand, reason, rule, keys, decisions, edits),
            )
        except sqlite3.Error as error:
            what = "edit" if kind == "edit" else "decision"
            raise WorkspaceError(
                f"the {what} was not saved ({error}); free some disk space and try again"
            ) from None
        return Entry(cursor.lastrowid or 0, at, kind, act)

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """Yield the entries in order, those after a sequence number only if one is given."""
        try:
            (version,) = self._database.execute("PRAGMA user_version").fetchone()
            edits = "edits" if version > 1 else "NULL"  # who only reads does not bring it up to date
            rows = self._database.execute(
                f"SELECT seq, {_COLUMNS}, {edits} FROM journal WHERE seq > ? ORDER BY seq", (after,)
            ).fetchall()
        except sqlite3.Error as error:
            raise WorkspaceError(
                f"the journal is damaged ({error}); restore workspace.db from a copy"
            ) from None
        act: Act | None
        for seq, at, kind, hand, reason, rule, keys, decisions, edits in rows:
            try:
                act = Act(
                    np.frombuffer(zlib.decompress(keys), "<u8").astype(np.uint64),
                    _decisions(decisions),
                    reason,
                    bool(hand),
                    json.loads(rule) if rule else None,
                    _edits(edits) if kind == "edit" else (),
                )
            except (zlib.error, ValueError, TypeError):
                act = None
            if act is None or len(act.keys) != len(act.edits if kind == "edit" else act.decisions):
                raise WorkspaceError(
                    f"entry {seq} of the journal is damaged; restore workspace.db from a copy"
                )
            yield Entry(seq, at, kind, act)


def _pack(data: bytes) -> bytes:
    return zlib.compress(data, 1)


def _decisions(data: bytes) -> Decisions:
    return np.frombuffer(zlib.decompress(data), np.int8)


def _edits(data: bytes) -> tuple[bytes | None, ...]:
    return tuple(one or None for one in zlib.decompress(data).split(b"\n"))
