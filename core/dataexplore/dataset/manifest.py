"""Writes and reads what a cache knows beside columns: figures of each row, problems, what is no row."""

import io
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import polars as pl
from numpy.typing import NDArray

from dataexplore.dataset.cache import Cached, CacheFolder
from dataexplore.dataset.columns import MAX_FIELDS
from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.framing import Reader
from dataexplore.dataset.opening import Head
from dataexplore.dataset.parts import Kinds, Stored, Table
from dataexplore.dataset.piece import Stretch, frame_of
from dataexplore.dataset.places import Places
from dataexplore.dataset.schema import Schema
from dataexplore.dataset.source import Source
from dataexplore.dataset.spans import Spans
from dataexplore.dataset.unreadable import Unreadable

_VERSION = 1
"""Raised whenever the same file would be read into something else."""
_NAME = "manifest.json"
_BLOCK = 1 << 24
_KINDS: dict[str, pl.DataType] = {
    str(kind): kind for kind in (pl.String(), pl.Int64(), pl.Float64(), pl.Boolean(), pl.Null())
}

Arrays = dict[str, NDArray[Any]]


def keep(folder: CacheFolder, head: Head, dataset: Dataset) -> Dataset:
    """Write what is known of a dataset whose columns are in the folder already.

    Returns it with its figures mapped from there; as it was, if it could not be written.
    """
    stored = dataset.table.stored
    files = [part.columns for part in stored if isinstance(part.columns, Cached)]
    if len(files) < len(stored):
        return dataset
    places = dataset.spans
    arrays: Arrays = {
        "start": places.start,
        "size": places.size,
        "keys": dataset.keys,
        "tokens": dataset.tokens,
        "chars": dataset.response_chars,
    }
    arrays |= {} if places.lines is None else {"line": places.lines}
    arrays |= {} if dataset.codes is None else {"codes": dataset.codes}
    arrays |= {f"problem-{number}": rows for number, rows in enumerate(dataset.problems.values())}
    try:
        written = {
            name: _write(folder.folder / f"{name}.npy", _packed(array)) for name, array in arrays.items()
        }
        numbers = _write(folder.folder / "numbers.arrow", _ipc(dataset.table.numbers))
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
        (folder.folder / _NAME).write_bytes(b"%08x\n" % zlib.crc32(body) + body)
        mapped = {name: _mapped(folder.folder / f"{name}.npy") for name in arrays}
    except OSError:
        return dataset
    return _with_figures(dataset, mapped)


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
        arrays = {name: _read(folder.folder, name, found) for name, found in manifest["arrays"].items()}
        numbers = pl.read_ipc(io.BytesIO(_checked(folder.folder / "numbers.arrow", manifest["numbers"])))
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError):
        return None
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
        arrays["keys"],
        arrays["tokens"],
        arrays["chars"],
        tuple(Unreadable(*one) for one in manifest["unreadable"]),
        {name: arrays[f"problem-{number}"] for number, name in enumerate(manifest["problems"])},
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


def _packed(array: NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _ipc(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_ipc(buffer, compression="uncompressed")
    return buffer.getvalue()


def _write(path: Path, data: bytes) -> int:
    path.write_bytes(data)
    return zlib.crc32(data)


def _read(folder: Path, name: str, checksum: int) -> NDArray[Any]:
    path = folder / f"{name}.npy"
    _check(path, checksum)
    return _mapped(path)


def _mapped(path: Path) -> NDArray[Any]:
    """Map an array: of a large dataset only what is looked at comes into memory."""
    array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array


def _with_figures(dataset: Dataset, mapped: Arrays) -> Dataset:
    return replace(
        dataset,
        spans=Places(mapped["start"], mapped["size"], mapped.get("line")),
        keys=mapped["keys"],
        tokens=mapped["tokens"],
        response_chars=mapped["chars"],
        codes=mapped.get("codes"),
    )


def _check(path: Path, checksum: int) -> None:
    found = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found = zlib.crc32(block, found)
    if found != checksum:
        raise ValueError(f"{path.name} is damaged")


def _checked(path: Path, checksum: int) -> bytes:
    _check(path, checksum)
    return path.read_bytes()
