"""The texts that a judge is asked about, as its job reads them."""

import json
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from dataexplore.errors import JobError

FILE = "asked.jsonl"
Said = tuple[tuple[str, str], ...]
"""Role and text of each turn, in order."""


class Asked(NamedTuple):
    """What is said in one or more rows."""

    hash: bytes
    said: Said
    input: str = ""
    """The row's own input field, where a judge looks at it apart: it is part of what the user says, too."""


def hash_of(said: Said) -> bytes:
    """Return 16 bytes that are the same for the same turns; replies are kept by it."""
    text = json.dumps(said, separators=(",", ":"))  # ASCII: lone surrogates survive
    return blake2b(text.encode("ascii"), digest_size=16).digest()


def to_lines(asked: Iterable[Asked]) -> Iterator[bytes]:
    """Yield the lines of asked.jsonl."""
    for one in asked:
        more = {"input": one.input} if one.input else {}
        yield json.dumps({"hash": one.hash.hex(), "said": one.said, **more}).encode("ascii") + b"\n"


def read_asked(path: Path) -> Iterator[Asked]:
    """Yield the texts of a job, one at a time; raise JobError where the file is not what was written."""
    try:
        with path.open("rb") as file:
            for line in file:
                found = json.loads(line)
                said = tuple((role, text) for role, text in found["said"])
                yield Asked(bytes.fromhex(found["hash"]), said, found.get("input", ""))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise JobError(f"{path.name}: the job's texts cannot be read ({error}); make a new job") from None
