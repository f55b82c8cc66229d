"""Turns what is not lines of text into such, once and by streaming, so that all above sees only lines."""

import mmap
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path, PurePath

from dataexplore.dataset.converted import Converter
from dataexplore.dataset.filebytes import Data, FileBytes
from dataexplore.dataset.foreign import not_text
from dataexplore.dataset.source import BOM, COLUMNAR, COMPRESSED, DELIMITED, Source, kind_of
from dataexplore.dataset.spool import TooLargeError, believed
from dataexplore.dataset.unreadable import Unreadable
from dataexplore.errors import InputRefusedError
from dataexplore.text import short

_JSON = re.compile(rb'\s*[\[{]\s*["{]')
_BLOCK = 1 << 24
_SUFFIXES = {".gz", ".gzip", ".zst", ".zstd", ".bz2", ".xz"}


def unpacked(source: Source, max_bytes: int | None = None) -> Source:
    """Return a source of lines for a file that is compressed, columnar or a table.

    Raises InputRefusedError when it is damaged from the start or too large.
    """
    shown = short(str(source.path), 200)
    kind, name = kind_of(source.data[:8]), PurePath(source.path.name)
    if kind not in COMPRESSED:
        return _lines_of(source, kind, name.suffix.lower(), source.path, max_bytes)
    from dataexplore.dataset.compressed import unpack

    data, ended = unpack(_mapped(source.data), kind, shown, max_bytes)
    if (inner := kind_of(data[:8])) in COMPRESSED:
        raise InputRefusedError(f"{shown}: is {inner} inside {kind}; unpack it once first")
    begin = len(BOM) if data[: len(BOM)] == BOM else 0
    source = replace(source, data=data, begin=begin, size=len(data), container=kind, ended=ended)
    suffix = PurePath(name.stem).suffix if name.suffix.lower() in _SUFFIXES else name.suffix
    return _lines_of(source, inner, suffix.lower(), None, max_bytes)


def _lines_of(source: Source, kind: str, suffix: str, path: Path | None, max_bytes: int | None) -> Source:
    shown, data = short(str(source.path), 200), _mapped(source.data)
    if kind in COLUMNAR:
        from dataexplore.dataset.columnar import convert_columnar

        return converted(
            source, kind, lambda into: convert_columnar(data, path, kind, shown, into), max_bytes
        )
    if reason := not_text(data):
        raise InputRefusedError(f"{shown}: {reason}")
    if suffix in DELIMITED and not _JSON.match(data[source.begin : source.begin + 1000]):
        from dataexplore.dataset.delimited import convert_delimited

        tabs = suffix == ".tsv"
        return converted(
            source,
            suffix[1:],
            lambda into: convert_delimited(data, source.begin, tabs, shown, into),
            max_bytes,
        )
    return source


def unwrapped(source: Source, under: str) -> Source:
    """Return the records of one object as lines; `under` points to the list of them, "" for by name."""
    from dataexplore.dataset.wrapped import convert_wrapped

    kind = "json object with records under a name" if under else "json object of records by name"
    return converted(source, kind, lambda into: convert_wrapped(source.data, source.begin, under, into))


def concatenated(source: Source, kind: str, parts: Sequence[tuple[Path, Data]]) -> Source:
    """Return the rows of several Arrow files as one source."""
    from dataexplore.dataset.columnar import convert_columnar

    def convert(into: Converter) -> None:
        for path, packed in parts:
            shown, inner, data = short(str(path), 200), kind_of(packed[:8]), _mapped(packed)
            if inner not in COLUMNAR:
                raise InputRefusedError(f"{shown}: is no Arrow file; copy or download the folder again")
            convert_columnar(data, path, inner, shown, into)

    return converted(source, kind, convert)


def converted(
    source: Source, kind: str, convert: Callable[[Converter], None], max_bytes: int | None = None
) -> Source:
    """Return the source that a conversion makes; a refused one leaves nothing on disk."""
    shown = short(str(source.path), 200)
    container = f"{source.container} {kind}".strip()
    limit = believed(sum(stamp.size for stamp in source.stamps)) if max_bytes is None else max_bytes
    into = Converter(limit)
    try:
        convert(into)
        if source.ended:
            line = _line_ends(source.data) + 1 if kind in ("csv", "tsv") else len(into) + 1
            into.damage.append(Unreadable(line, source.ended))
        if not len(into):
            why = f"; line {into.damage[0].line}: {into.damage[0].reason}" if into.damage else ""
            raise InputRefusedError(f"{shown}: is {container} and holds no rows{why}")
        made = into.done()
    except TooLargeError as error:
        size = f"{error.limit / 1e6:,.0f} MB"
        why = (
            f"{size}, the most that is allowed here; allow more with --max-bytes, or convert it to JSONL "
            "first"
            if error.limit == limit
            else f"the {size} of free disk; set TMPDIR to a larger one"
        )
        raise InputRefusedError(
            f"{shown}: is {container} and as lines of JSON takes more than {why}"
        ) from None
    finally:
        into.close()
    return replace(
        source,
        data=made.data,
        begin=0,
        size=len(made.data),
        container=container,
        lines=made.lines,
        damage=made.damage,
        flags=made.flags,
        ended="",
    )


def _line_ends(data: Data) -> int:
    return sum(data[at : at + _BLOCK].count(b"\n") for at in range(0, len(data), _BLOCK))


def _mapped(data: Data) -> mmap.mmap | bytes:
    if isinstance(data, FileBytes):
        return data.mapped()
    return data if isinstance(data, bytes | mmap.mmap) else data[:]
