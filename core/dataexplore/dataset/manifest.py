"""Writes and reads what a cache knows beside columns: figures of each row, problems, what is no row."""

import io
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import polars as pl
from numpy.typing import NDArray

from dataexplore.dataset.cache import Cached, CacheFolder
from dataexplore.dataset.columns import MAX_FIELDS
from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.figures import Filed, Growing, check, mapped, private, write_array, write_frame
from dataexplore.dataset.framing import Reader
from dataexplore.dataset.keys import Keys
from dataexplore.dataset.later import Later
from dataexplore.dataset.opening import Head
from dataexplore.dataset.parts import Kinds, Stored, Table
from dataexplore.dataset.piece import frame_of
from dataexplore.dataset.places import Places
from dataexplore.dataset.schema import Schema
from dataexplore.dataset.source import Source
from dataexplore.dataset.spans import Spans
from dataexplore.dataset.stretch import Stretch
from dataexplore.dataset.unreadable import Unreadable

_VERSION = 2
"""Raised whenever the same file would be read into something else."""
_NAME = "manifest.json"
_KINDS: dict[str, pl.DataType] = {
    str(kind): kind for kind in (pl.String(), pl.Int64(), pl.Float64(), pl.Boolean(), pl.Null())
}


def keep(
    folder: CacheFolder, head: Head, dataset: Dataset, keys: Keys, figures: Mapping[str, Growing]
) -> Keys:
    """Write what is known of a dataset whose columns and `figures` are in the folder already.

    Returns its keys mapped from there; as they were, if something could not be written.
    """
    stored = dataset.table.stored
    files = [part.columns for part in stored if isinstance(part.columns, Cached)]
    if len(files) < len(stored):
        folder.clear()  # half of it serves nobody
        return keys
    lines = dataset.spans.lines is not None
    figures = {name: figure for name, figure in figures.items() if lines or name != "line"}
    others: dict[str, NDArray[Any]] = {"keys": keys}
    others |= {f"problem-{n}": rows for n, rows in enumerate(dataset.problems.values())}
    others |= {} if dataset.codes is None else {"codes": dataset.codes}
    try:
        written = {name: asdict(figure.filed) for name, figure in figures.items()}
        written |= {name: asdict(write_array(folder.array(name), array)) for name, array in others.items()}
        if not lines:
            folder.array("line").unlink(missing_ok=True)
        numbers = write_frame(folder.folder / "numbers.arrow", dataset.table.numbers)
        manifest = _same(head) | {
            "parts": [
                {"rows": part.rows, "checksum": file.checksum, "kinds": _kinds_text(part.kinds)}
                for part, file in zip(stored, files, strict=True)
            ],
            "arrays": written,
            "numbers": numbers,
            "problems": list(dataset.problems),
            "schemas": [asdict(schema) for schema in dataset.schemas],
            "unreadable": [[one.line, one.reason, one.preview] for one in dataset.unreadable],
        }
        body = orjson.dumps(manifest)
        # The checksum stands before what it is of: a manifest that was cut is noticed.
        private(folder.folder / _NAME).write_bytes(b"%08x\n" % zlib.crc32(body) + body)
    except (OSError, pl.exceptions.PolarsError):
        return keys
    return mapped(folder.array("keys"), Filed(**written["keys"]))


def find(folder: CacheFolder, head: Head, reader: Reader) -> Dataset | None:
    """Return a dataset as it was read before; None if the file is another one now, or anything is damaged."""
    try:
        checksum, _, body = (folder.folder / _NAME).read_bytes().partition(b"\n")
        if int(checksum, 16) != zlib.crc32(body):
            return None
        manifest = orjson.loads(body)
        same = orjson.loads(orjson.dumps(_same(head)))
        if {name: manifest.get(name) for name in same} != same:
            return None
        arrays = {
            name: _read(folder.array(name), Filed(**found)) for name, found in manifest["arrays"].items()
        }
        numbers = pl.read_ipc(io.BytesIO(_checked(folder.folder / "numbers.arrow", manifest["numbers"])))
        return _dataset(folder, head, reader, manifest, arrays, numbers)
    except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError):
        return None


def _dataset(
    folder: CacheFolder,
    head: Head,
    reader: Reader,
    manifest: Mapping[str, Any],
    arrays: Mapping[str, NDArray[Any]],
    numbers: pl.DataFrame,
) -> Dataset:
    keyed = Later(lambda: arrays["keys"])
    keyed.start(now=True)
    places = Places(arrays["start"], arrays["size"], arrays.get("line"))
    stored = _stored(folder, head.source, reader, manifest, places)
    table = Table(head.schema, stored, MAX_FIELDS, numbers)
    return Dataset(
        head.source,
        head.format,
        tuple(Schema(**schema) for schema in manifest["schemas"]),
        arrays.get("codes"),
        places,
        table,
        keyed,
        arrays["tokens"],
        arrays["chars"],
        tuple(Unreadable(*one) for one in manifest["unreadable"]),
        {name: arrays[f"problem-{number}"] for number, name in enumerate(manifest["problems"])},
        mapped=bool(head.mapping),
    )


def _same(head: Head) -> dict[str, Any]:
    """Return what must be the same for the cache to be of use."""
    stamps = [
        [str(stamp.path.absolute()), stamp.size, stamp.modified_ns, stamp.inode]
        for stamp in head.source.stamps
    ]
    return {
        "version": _VERSION,
        "polars": pl.__version__,
        "stamps": stamps,
        "size": head.source.size,
        "format": head.format,
        "schema": asdict(head.schema),
        "mapping": [list(pair) for pair in head.mapping],
    }


def _stored(
    folder: CacheFolder,
    source: Source,
    reader: Reader,
    manifest: Mapping[str, Any],
    places: Places,
) -> list[Stored]:
    stored, first = [], 0
    for index, part in enumerate(manifest["parts"]):
        last = first + part["rows"]
        again = _again(source, reader, places, first, last)
        cached = Cached(folder.folder / f"part-{index:05d}.arrow", part["checksum"], again, folder.room)
        kinds = {name: (_KINDS[kind], fits) for name, (kind, fits) in part["kinds"].items()}
        stored.append(Stored(part["rows"], kinds, cached))
        first = last
    return stored


def _again(
    source: Source, reader: Reader, places: Places, first: int, last: int
) -> Callable[[], pl.DataFrame]:
    def read() -> pl.DataFrame:
        start = places.start[first:last]
        spans = Spans(start, start + places.size[first:last], start)
        return frame_of(source, reader, Stretch(int(start[0]), int(spans.end[-1]), spans))

    return read if last > first else partial(pl.DataFrame)


def _kinds_text(kinds: Kinds) -> dict[str, tuple[str, bool]]:
    return {name: (str(kind), fits) for name, (kind, fits) in kinds.items()}


def _read(path: Path, filed: Filed) -> NDArray[Any]:
    check(path, filed.checksum)
    return mapped(path, filed)


def _checked(path: Path, checksum: int) -> bytes:
    check(path, checksum)
    return path.read_bytes()
