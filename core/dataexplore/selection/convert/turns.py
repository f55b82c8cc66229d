"""Reads the turns of a row, and says what in them has no place elsewhere."""

from dataclasses import dataclass, field

from dataexplore.dataset.roles import ASSISTANT, CALLING, USER
from dataexplore.selection.convert.calls import (
    CallError,
    as_openai,
    as_text,
    read_function,
    read_openai,
    read_text,
)
from dataexplore.selection.convert.example import Call, Said
from dataexplore.selection.convert.roles import Roles, known_role
from dataexplore.text import short

_SHAREGPT = {"human", "gpt", "system", "function_call", "observation"}
_OPENAI = {"user", "assistant", "system", "developer", "tool"}
_TEXTS = ("content", "value", "text")
SPELLING = "the spelling of a tool call's JSON"
_FORM = "tool calls get OpenAI's form: a type, arguments as text"


@dataclass
class Findings:
    """What was noticed while a row was read, each reason once."""

    unfit: dict[str, None] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    """The keys under which turns have who speaks and what."""
    words: set[str] = field(default_factory=set)
    """Roles as the file has them."""

    @property
    def form(self) -> str:
        """The target whose keys and words all turns are written with, "" for none."""
        if self.keys == {"from", "value"} and self.words <= _SHAREGPT:
            return "sharegpt"
        return "messages" if self.keys == {"role", "content"} and self.words <= _OPENAI else ""


def read_turns(value: object, roles: Roles, found: Findings, alone: str = USER) -> list[Said]:
    """Return the turns of a list; items that are texts alternate, beginning with `alone`."""
    said: list[Said] = []
    other = ASSISTANT if alone == USER else USER
    for place, item in enumerate(value if isinstance(value, list) else [value]):
        if isinstance(item, dict):
            said.append(_turn(item, roles, found))
        elif isinstance(item, str):
            found.keys.add("")
            said.append(Said(other if place % 2 else alone, item))
        else:
            found.unfit["a turn that is neither an object nor a text"] = None
    return said


def text_of(value: object, what: str, found: Findings) -> str:
    """Return a text; null is an empty one, and text parts are joined."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, list) and value and all(_is_text(part) for part in value):
        found.notes[f"parts of {what} joined by line ends"] = None
        return "\n".join(str(part["text"]) for part in value)
    found.unfit[f"{what} that is no text"] = None
    return ""


def _is_text(part: object) -> bool:
    return (
        isinstance(part, dict)
        and part.keys() == {"type", "text"}
        and part["type"] == "text"
        and isinstance(part["text"], str)
    )


def _turn(item: dict[str, object], roles: Roles, found: Findings) -> Said:
    who = "role" if item.get("role") is not None or "from" not in item else "from"
    key = next((one for one in _TEXTS if item.get(one) is not None), "")
    key = key or next((one for one in _TEXTS if one in item), "content")
    found.keys |= {who, key}
    word = item.get(who)
    word = word if isinstance(word, str) else ""
    found.words.add(word)
    role = known_role(word, roles)
    if not role:
        shown = short(word, 40)
        what_it_is = f"the unknown role {shown!r}" if word else "a turn that names no speaker"
        found.unfit[f"{what_it_is} (--role {shown}=assistant says what it is)"] = None
    if word == "developer":
        found.notes["the role 'developer' is written as system"] = None
    text = text_of(item.get(key), "a turn", found)
    calls: tuple[Call, ...] = ()
    try:
        if word in CALLING and word not in roles:
            calls, written, text = read_text(text), text, ""
            if as_text(calls) != written:
                found.notes[SPELLING] = None
        if item.get("tool_calls"):
            called = read_openai(item["tool_calls"])
            if [as_openai(call) for call in called] != item["tool_calls"]:
                found.notes[_FORM] = None
            calls += called
        if item.get("function_call"):
            calls += (read_function(item["function_call"]),)
            found.notes[_FORM] = None
    except CallError as error:
        found.unfit[str(error)] = None
    if calls and role != ASSISTANT:
        found.unfit["a tool call by somebody else than the assistant"] = None
    taken = {who, key, "tool_calls", "function_call"}
    speaker, call_id = (_label(item, one, taken) for one in ("name", "tool_call_id"))
    more = {name: one for name, one in item.items() if name not in taken and one is not None}
    return Said(role, text, calls, speaker, call_id, more)


def _label(item: dict[str, object], key: str, taken: set[str]) -> str:
    value = item.get(key)
    if isinstance(value, str) and value:
        taken.add(key)
        return value
    return ""
