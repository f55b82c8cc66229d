"""Writes rows in the format that a file's name asks for: the source's own bytes, or records as a table."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.parse import Record
from dataexplore.dataset.repeats import REPEATED
from dataexplore.dataset.several import Joined
from dataexplore.errors import ExportError
from dataexplore.selection.convert.exact import exact_record
from dataexplore.selection.copying import copy_rows, copy_whole, on_one_line
from dataexplore.selection.tables import Records, write_columns, write_text_table
from dataexplore.text import short

_PACKED = {".gz": "gzip", ".zst": "zstd", ".bz2": "bzip2", ".xz": "xz"}
_TABLES = {".csv": "csv", ".tsv": "tsv", ".parquet": "parquet", ".arrow": "arrow"}
_SHAPES = ("json array", "json objects")


class Format(NamedTuple):
    """What a file is written as."""

    packed: str
    """gzip, zstd, bzip2, xz or ""."""
    shape: str
    """jsonl, json array, json objects (the rows' own bytes), csv, tsv, parquet or arrow (a table)."""

    def __str__(self) -> str:
        return f"{self.packed} {self.shape}".lstrip()

    @property
    def is_table(self) -> bool:
        """Whether rows become cells or columns."""
        return self.shape in _TABLES.values()


def format_of(dataset: Dataset, out: Path) -> Format:
    """Return the format for a file of this name; where the name asks for none, rows keep their bytes."""
    suffixes = [suffix.lower() for suffix in out.suffixes]
    packed = _PACKED.get(suffixes.pop(), "") if suffixes and suffixes[-1] in _PACKED else ""
    table = _TABLES.get(suffixes[-1], "") if suffixes else ""
    own = next((shape for shape in _SHAPES if dataset.format.endswith(shape)), "jsonl")
    return Format(packed, table or own)


def converted_format(dataset: Dataset, out: Path) -> Format:
    """Return the format for rows in another schema: lines of JSON, unless the name says a table or .json."""
    form = format_of(dataset, out)
    if form.is_table:
        return form
    stem = Path(out.stem) if form.packed else out
    return Format(form.packed, "json array" if stem.suffix.lower() == ".json" else "jsonl")


def own_name(dataset: Dataset) -> str:
    """Return the name for rows in their own format; of a container without lines that is JSONL."""
    path = dataset.path
    if dataset.source.lines is None:
        return path.name
    if path.is_dir():
        return f"{path.name}.jsonl"
    stem = path.stem if path.suffix.lower() in _PACKED else path.name
    return f"{Path(stem).stem}.jsonl"


def with_word(out: Path, word: str) -> Path:
    """Return `out` with a word before its endings: data.jsonl.gz becomes data.train.jsonl.gz."""
    known = {*_PACKED, *_TABLES, ".jsonl", ".json", ".ndjson"}
    stem, ending = out.name, ""
    while (suffix := Path(stem).suffix).lower() in known:
        stem, ending = stem[: -len(suffix)], suffix + ending
    return out.with_name(f"{stem}.{word}{ending}")


def write_as(dataset: Dataset, rows: NDArray[np.int64], file: BinaryIO, out: Path) -> None:
    """Write rows to `file` in the format of `out`; raise ExportError for what a table cannot hold."""
    form = format_of(dataset, out)
    if form.is_table:
        _refuse_repeated(dataset, rows, out)
    with _packing(file, form.packed, out) as target:
        if form.is_table:
            _write_table(lambda: _records(dataset, rows), target, form, out)
        elif form.shape == "jsonl":
            copy_rows(dataset, rows, target)
        elif len(rows) == len(dataset) and _is_all(dataset):
            copy_whole(dataset, target)
        else:
            _write_lines((dataset.raw(row) for row in rows.tolist()), target, form.shape)


def write_records(records: Records, lines: Iterable[bytes], file: BinaryIO, form: Format, out: Path) -> None:
    """Write rows that were converted: `records` into a table, their `lines` of JSON into anything else."""
    with _packing(file, form.packed, out) as target:
        if form.is_table:
            _write_table(records, target, form, out)
        else:
            _write_lines(lines, target, form.shape)


def _refuse_repeated(dataset: Dataset, rows: NDArray[np.int64], out: Path) -> None:
    found = np.intersect1d(dataset.problems.get(REPEATED, np.empty(0, np.int64)), rows)
    if len(found):
        raise ExportError(
            f"{short(str(out), 200)}: not written: row {found[0] + 1:,} names a field twice and a table "
            f"holds one value of it (rows like this: {len(found):,}); write .jsonl"
        )


def _is_all(dataset: Dataset) -> bool:
    """Tell whether the rows are all that is in the source, as it is."""
    whole = dataset.source.lines is None and not isinstance(dataset.source.data, Joined)
    return whole and not dataset.edits and not dataset.unreadable


def _records(dataset: Dataset, rows: NDArray[np.int64]) -> Iterator[tuple[int, Record]]:
    return ((row, exact_record(dataset.raw(row), numbers=True)) for row in rows.tolist())


def _write_lines(lines: Iterable[bytes], file: BinaryIO, shape: str) -> None:
    if shape != "json array":
        for line in lines:
            if shape == "jsonl" and b"\n" in line:
                line = on_one_line(line)
            file.write(line + b"\n")
        return
    file.write(b"[\n")
    for place, line in enumerate(lines):
        file.write((b",\n" if place else b"") + line)
    file.write(b"\n]\n")


def _write_table(records: Records, file: BinaryIO, form: Format, out: Path) -> None:
    if form.shape in ("csv", "tsv"):
        write_text_table(records, file, "\t" if form.shape == "tsv" else ",", out)
    else:
        write_columns(records, file, form.shape, out)


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
