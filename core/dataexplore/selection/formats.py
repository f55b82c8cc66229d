"""Writes rows in the format that a file's name asks for: the source's own bytes, or a table of flat rows."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

import orjson
import polars as pl

from dataexplore.dataset.columns import ColumnBuilder
from dataexplore.dataset.dataset import Dataset
from dataexplore.errors import ExportError
from dataexplore.text import short

_PACKED = {".gz": "gzip", ".zst": "zstd", ".bz2": "bzip2", ".xz": "xz"}
_TABLES = {".csv": "csv", ".tsv": "tsv", ".parquet": "parquet", ".arrow": "arrow"}
_SHAPES = ("json array", "json objects")
_CHUNK = 20_000


class Format(NamedTuple):
    """What a file is written as."""

    packed: str
    """gzip, zstd, bzip2, xz or ""."""
    shape: str
    """jsonl, json array, json objects (the rows' own bytes), csv, tsv, parquet or arrow (converted)."""

    def __str__(self) -> str:
        return f"{self.packed} {self.shape}".lstrip()


def format_of(dataset: Dataset, out: Path) -> Format:
    """Return the format for a file of this name; where the name asks for none, rows keep their bytes."""
    suffixes = [suffix.lower() for suffix in out.suffixes]
    packed = _PACKED.get(suffixes.pop(), "") if suffixes and suffixes[-1] in _PACKED else ""
    table = _TABLES.get(suffixes[-1], "") if suffixes else ""
    own = next((shape for shape in _SHAPES if dataset.format.endswith(shape)), "jsonl")
    return Format(packed, table or own)


def own_name(dataset: Dataset) -> str:
    """Return the name for rows in their own format; of a container without lines that is JSONL."""
    path = dataset.path
    if dataset.source.lines is None:
        return path.name
    if path.is_dir():
        return f"{path.name}.jsonl"
    stem = path.stem if path.suffix.lower() in _PACKED else path.name
    return f"{Path(stem).stem}.jsonl"


def write_as(dataset: Dataset, rows: Sequence[int], file: BinaryIO, out: Path) -> None:
    """Write rows to `file` in the format of `out`; raise ExportError for what a table cannot hold."""
    form = format_of(dataset, out)
    with _packing(file, form.packed, out) as target:
        if form.shape in ("csv", "tsv"):
            _write_table(dataset, rows, target, "\t" if form.shape == "tsv" else ",", out)
        elif form.shape in ("parquet", "arrow"):
            frame = _frame(dataset, rows, out)
            frame.write_parquet(target) if form.shape == "parquet" else frame.write_ipc(target)
        elif form.shape == "json array":
            target.write(b"[\n")
            for place, row in enumerate(rows):
                target.write((b",\n" if place else b"") + dataset.raw(row))
            target.write(b"\n]\n")
        else:
            data = dataset.source.data
            for row in rows:
                target.write(dataset.raw(row))
                end = int(dataset.spans.end[row])
                target.write(b"\r\n" if data[end : end + 2] == b"\r\n" else b"\n")


@contextmanager
def _packing(file: BinaryIO, packed: str, out: Path) -> Iterator[BinaryIO]:
    """Compress what is written to `file`; the same rows give the same bytes."""
    if not packed:
        yield file
        return
    if packed == "gzip":
        import gzip

        inner = cast(BinaryIO, gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=file, mtime=0))
    elif packed == "bzip2":
        import bz2

        inner = cast(BinaryIO, bz2.BZ2File(file, "wb"))
    elif packed == "xz":
        import lzma

        inner = cast(BinaryIO, lzma.LZMAFile(file, "wb"))  # noqa: SIM115 # closed below
    else:
        try:
            from dataexplore.dataset.zstd import ZstdFile
        except ImportError:
            raise ExportError(
                f"{short(str(out), 200)}: zstd needs the module backports.zstd: install it, or write .gz"
            ) from None
        inner = cast(BinaryIO, ZstdFile(file, "wb"))
    with inner:
        yield inner


def _write_table(dataset: Dataset, rows: Sequence[int], file: BinaryIO, separator: str, out: Path) -> None:
    names = _kinds(dataset, rows, out)
    special = frozenset(f'"\r\n{separator}')

    def line(cells: list[str]) -> bytes:
        shown = ['"' + cell.replace('"', '""') + '"' if special & set(cell) else cell for cell in cells]
        # A line of nothing is no row to a reader.
        return (separator.join(shown) if shown != [""] else '""').encode() + b"\n"

    file.write(line(list(names)))
    for row in rows:
        record = dataset.record(row)
        file.write(line([_cell(record.get(name)) for name in names]))


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _frame(dataset: Dataset, rows: Sequence[int], out: Path) -> pl.DataFrame:
    kinds = _kinds(dataset, rows, out)
    builder = ColumnBuilder(kinds)
    for begin in range(0, len(rows), _CHUNK):
        builder.add([dataset.record(row) for row in rows[begin : begin + _CHUNK]])
    frame = builder.frame()
    for name, found in kinds.items():
        if found - {str} and frame[name].dtype == pl.String:
            raise ExportError(
                f"{short(str(out), 200)}: not written: the values of {short(name, 40)!r} are of several "
                "kinds, or numbers too long for a column; write .jsonl"
            )
    return frame


def _kinds(dataset: Dataset, rows: Sequence[int], out: Path) -> dict[str, set[type]]:
    """Return the fields in the order in which they appear and the types of each; only flat rows have such."""
    kinds: dict[str, set[type]] = {}
    for row in rows:
        for name, value in dataset.record(row).items():
            if isinstance(value, dict | list):
                kind = "an object" if isinstance(value, dict) else "a list"
                raise ExportError(
                    f"{short(str(out), 200)}: not written: row {row + 1:,} has {kind} in "
                    f"{short(name, 40)!r}, which a table does not hold; write .jsonl"
                )
            found = kinds.setdefault(name, set())
            if value is not None:
                found.add(type(value))
    return kinds
