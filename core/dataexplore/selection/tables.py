"""Writes records as a table: CSV and TSV of flat ones, Parquet and Arrow of nested ones too."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import orjson
import polars as pl
from polars.io.plugins import register_io_source

from dataexplore.dataset.parse import Record
from dataexplore.errors import ExportError
from dataexplore.selection.kinds import Kind, MixedError, kinds_of
from dataexplore.text import short

Records = Callable[[], Iterable[tuple[int, Record]]]
"""Yields row numbers with records, from the start again at each call: once for the types, once to write."""

_CHUNK = 5_000


def write_text_table(records: Records, file: BinaryIO, separator: str, out: Path) -> None:
    """Write CSV or TSV; raise ExportError for a row with a list or an object."""
    names: dict[str, None] = {}
    for row, record in records():
        for name, value in record.items():
            names[name] = None
            if isinstance(value, dict | list):
                kind = "an object" if isinstance(value, dict) else "a list"
                raise ExportError(
                    f"{short(str(out), 200)}: not written: row {row + 1:,} has {kind} in "
                    f"{short(name, 40)!r}, which a table of text does not hold; write .parquet or .jsonl"
                )
    _refuse_without_fields(names, records, out)
    special = frozenset(f'"\r\n{separator}')

    def line(cells: list[str]) -> bytes:
        shown = ['"' + cell.replace('"', '""') + '"' if special & set(cell) else cell for cell in cells]
        # A line of nothing is no row to a reader.
        return (separator.join(shown) if shown != [""] else '""').encode() + b"\n"

    file.write(line(list(names)))
    for _, record in records():
        file.write(line([_cell(record.get(name)) for name in names]))


def write_columns(records: Records, file: BinaryIO, shape: str, out: Path) -> None:
    """Write Parquet or Arrow; raise ExportError when the values of a field are of several kinds."""
    try:
        kinds = kinds_of(record for _, record in records())
        types = {name: _dtype(name, kind) for name, kind in kinds.items()}
    except MixedError as error:
        name, reason = error.args
        raise ExportError(
            f"{short(str(out), 200)}: not written: the values of {short(name, 40)!r} are {reason}; "
            "write .jsonl"
        ) from None
    _refuse_without_fields(types, records, out)

    def batches(
        columns: list[str] | None, where: pl.Expr | None, most: int | None, size: int | None
    ) -> Iterator[pl.DataFrame]:
        """Yield rows some at a time, so that a large table is never in memory whole."""
        for chunk in _chunks(record for _, record in records()):
            found = {
                name: pl.Series(name, [record.get(name) for record in chunk], dtype=dtype)
                for name, dtype in types.items()
            }
            yield pl.DataFrame(found)

    lazy = register_io_source(batches, schema=types)
    if shape == "parquet":
        lazy.sink_parquet(file, maintain_order=True)
    else:
        lazy.sink_ipc(file, maintain_order=True)


def _refuse_without_fields(names: Mapping[str, object], records: Records, out: Path) -> None:
    if not names and any(True for _ in records()):
        raise ExportError(f"{short(str(out), 200)}: not written: no row has a field; write .jsonl")


def _dtype(name: str, kind: Kind) -> pl.DataType:
    try:
        return kind.dtype()
    except MixedError as error:
        raise MixedError(name, str(error)) from None


def _chunks(records: Iterable[Record]) -> Iterator[list[Record]]:
    left = iter(records)
    while chunk := list(islice(left, _CHUNK)):
        yield chunk


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value).decode()
