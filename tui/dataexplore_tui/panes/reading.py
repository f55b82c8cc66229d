"""How a row reads: each schema its own look, and no row blank."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.style import Style
from rich.text import Text

from dataexplore.dataset.parse import Record
from dataexplore.dataset.roles import ASSISTANT, SYSTEM, TOOL, USER
from dataexplore.dataset.schema import Schema
from dataexplore.dataset.turns import Turn, call_parts, kind_of, pair_of, turns, turns_in, value_text
from dataexplore_tui.widgets.ink import ACCENT, DIM, DROP, FOUND, KEEP, TITLE, WARN, line, shown, shown_lines
from dataexplore_tui.widgets.strips import wrapped

_LONGEST = 20_000
"""Characters of one field or turn that are laid out; the rest is said to be there."""
_MOST = 100_000
"""Characters of one row that are laid out."""
_ABREAST = 100
"""Cells from which on two answers stand side by side."""


def reading(record: Record, schema: Schema, width: int, found: str = "") -> list[Text]:
    """Return a row's text as lines of at most `width` cells; `found` is marked in it."""
    page = Page(width, found)
    if schema.rejected:
        _pair(page, record, schema)
    elif schema.turns:
        _conversation(page, record, schema)
    elif schema.kind == "unknown":
        _everything(page, record)
    else:
        _fields(page, record, schema)
    if schema.label:
        _label(page, record.get(schema.label), schema.label, schema.label in record)
    if schema.tools and record.get(schema.tools):
        _tools(page, schema.tools, record[schema.tools])
    return page.lines


class Page:
    """Lines of a row, one block after another."""

    def __init__(self, width: int, found: str = "") -> None:
        self.width = width
        self.found = found
        self.lines: list[Text] = []
        self._laid_out = 0

    @property
    def full(self) -> bool:
        """Whether no more blocks should be laid out."""
        return self._laid_out >= _MOST

    def line(self, *parts: tuple[str, Style] | str | Text) -> None:
        """Add a line of the program's own words and names from the data."""
        self.lines += wrapped(line(*parts), max(8, self.width))

    def block(self, heading: Text, text: str) -> None:
        """Add a heading and under it a text, indented."""
        count = f"  {len(text):,} characters" if len(text) > 400 else ""
        self.line(heading, (count, DIM))
        self.text(text)
        self.gap()

    def text(self, text: str) -> None:
        """Add a text, indented and cut where it is very long."""
        self._laid_out += min(len(text), _LONGEST) + 40
        for part in shown_lines(text[:_LONGEST]):
            if self.found:
                part.highlight_words([self.found], FOUND, case_sensitive=False)
            self.lines += [line("  ", piece) for piece in wrapped(part, max(8, self.width - 2))]
        if len(text) > _LONGEST:
            self.line((f"  … {len(text) - _LONGEST:,} more characters", WARN))

    def note(self, heading: Text, words: str) -> None:
        """Add a heading with a word of warning behind it."""
        self.line(heading, (f"  {words}", WARN))

    def gap(self) -> None:
        """Add an empty line."""
        self.lines.append(Text(end=""))


def _fields(page: Page, record: Record, schema: Schema) -> None:
    for name in schema.text_fields:
        if name in (schema.label, schema.tools):
            continue
        value, heading = record.get(name), shown(name, ACCENT)
        if name not in record:
            if name in schema.required:
                page.note(heading, "missing")
        elif value is None:
            page.note(heading, "null")
        elif value == "" or value == []:
            if name == schema.response:
                page.note(heading, "empty")
        elif name == schema.history:
            _turns(page, turns({name: value}, Schema("alpaca", history=name)), f"{name} · ")
        elif isinstance(value, list) and all(isinstance(item, dict) for item in value):
            _turns(page, turns_in(value, ASSISTANT if name == schema.response else USER), f"{name} · ")
        else:
            page.block(heading, value_text(value))


def _conversation(page: Page, record: Record, schema: Schema) -> None:
    value = record.get(schema.turns)
    if not isinstance(value, list):
        heading = shown(schema.turns, ACCENT)
        if value is None:
            page.note(heading, "null" if schema.turns in record else "missing")
        else:
            page.note(heading, f"no list of turns, but {kind_of(value)}")
            page.text(value_text(value))
    elif not value:
        page.note(shown(schema.turns, ACCENT), "no turns")
    _turns(page, turns(record, schema))


def _pair(page: Page, record: Record, schema: Schema) -> None:
    pair = pair_of(record, schema)
    _turns(page, pair.context)
    sides = [(schema.response, pair.chosen, "chosen"), (schema.rejected, pair.rejected, "rejected")]
    if page.width < _ABREAST:
        for name, said, word in sides:
            _side(page, record, name, said, word)
        return
    width = (page.width - 3) // 2
    pages = [Page(width, page.found), Page(width, page.found)]
    for half, (name, said, word) in zip(pages, sides, strict=True):
        _side(half, record, name, said, word)
    left, right = (half.lines for half in pages)
    for at in range(max(len(left), len(right))):
        cell = left[at].copy() if at < len(left) else Text(end="")
        cell.truncate(width, pad=True)
        page.line(cell, (" │ ", DIM), right[at] if at < len(right) else Text(end=""))


def _side(page: Page, record: Record, name: str, said: Sequence[Turn], word: str) -> None:
    mark = ("✓ ", KEEP) if word == "chosen" else ("✗ ", DROP)
    value = record.get(name)
    known = line(mark, shown(name, ACCENT))
    if name not in record or value is None:
        page.note(known, "null" if name in record else "missing")
    elif not any(turn.text or turn.calls for turn in said):
        page.note(known, "empty" if value in ("", [], {}) else kind_of(value))
        if value not in ("", [], {}):
            page.text(value_text(value))
    else:
        _turns(page, said, "", lambda turn: line(known, shown(_other_role(turn), DIM)))
        return
    page.gap()


def _turns(
    page: Page, said: Sequence[Turn], before: str = "", heading: Callable[[Turn], Text] | None = None
) -> None:
    for place, turn in enumerate(said):
        if page.full:
            page.line((f"… {len(said) - place:,} more turns", WARN))
            return
        title = heading(turn) if heading else line(shown(before, DIM), _speaker(turn))
        if turn.text:
            page.block(title, turn.text)
        elif turn.calls:
            page.line(title)
        else:
            page.note(title, "empty")
            page.gap()
        for call in turn.calls:
            _call(page, call)
        if turn.calls:
            page.gap()


def _other_role(turn: Turn) -> str:
    return "" if turn.role == ASSISTANT else f"  {turn.said_as or turn.role}"


def _speaker(turn: Turn) -> Text:
    styles = {USER: ACCENT, ASSISTANT: TITLE, SYSTEM: DIM, TOOL: DIM}
    role = shown(turn.role, styles.get(turn.role, WARN)) if turn.role else line(("no role", WARN))
    more = [word for word in (turn.said_as, turn.name, turn.call_id) if word]
    return line(role, shown(f"  {' · '.join(more)}" if more else "", DIM))


def _call(page: Page, call: object) -> None:
    """Show a call of a tool: its name, and each argument on lines of its own."""
    name, arguments = call_parts(call)
    if not name:
        page.note(line(("  → ", ACCENT)), "a call without a name")
        page.text(value_text(call))
        return
    page.line(("  → ", ACCENT), shown(name, TITLE))
    if isinstance(arguments, dict):
        for key, value in arguments.items():
            page.text(f"  {key}: {value_text(value)}")
    elif arguments not in (None, ""):
        page.line(("    arguments that are no object", WARN))
        page.text(f"  {value_text(arguments)}")


def _label(page: Page, value: object, name: str, there: bool) -> None:
    heading = shown(name, ACCENT)
    if isinstance(value, bool):
        mark = ("  ✓ true: a good answer", KEEP) if value else ("  ✗ false: a bad answer", DROP)
        page.line(heading, mark)
    else:
        page.note(heading, f"no true or false, but {kind_of(value)}" if there else "missing")
    page.gap()


def _tools(page: Page, name: str, value: object) -> None:
    """Name the tools that may be called; where they are not told apart, show all as it is."""
    names = [call_parts(tool)[0] for tool in _listed(value)]
    if names and all(names):
        page.line(shown(name, ACCENT), shown(f"  {len(names)}: {', '.join(names)}"))
        page.gap()
    elif value != "[]":
        page.block(shown(name, ACCENT), value_text(value))


def _listed(value: object) -> list[object]:
    if isinstance(value, str):
        import orjson

        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return []
    return value if isinstance(value, list) else []


def _everything(page: Page, record: Record) -> None:
    if not record:
        page.line(("a row without fields", WARN))
    for name, value in record.items():
        if page.full:
            page.line(("… more fields", WARN))
            return
        if value is None or value == "":
            page.note(shown(name, ACCENT), "null" if value is None else "empty")
        else:
            page.block(shown(name, ACCENT), value_text(value))
