"""Joins several files into one source without copying them: offsets run on from file to file."""

import hashlib
import os
import resource
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

from dataexplore.dataset.source import Source

_OTHERS = 256
"""Open files that the program needs beside those with rows."""


class Joined:
    """The bytes of several files one after the other; what is asked for is cut out of the file it lies in."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self.sources = tuple(sources)
        self.ends = tuple(accumulate(source.size for source in sources))
        """Offset after the last byte of each file."""

    def __len__(self) -> int:
        return self.ends[-1]

    def __getitem__(self, part: slice) -> bytes:
        """Return the bytes of a slice without a step."""
        begin, end, step = part.indices(len(self))
        if step != 1:
            raise ValueError("bytes of several files are read forward and whole")
        pieces = []
        place = bisect_right(self.ends, begin)
        while begin < end:
            first = self.ends[place - 1] if place else 0
            stop = min(end, self.ends[place])
            pieces.append(self.sources[place].data[begin - first : stop - first])
            begin, place = stop, place + 1
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def file_at(self, offset: int) -> Path:
        """Return the file that a byte lies in."""
        return self.sources[min(bisect_right(self.ends, offset), len(self.ends) - 1)].path


def may_open(files: int) -> None:
    """Ask the system for as many open files as are named, as far as it allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = files + _OTHERS
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def joined(sources: Sequence[Source], formats: Sequence[str]) -> Source:
    """Return one source of the bytes of all files, in the order given."""
    data = Joined(sources)
    return Source(
        joined_path([source.path for source in sources]),
        data,
        0,
        len(data),
        tuple(stamp for source in sources for stamp in source.stamps),
        container=told(formats),
    )


def told(formats: Sequence[str]) -> str:
    """Return how the format of several files is told, each kind once: `jsonl in 3 files`.

    It never ends like the format of one file: together they have no shape but lines.
    """
    return f"{', '.join(dict.fromkeys(formats))} in {len(formats):,} files"


def joined_path(paths: Sequence[Path]) -> Path:
    """Return the name under which several files are known, whatever their order; there is no such file.

    It lies in the folder that they share, and so does what is decided on them.
    """
    whole = sorted({os.path.realpath(path) for path in paths})
    folder = os.path.commonpath([os.path.dirname(path) for path in whole])  # noqa: PTH120 # text, as above
    names = [os.path.relpath(path, folder) for path in whole]
    mark = hashlib.blake2b("\0".join(names).encode("utf-8", "surrogateescape"), digest_size=3).hexdigest()
    name = f"{Path(names[0]).name.partition('.')[0] or 'rows'}+{len(names) - 1}-{mark}.jsonl"
    return Path(folder) / name
