"""Keeps edges on disk, so that the second look at the same rows is instant."""

import json
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import numpy as np

from dataexplore.duplicates.edges import Edges
from dataexplore.jobs.files import write_whole
from dataexplore.vectors.arrays import KeyArray

MAGIC = "dataexplore edges 1"
HEADER_BYTES = 512
_COLUMNS = {"i": "<i4", "j": "<i4", "similarity": "<f4", "kind": "u1"}
_WIDTH = sum(np.dtype(kind).itemsize for kind in _COLUMNS.values())
_KEPT = 8
"""Files per folder: a floor or an encoder that was tried once need not stay for ever."""


def edge_identity(keys: KeyArray, kind: str, floor: float, *facts: str) -> str:
    """Return what edges depend on as one name: rows, kind, floor, encoder, text recipe."""
    digest = sha256(np.ascontiguousarray(keys, "<u8").data)
    digest.update("\x00".join([MAGIC, kind, f"{floor:.6f}", *facts]).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def stored_edges(
    folder: Path, identity: str, rows: int, make: Callable[[], Edges], *, writable: bool = True
) -> Edges:
    """Return the edges that are on disk for `identity`, else make and keep them.

    A damaged file is as good as none; a disk that takes no file costs the next look its speed, no more.
    """
    path = folder / f"{identity[:32]}.edges"
    found = read_edges(path, identity, rows)
    if found is not None:
        with suppress(OSError):
            path.touch()
        return found
    made = make()
    if writable:
        with suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_edges(path, identity, made)
            _tidy(folder)
    return made


def write_edges(path: Path, identity: str, edges: Edges) -> None:
    """Replace the file at once, readable by its owner alone; raise OSError when it cannot be written."""
    content = b"".join(
        np.ascontiguousarray(getattr(edges, name), kind).tobytes() for name, kind in _COLUMNS.items()
    )
    facts = {
        "magic": MAGIC,
        "identity": identity,
        "edges": len(edges),
        "rows": edges.rows,
        "floor": edges.floor,
        "exact": edges.exact,
        "complete": edges.complete,
    }
    facts["checksum"] = _checksum(facts, content)
    write_whole(path, json.dumps(facts).encode().ljust(HEADER_BYTES - 1) + b"\n" + content)


def read_edges(path: Path, identity: str, rows: int) -> Edges | None:
    """Return the edges in a file; None when one byte of it is not as written, or it is about other rows."""
    try:
        data = path.read_bytes()
        facts = json.loads(data[:HEADER_BYTES])
        content = memoryview(data)[HEADER_BYTES:]
        checksum = facts.pop("checksum")
        named = (facts["magic"], facts["identity"], facts["rows"]) == (MAGIC, identity, rows)
        if not named or checksum != _checksum(facts, content) or len(content) != facts["edges"] * _WIDTH:
            return None
        columns, at = {}, 0
        for name, kind in _COLUMNS.items():
            columns[name] = np.frombuffer(content, kind, facts["edges"], at)
            at += columns[name].nbytes
        floor, exact, complete = float(facts["floor"]), bool(facts["exact"]), bool(facts["complete"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return Edges(**columns, rows=rows, floor=floor, exact=exact, complete=complete)


def _checksum(facts: dict[str, object], content: bytes | memoryview) -> int:
    return zlib.crc32(content, zlib.crc32(json.dumps(facts).encode()))


def _tidy(folder: Path) -> None:
    """Remove the files that were not looked at for longest."""
    files: Sequence[Path] = sorted(folder.glob("*.edges"), key=lambda path: path.stat().st_mtime_ns)
    for path in files[:-_KEPT]:
        path.unlink(missing_ok=True)
