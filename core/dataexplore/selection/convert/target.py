"""What every target schema can tell and do."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from dataexplore.dataset.parse import Record
from dataexplore.selection.convert.calls import tools_as_text
from dataexplore.selection.convert.example import Example, Said

TOOLS = "the spelling of tool definitions' JSON"
_WRAPPED = "tool definitions get the wrapping of a function"


@dataclass
class Needs:
    """Fields and forms that some rows of a file need, so that all rows get them."""

    system: bool = False
    history: bool = False
    as_messages: bool = False


class Target(Protocol):
    """A schema that rows can be written in."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def fields(self) -> tuple[str, ...]:
        """Fields that it writes; a row's other fields cannot have their names."""

    @property
    def tools(self) -> str:
        """How it has tool definitions: list, text, or "" for as they are."""

    @property
    def one_form(self) -> bool:
        """Whether all files of it look alike, so that a row of it fits without a look."""

    def unfit(self, example: Example) -> Iterable[str]:
        """Yield why the target cannot hold a row."""

    def notes(self, example: Example) -> Iterable[str]:
        """Yield what is written in another way, or left out because it says nothing."""

    def need(self, example: Example, needs: Needs) -> None:
        """Take in what a fitting row needs."""

    def is_own(self, form: str, needs: Needs) -> bool:
        """Tell whether a row that has this form already can stay as it is."""

    def write(self, example: Example, needs: Needs) -> Record:
        """Return the target's own fields of a fitting row."""


class Usual:
    """What most targets answer: they need nothing, and all that is said has its place in them."""

    name = ""
    one_form = True

    def notes(self, example: Example) -> Iterable[str]:
        """Yield nothing."""
        return ()

    def need(self, example: Example, needs: Needs) -> None:
        """Need nothing."""

    def is_own(self, form: str, needs: Needs) -> bool:
        """Take what has the form already."""
        return form == self.name


def whole(target: Target, example: Example, needs: Needs, *, tools_as_json: bool = False) -> Record:
    """Return a row as the target has it: its own fields, then the others in their order.

    `tools_as_json` keeps tool definitions in one text: their shapes differ too much for a column.
    """
    record = target.write(example, needs)
    form = target.tools if target.tools != "list" or target.one_form or needs.as_messages else ""
    for name, value in example.extras.items():
        if name != example.tools_field or example.tools is None or not (form or tools_as_json):
            record[name] = value
        else:
            as_text = tools_as_json or form == "text"
            text = example.tools_text or tools_as_text(example.tools)
            record["tools"] = text if as_text else example.tools
    return record


def tool_notes(target: Target, example: Example) -> Iterable[str]:
    """Yield what a list of tool definitions no longer tells of how the row has them."""
    if example.tools is None or target.tools != "list":
        return
    if example.tools_text and tools_as_text(example.tools) != example.tools_text:
        yield TOOLS
    elif not example.tools_text and example.tools != example.extras[example.tools_field]:
        yield _WRAPPED


def clashes(target: Target, example: Example) -> Iterable[str]:
    """Yield the fields of a row that have the names of the target's own."""
    for name in example.extras.keys() & set(target.fields):
        yield f"its field {name!r} has the name of one of the target's (--leave-out {name})"


def beside_text(turns: Iterable[Said]) -> Iterable[str]:
    """Yield what turns hold that is no text."""
    for one in turns:
        if one.role == "tool" or one.call_id:
            yield "tool answers"
        if one.calls:
            yield "tool calls"
        if one.name or one.more:
            names = ", ".join((["name"] if one.name else []) + list(one.more)[:3])
            yield f"fields in its turns ({names})"
