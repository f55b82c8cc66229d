"""Tool calls and tool definitions, in the ways that ShareGPT and OpenAI files write them."""

import json
from dataclasses import replace

import orjson

from dataexplore.selection.convert.example import Call
from dataexplore.selection.convert.slices import items, members


class CallError(Exception):
    """A call that cannot be read; its text is a reason for the report."""


def read_openai(value: object) -> tuple[Call, ...]:
    """Read the `tool_calls` of a message."""
    if not isinstance(value, list):
        raise CallError("a tool call that cannot be read")
    return tuple(_openai(one) for one in value)


def read_function(value: object) -> Call:
    """Read the older `function_call` of a message."""
    return _function(value, "")


def read_text(text: str) -> tuple[Call, ...]:
    """Read the text of a ShareGPT turn that calls: an object with name and arguments, or a list of such."""
    try:
        value = orjson.loads(text)
        return tuple(map(_spelled, items(text) if isinstance(value, list) else [text]))
    except orjson.JSONDecodeError:
        raise CallError("a tool call that is no JSON") from None
    except RecursionError:
        raise CallError("a tool call that cannot be read") from None


def as_openai(call: Call) -> dict[str, object]:
    """Return a call as a message has it: its arguments are text."""
    about: dict[str, object] = {"id": call.id} if call.id else {}
    return about | {"type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def as_text(calls: tuple[Call, ...]) -> str:
    """Return calls as the text of a ShareGPT turn, spaced like their arguments, which stay as they are."""
    arguments = "".join(call.arguments for call in calls)
    tight = '":' in arguments and '": ' not in arguments
    colon, comma = (":", ",") if tight else (": ", ", ")
    written = []
    for call in calls:
        value = call.arguments if _is_object(call.arguments) else _dumps(call.arguments)
        parts = {"name": _dumps(call.name), "arguments": value} | ({"id": _dumps(call.id)} if call.id else {})
        written.append("{" + comma.join(f'"{name}"{colon}{part}' for name, part in parts.items()) + "}")
    return written[0] if len(written) == 1 else f"[{comma.join(written)}]"


def read_tools(value: object) -> list[object] | None:
    """Return tool definitions as a chat template takes them, None for what is no such list."""
    if isinstance(value, str):
        try:
            value = orjson.loads(value) if value.strip() else None
            orjson.dumps([[value]])  # it reads deeper nesting than it writes
        except (orjson.JSONDecodeError, orjson.JSONEncodeError):
            return None
    if not isinstance(value, list) or not value or not all(isinstance(one, dict) for one in value):
        return None
    return [one if "function" in one else {"type": "function", "function": one} for one in value]


def tools_as_text(tools: list[object]) -> str:
    """Return tool definitions as ShareGPT files have them: text, each without the wrapping."""
    bare = [
        one["function"]
        if isinstance(one, dict) and one.keys() == {"type", "function"} and one["type"] == "function"
        else one
        for one in tools
    ]
    try:
        return json.dumps(bare, ensure_ascii=False)  # spaced, as most such files have them
    except TypeError:  # a number keeps its own digits
        return _dumps(bare)


def _openai(value: object) -> Call:
    if not isinstance(value, dict) or not value.keys() <= {"id", "type", "function"}:
        raise CallError("a tool call with fields beside id, name and arguments")
    if value.get("type") not in (None, "function"):
        raise CallError("a tool call that is no function call")
    return _function(value.get("function"), _id(value.get("id")))


def _function(value: object, id_: str, *more: str) -> Call:
    if not isinstance(value, dict) or not isinstance(name := value.get("name"), str):
        raise CallError("a tool call without a name")
    written = "parameters" if "parameters" in value and "arguments" not in value else "arguments"
    if not value.keys() <= {"name", written, *more}:
        raise CallError("a tool call with fields beside id, name and arguments")
    arguments = value.get(written)
    if not isinstance(arguments, str):
        arguments = _dumps({} if arguments is None else arguments)
    return Call(name, arguments, id_ or _id(value.get("id")))


def _spelled(text: str) -> Call:
    """Read one call of a ShareGPT turn; arguments that are JSON keep their spelling."""
    value = orjson.loads(text)
    call = _function(value, "", "id")
    parts = members(text)
    if len(parts) > len(value):
        raise CallError("a tool call that names a field twice")
    own = {name: part for name, part in parts if name in ("arguments", "parameters")}
    spelled = next((part for part in own.values() if part[0] != '"' and part != "null"), "")
    return replace(call, arguments=spelled) if spelled else call


def _id(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    raise CallError("a tool call with fields beside id, name and arguments")


def _is_object(text: str) -> bool:
    """Tell whether a text is a JSON object that may stand inside other JSON."""
    try:
        value = orjson.loads(text)
        orjson.dumps([[value]])  # it reads deeper nesting than it writes
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return False
    return isinstance(value, dict)


def _dumps(value: object) -> str:
    return orjson.dumps(value).decode()
