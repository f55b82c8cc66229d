"""Tells by its first bytes that a file is no rows of text, and what to do with it."""

import codecs
import re

from dataexplore.dataset.filebytes import Data

_HEAD = 1 << 16
_FEW = 4
"""Zero bytes that text may hold however short it is."""
_BOM = b"\xef\xbb\xbf"
_AS_LINES = "write its rows as JSONL first"
_ZIP = b"PK\x03\x04"
_OFFICE = "is a document of Microsoft Office: save it as CSV first"
_PICKLE = f"is a pickle, which may run programs when it is read: {_AS_LINES}"
_KINDS = (
    (_ZIP, "is a zip archive: unpack it first"),
    (b"PK\x05\x06", "is a zip archive with nothing in it"),
    (b"7z\xbc\xaf\x27\x1c", "is a 7z archive: unpack it first"),
    (b"Rar!\x1a\x07", "is a RAR archive: unpack it first"),
    (b"\x04\x22\x4d\x18", "is lz4: unpack it with `lz4 -d` first"),
    (b"\x5d\0\0", "is lzma: unpack it with `xz -dk --format=lzma` first"),
    (b"\x1f\x9d", "is packed by compress: unpack it with `uncompress` first"),
    (b"SQLite format 3\x00", "is an SQLite database, not a dataset"),
    (b"version https://git-lfs", "is a Git LFS pointer: run `git lfs pull` to get the data"),
    (b"# xet version", "is a pointer to data in Xet storage: download the file itself"),
    (b"%PDF-", "is a PDF document: write its text as JSONL first"),
    (b"\xd0\xcf\x11\xe0", _OFFICE),
    (b"\x89PNG", "is a picture, not a dataset"),
    (b"\xff\xd8\xff", "is a picture, not a dataset"),
    (b"\x7fELF", "is a program, not a dataset"),
    (b"GGUF", "is a model, not a dataset"),
    (b"\x93NUMPY", f"is an array of NumPy: {_AS_LINES}"),
    (b"\x89HDF", f"is HDF5: {_AS_LINES}"),
    (b"Obj\x01", f"is Avro: {_AS_LINES}"),
    (b"ORC", f"is ORC: {_AS_LINES}"),
    (b"PARE", "is encrypted Parquet: write it without encryption first"),
    (b"FEA1", "is the first version of Feather: write it as Parquet first"),
    *((b"\x80" + bytes([version]), _PICKLE) for version in range(2, 6)),
    (b"\xff\xfe\0\0", "is UTF-32: convert it with `iconv -f UTF-32 -t UTF-8`"),
    (b"\0\0\xfe\xff", "is UTF-32: convert it with `iconv -f UTF-32 -t UTF-8`"),
    (b"\xff\xfe", "is UTF-16: convert it with `iconv -f UTF-16 -t UTF-8`"),
    (b"\xfe\xff", "is UTF-16: convert it with `iconv -f UTF-16 -t UTF-8`"),
)
_WIDE = (("UTF-32LE", b"x000"), ("UTF-32BE", b"000x"), ("UTF-16LE", b"x0x0"), ("UTF-16BE", b"0x0x"))
"""Where the zeros are in the first two letters of text in ASCII (RFC 4627, section 3)."""
_PAGE = re.compile(rb"<(?:!doctype\s|html\b|\?xml\b)", re.IGNORECASE)


def not_text(data: Data) -> str | None:
    """Return why a file is no text in UTF-8, as a phrase with what to do; None where it may be."""
    head = data[:_HEAD]
    if head.startswith(_ZIP) and b"[Content_Types].xml" in head:
        return _OFFICE
    bare = head.removeprefix(_BOM)
    for magic, reason in _KINDS:
        if bare.startswith(magic):
            return reason
    if head[257:262] == b"ustar":
        return "is a tar archive: unpack it first"
    if head[8:10] == b'{"' and int.from_bytes(head[:8], "little") < len(data):
        return "is a model (safetensors), not a dataset"
    if head and not head.strip(b"\0"):
        return "begins with nothing but zero bytes, as a file that was not written whole: copy it again"
    if wide := _wide(head):
        return f"looks like {wide[:6]} without a byte-order mark: convert it with `iconv -f {wide} -t UTF-8`"
    text = _first_text(data)
    if not text:
        return "holds only white space"
    if _PAGE.match(text):
        return "is a web page or XML, perhaps an error saved in place of the data: download it again"
    if text[:1] in b"{[":
        return None
    control = sum(text.count(byte) for byte in (*range(1, 9), *range(14, 27)))
    if text.count(0) > max(_FEW, 0.01 * len(text)) or control > 0.05 * len(text):
        return "is binary, not text: write its rows as JSONL first"
    return None


def _wide(head: bytes) -> str:
    """Return the encoding of text whose letters take two or four bytes, "" for any other."""
    marks = bytes(ord("x") if 8 < byte < 127 else ord("0") if not byte else ord("?") for byte in head[:4])
    name = next((name for name, pattern in _WIDE if marks == pattern), "")
    if not name:
        return ""
    try:
        text = codecs.getincrementaldecoder(name)().decode(head)
    except UnicodeDecodeError:
        return ""
    return "" if "\0" in text else name


def _first_text(data: Data) -> bytes:
    """Return what the file begins with after white space, b"" where there is nothing else."""
    at = len(_BOM) if data[: len(_BOM)] == _BOM else 0
    while piece := data[at : at + _HEAD]:
        if text := piece.lstrip():
            return text
        at += len(piece)
    return b""
