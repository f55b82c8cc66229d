"""A row as a text that is pleasant to edit, and what was changed in it, read back into the row's bytes."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from dataexplore.dataset.parse import Record, parse
from dataexplore.dataset.schema import Schema
from dataexplore.dataset.values import Value, compact, indented, replaced, text_bytes, values_in
from dataexplore.errors import EditError
from dataexplore.text import short

_MARK = "====="
_CONTENT = ("content", "value", "text")
_SPEAKER = ("role", "from")
_DEEPEST = 6
"""So many lists and objects inside one another are taken apart; what lies deeper is shown as JSON."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""What an editor may not show or keep; a text with such is shown as JSON."""


@dataclass(frozen=True)
class Section:
    """One value of the row under a heading of its own."""

    heading: str
    value: Value
    body: str
    """What stands under the heading."""
    is_text: bool


@dataclass(frozen=True)
class Form:
    """The text that a person edits, and what it was made of."""

    text: str
    mark: str
    """Each heading begins with it, and no other line does."""
    sections: tuple[Section, ...]
    row: bytes


def text_form(row: bytes, record: Record, schema: Schema, title: str) -> Form:
    """Lay a row out: each text as it is under a heading, conversations turn by turn, other values as JSON."""
    sections = _numbered(list(_sections(row, record, schema)))
    intro = [
        f"{title}: change what is under the headings, save and leave the editor.",
        "The headings themselves stay. What is left as it is keeps its bytes.",
    ]
    return _laid_out(row, sections, intro)


def json_form(row: bytes, title: str) -> Form:
    """Lay a row out as JSON, to change names, roles, the number of turns or anything else."""
    whole = Value("", 0, len(row))
    section = Section("the row as JSON", whole, indented(row).decode(), is_text=False)
    intro = [f"{title}: change the JSON under the heading, save and leave the editor."]
    return _laid_out(row, [section], intro)


def read_back(form: Form, content: bytes) -> bytes:
    """Return the row with what was changed in the form; raise EditError saying what cannot be read.

    A row in which nothing was changed is returned byte for byte.
    """
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise EditError(f"the text is not UTF-8 at byte {error.start + 1}") from None
    bodies = _bodies(form, text)
    new = {}
    for section in form.sections:
        body = bodies[section.heading]
        if not section.body or not section.is_text:
            body = body.strip("\n")
        if body != section.body:
            new[section.value] = _bytes_of(section, body, form.row)
    if len(form.sections) == 1 and form.sections[0].value == (whole := Value("", 0, len(form.row))):
        return _like_before(form.row, new[whole]) if whole in new else form.row
    return replaced(form.row, new)


def _sections(row: bytes, record: Record, schema: Schema) -> Iterator[Section]:
    for value in values_in(row):
        held = orjson.loads(row[value.start : value.end])
        label = short(value.name, 100).strip() or '""'
        if value.name in schema.text_fields and isinstance(held, list | dict) and held:
            yield from _inside(row, value, held, label, _DEEPEST)
        else:
            yield _section(row, value, held, label)


def _inside(row: bytes, value: Value, held: object, label: str, depth: int) -> Iterator[Section]:
    """Yield the texts of turns one by one; who speaks is told in the heading."""
    if depth > 0 and isinstance(held, list) and held:
        for number, (one, inner) in enumerate(zip(values_in(row, value.start), held, strict=True), 1):
            yield from _inside(row, one, inner, f"{label} {number}", depth - 1)
    elif (
        depth > 0
        and isinstance(held, dict)
        and any(isinstance(held.get(name), str | list) for name in _CONTENT)
    ):
        speaker = next((held[name] for name in _SPEAKER if isinstance(held.get(name), str)), "")
        told = f"{label} · {short(speaker, 40).strip()}" if speaker else label
        for one in values_in(row, value.start):
            inner = orjson.loads(row[one.start : one.end])
            if one.name in _CONTENT and isinstance(inner, list) and inner:
                yield from _inside(row, one, inner, told, depth - 1)
            elif one.name in _CONTENT:
                yield _section(row, one, inner, told)
            elif isinstance(inner, list | dict) and inner:
                yield _section(row, one, inner, f"{label} · {short(one.name, 40).strip()}")
    else:
        yield _section(row, value, held, label)


def _section(row: bytes, value: Value, held: object, label: str) -> Section:
    if isinstance(held, str):
        text = held.replace("\r\n", "\n")
        if not _CONTROL.search(text) and ("\r\n" not in held or text.count("\n") == held.count("\r\n")):
            return Section(label, value, text, is_text=True)
    raw = row[value.start : value.end]
    if isinstance(held, str):
        raw = _escaped(held)
    body = indented(raw) if isinstance(held, list | dict) else raw
    return Section(f"{label} (JSON)", value, body.decode(), is_text=False)


def _escaped(text: str) -> bytes:
    """Return a text as JSON in which every control character is written out."""
    shown = orjson.dumps(text).decode()
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", shown).encode()


def _numbered(sections: list[Section]) -> list[Section]:
    """Tell headings apart that are the same."""
    seen: dict[str, int] = {}
    found = []
    for one in sections:
        seen[one.heading] = count = seen.get(one.heading, 0) + 1
        heading = one.heading if count == 1 else f"{one.heading} #{count}"
        while count > 1 and heading in seen:
            count += 1
            heading = f"{one.heading} #{count}"
        seen.setdefault(heading, 1)
        found.append(Section(heading, one.value, one.body, one.is_text))
    return found


def _laid_out(row: bytes, sections: list[Section], intro: list[str]) -> Form:
    mark = _MARK
    lines = [line for one in sections for line in one.body.split("\n")]
    while any(line.startswith(mark) for line in lines):
        mark = f"{_MARK}{secrets.token_hex(3)}"
    text = "".join(f"{line}\n" for line in intro)
    for one in sections:
        text += f"\n{mark} {one.heading}\n{one.body}\n"
    return Form(f"{text}\n{mark} end\n", mark, tuple(sections), row)


def _bodies(form: Form, text: str) -> dict[str, str]:
    """Return what stands under each heading; raise EditError when they are not those of the form."""
    headings = {one.heading for one in form.sections}
    found: dict[str, list[str]] = {}
    body: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.startswith(f"{form.mark} "):
            body.append(line)
            continue
        heading = line.removeprefix(form.mark).strip()
        body = []
        if heading == "end" and len(found) == len(headings):
            return {name: _body(lines) for name, lines in found.items()}
        if heading == "end" and heading not in headings:
            break
        if heading not in headings or heading in found:
            what = "comes twice" if heading in found else "is none of the row's"
            raise EditError(f"line {number}: the heading {short(heading, 60)!r} {what}")
        found[heading] = body
    missing = [one.heading for one in form.sections if one.heading not in found]
    name = missing[0] if missing else "end"
    raise EditError(f"the heading {short(f'{form.mark} {name}', 80)!r} is missing")


def _body(lines: list[str]) -> str:
    """Return a text without the empty line that stands before the next heading."""
    return "\n".join(lines[:-1] if lines and not lines[-1] else lines)


def _bytes_of(section: Section, body: str, row: bytes) -> bytes:
    own = row[section.value.start : section.value.end]
    if section.is_text:
        text = body.replace("\n", "\r\n") if "\r\n" in orjson.loads(own) else body
        return text_bytes(text, own if b"\\u" in own or not own.isascii() else row)
    raw = body.strip().encode()
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        reason = parse(raw)
        why = reason if isinstance(reason, str) else f"not JSON: {error.msg}"
        raise EditError(f"under {short(section.heading, 60)!r}: {short(why, 100)}") from None
    whole = section.value.end == len(row)
    if whole and not isinstance(value, dict):
        raise EditError(f"under {short(section.heading, 60)!r}: {parse(raw)}")
    return compact(raw, own + b" " + row)  # spaced like the value of before, if that tells, else like the row


def _like_before(row: bytes, new: bytes) -> bytes:
    """Return a row written anew with the bytes of before wherever its members are the same."""
    before, now = values_in(row), values_in(new)
    if [one.name for one in before] != [one.name for one in now]:
        return new
    changed = {}
    for old, one in zip(before, now, strict=True):
        own, other = row[old.start : old.end], new[one.start : one.end]
        if compact(own) != compact(other):
            changed[old] = other
    return replaced(row, changed)
