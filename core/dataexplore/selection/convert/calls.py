"""Tool calls and tool definitions, in the ways that ShareGPT and OpenAI files write them."""

import orjson

from dataexplore.selection.convert.example import Call


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
    except orjson.JSONDecodeError:
        raise CallError("a tool call that is no JSON") from None
    calls = value if isinstance(value, list) else [value]
    return tuple(_function(one, "", "id") for one in calls)


def as_openai(call: Call) -> dict[str, object]:
    """Return a call as a message has it: its arguments are text."""
    arguments = call.arguments if isinstance(call.arguments, str) else _dumps(call.arguments)
    about: dict[str, object] = {"id": call.id} if call.id else {}
    return about | {"type": "function", "function": {"name": call.name, "arguments": arguments}}


def as_text(calls: tuple[Call, ...]) -> str:
    """Return calls as the text of a ShareGPT turn."""
    written = [
        {"name": call.name, "arguments": call.arguments} | ({"id": call.id} if call.id else {})
        for call in calls
    ]
    return _dumps(written[0] if len(written) == 1 else written)


def read_tools(value: object) -> list[object] | None:
    """Return tool definitions as a chat template takes them, None for what is no such list."""
    if isinstance(value, str):
        try:
            value = orjson.loads(value) if value.strip() else None
        except orjson.JSONDecodeError:
            return None
    if not isinstance(value, list) or not value or not all(isinstance(one, dict) for one in value):
        return None
    return [one if "function" in one else {"type": "function", "function": one} for one in value]


def tools_as_text(tools: list[object]) -> str:
    """Return tool definitions as ShareGPT files have them: text, each without the wrapping."""
    return _dumps(
        [
            one["function"]
            if isinstance(one, dict) and one.keys() == {"type", "function"} and one["type"] == "function"
            else one
            for one in tools
        ]
    )


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
    if isinstance(arguments, str):
        arguments = _parsed(arguments)
    return Call(name, {} if arguments is None else arguments, id_ or _id(value.get("id")))


def _id(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    raise CallError("a tool call with fields beside id, name and arguments")


def _parsed(text: str) -> object:
    """Return the object that a text holds, or the text where nothing but the text says the same."""
    try:
        value = orjson.loads(text)
        again = orjson.loads(_dumps(value))
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return text
    return value if isinstance(value, dict) and again == value else text


def _dumps(value: object) -> str:
    return orjson.dumps(value).decode()
