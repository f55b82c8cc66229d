"""Parses the bytes of one record, or says why they are not a JSON object."""

import json
import re
from functools import lru_cache

import orjson

Record = dict[str, object]

MAX_KEYS = 10_000
"""A record with more keys is not read: it is damage, and a frame that wide helps nobody."""

_KINDS = {
    list: "array",
    str: "string",
    int: "number",
    float: "number",
    bool: "true or false",
    type(None): "null",
}
_WORDS = {"{": "object", "[": "array"}
_CLOSING = {"{": "}", "[": "]"}
_HALF = 8
"""Characters from where half a value or half an escape begins to the end of the file, at most."""
_SHORT = 64
"""Bytes of a line that is no record and whose reason is kept: files of millions of such lines exist."""
_REPR = re.compile(rb"^\{\s*'")
_BEGINS = re.compile(rb'\s*[{\["0-9tfnNI-]')
"""What some JSON, or what Python takes for such, may begin with."""
_FOREIGN = (
    (re.compile(rb"\xef\xbb\xbf"), "a byte-order mark inside the file"),
    (re.compile(rb"#|//|/\*"), "a comment, which JSON does not have"),
    (re.compile(rb","), "a comma before the object, which lines of JSON do not have"),
    (re.compile(rb"\x1e"), "a record separator (1E) before the object"),
    (re.compile(rb"<"), "HTML or XML, not JSON"),
    (re.compile(rb"data: ?[{\[]"), "an event of a web stream, not JSON"),
    (re.compile(rb"\w+(?:[,;\t]\w+)+\r?$"), "a line of CSV, not JSON"),
)
"""What lines that are no JSON begin with."""


def read_record(line: bytes, *, cut_off: bool = False) -> Record | str:
    """Do what `parse` does, without its cost for short lines that were met before."""
    if line[:1] != b"{" and len(line) <= _SHORT and not cut_off:
        return _known(line)
    return parse(line, cut_off=cut_off)


def parse(line: bytes, *, cut_off: bool = False) -> Record | str:
    """Return the record, or the reason (one phrase) why there is none.

    `cut_off` tells that the line is the last of the file and has no line end.
    """
    if line[:1] != b"{" and not _BEGINS.match(line):
        return _foreign(line)
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return _reason(line, error, cut_off)
    if not isinstance(value, dict):
        return f"not a JSON object ({_KINDS[type(value)]})"
    if len(value) > MAX_KEYS:
        return f"too many keys ({len(value):,}; {MAX_KEYS:,} are read)"
    return value


@lru_cache(maxsize=4096)
def _known(line: bytes) -> Record | str:
    return parse(line)


def _foreign(line: bytes) -> str:
    """Name a line that cannot be JSON, without the two exceptions that parsing it would cost."""
    try:
        line.decode()
    except UnicodeDecodeError as bad:
        return f"not UTF-8 at byte {bad.start + 1}"
    known = (reason for first, reason in _FOREIGN if first.match(line))
    return next(known, "not JSON: expecting value at column 1")


def _reason(line: bytes, error: orjson.JSONDecodeError, cut_off: bool) -> str:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as bad:
        return f"not UTF-8 at byte {bad.start + 1}"
    if _REPR.match(line):
        return "Python's dict notation with single quotes, not JSON"
    if "infinity" in error.msg:
        return f"a number too large to read at column {error.colno}"
    if "depth limit" in error.msg:
        return "nested too deeply"
    if "surrogate" in error.msg:
        return f"half of a surrogate pair, which no text can hold, at column {error.colno}"
    try:
        json.loads(text)
    except json.JSONDecodeError as strict:
        return _phrase(strict, text, cut_off)
    except (RecursionError, ValueError):
        return f"not JSON: {error.msg} at column {error.colno}"
    if re.search(r"\b(NaN|Infinity)\b", text):
        return "NaN or Infinity is not JSON"
    return f"not JSON: {error.msg} at column {error.colno}"


def _phrase(error: json.JSONDecodeError, text: str, cut_off: bool) -> str:
    near = error.msg.startswith("Unterminated string") or len(text) - error.pos <= _HALF
    more = error.msg.startswith("Extra data")
    if near and not more and _CLOSING.get(text[:1], text[-1:]) != text[-1:]:
        whole = _WORDS.get(text[:1], "text")
        return "cut off at end of file (no newline)" if cut_off else f"cut off: the {whole} is not closed"
    if error.msg.startswith("Unterminated string"):
        return f"not JSON: the text that begins at column {error.colno} is not closed"
    if error.msg.startswith("Invalid control character"):
        return f"raw control character in a string at column {error.colno}"
    if more:
        if text[error.pos :].strip() == ",":
            return f"a comma after the object at column {error.colno}, which lines of JSON do not have"
        return f"extra data after the first {_WORDS.get(text[:1], 'value')} at column {error.colno}"
    return f"not JSON: {error.msg[0].lower()}{error.msg[1:]} at column {error.colno}"
