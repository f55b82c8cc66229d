"""Reads what is said in a record, turn by turn, whatever the shape of the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from dataexplore.dataset.roles import ASSISTANT, CALLING, SYSTEM, TOOL, USER, role_of

if TYPE_CHECKING:
    from dataexplore.dataset.schema import Schema


class Turn(NamedTuple):
    """What one speaker says at once."""

    role: str
    """user, assistant, system, tool, or the file's own word where it is none that is known."""
    text: str
    """Parts of content that are no text stand in it as `[image_url]`."""
    said_as: str = ""
    """The file's own word for the role, where it is another one."""
    name: str = ""
    """Who speaks, or which tool answers."""
    calls: tuple[Any, ...] = ()
    """The tools that are called, as the file has them: objects, or text of JSON."""
    call_id: str = ""
    """The call that a tool answers."""
    parts: tuple[str, ...] = ()
    """What kinds of content there are that are no text: image_url, number, object ..."""

    @property
    def spoken(self) -> str:
        """The text, and after it each call as one line of JSON: what a model learns to write."""
        if not self.calls:
            return self.text
        called = [call if isinstance(call, str) else call_text(call) for call in self.calls]
        return "\n".join([self.text, *called] if self.text else called)


class Pair(NamedTuple):
    """An answer that was chosen and one that was rejected, after what both of them answer."""

    context: list[Turn]
    chosen: list[Turn]
    rejected: list[Turn]


def turns(record: Mapping[str, object], schema: Schema) -> list[Turn]:
    """Return what is said in a record, in order; of a preference pair the chosen answer."""
    if schema.kind == "unknown":
        text = guessed_prompt(record, schema)
        return [Turn(USER, text)] if text else []
    answer = _answer(record.get(schema.response)) if schema.response else []
    if schema.rejected and _is_whole(record.get(schema.response)):
        return [*_system(record, schema, answer), *answer]
    return [*_context(record, schema), *answer]


def guessed_prompt(record: Mapping[str, object], schema: Schema) -> str:
    """Return what stands for the prompt of a record of no known schema: a field's text, or all as JSON."""
    value = record.get(schema.prompt)
    if value is None or value == "":
        value = next((text for text in record.values() if isinstance(text, str) and text), record or "")
    return value_text(value)


def pair_of(record: Mapping[str, object], schema: Schema) -> Pair:
    """Return both answers of a preference pair; what both begin with is context."""
    chosen, rejected = record.get(schema.response), record.get(schema.rejected)
    good, bad = _answer(chosen), _answer(rejected)
    whole = _is_whole(chosen), _is_whole(rejected)
    if not any(whole):
        return Pair(_context(record, schema), good, bad)
    same = 0
    if all(whole):
        while same < min(len(good), len(bad)) - 1 and same_value(good[same], bad[same]):
            same += 1
    long = good if whole[0] else bad
    shared = long[: same if all(whole) else len(long) - 1]
    context = [*_system(record, schema, long), *shared]
    return Pair(context, good[len(shared) :] if whole[0] else good, bad[len(shared) :] if whole[1] else bad)


def prompt_of(said: Sequence[Turn]) -> str:
    """Return all that the user asks, one turn a paragraph; else what is said under unknown roles."""
    asked = [turn.text for turn in said if turn.role == USER and turn.text]
    if not asked:
        known = (USER, ASSISTANT, SYSTEM, TOOL)
        asked = [turn.text for turn in said if turn.role not in known and turn.text]
    return asked[0] if len(asked) == 1 else "\n\n".join(asked)


def response_of(said: Sequence[Turn]) -> str:
    """Return all that the assistant answers, calls of tools included, one turn a paragraph."""
    answers = [
        turn.spoken if turn.calls else turn.text
        for turn in said
        if turn.role == ASSISTANT and (turn.text or turn.calls)
    ]
    return answers[0] if len(answers) == 1 else "\n\n".join(answers)


def rejected_text(record: Mapping[str, object], schema: Schema) -> str:
    """Return what the assistant answers in the rejected answer of a preference pair."""
    value = record.get(schema.rejected)
    return value if isinstance(value, str) else response_of(_answer(value))


def calls_tools(record: Mapping[str, object], schema: Schema) -> bool:
    """Tell whether a turn of a record calls a tool: then it need not say anything."""
    return bool(schema.turns) and any(turn.calls for turn in turns(record, schema))


def call_text(call: object) -> str:
    """Return a call as `{"name": ..., "arguments": ...}` where those can be told, else as it is."""
    name, arguments = call_parts(call)
    return value_text({"name": name, "arguments": arguments}) if name else value_text(call)


def call_parts(call: object) -> tuple[str, object]:
    """Return the tool's name and its arguments (read as JSON where they are JSON); no name: no known call."""
    held = _loaded(call)
    if isinstance(held, dict) and isinstance(held.get("function"), dict):
        held = held["function"]
    if not isinstance(held, dict) or not isinstance(held.get("name"), str):
        return "", call
    return held["name"], _loaded(held.get("arguments", held.get("parameters")))


def value_text(value: object) -> str:
    """Return text as it is and anything else as JSON."""
    if isinstance(value, str):
        return value
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # it reads deeper nesting than it writes
        return "[nested too deeply to show]"


def same_value(one: object, other: object) -> bool:
    """Tell whether two values of JSON are equal; those nested too deeply to compare are not."""
    try:
        return one == other
    except RecursionError:
        return False


def kind_of(value: object) -> str:
    """Return in a word what a value of JSON is."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "text"
    return "null" if value is None else "list" if isinstance(value, list) else "object"


def turns_in(value: object, alone: str = USER) -> list[Turn]:
    """Return the turns of a list; items that are texts alternate, beginning with `alone`."""
    if not isinstance(value, list):
        return []
    if all(type(item) is dict for item in value):
        return [_turn(item) for item in value]
    said, other = [], ASSISTANT if alone == USER else USER
    for place, item in enumerate(value):
        if isinstance(item, dict):
            said.append(_turn(item))
        elif isinstance(item, str):
            said.append(Turn(other if place % 2 else alone, item))
    return said


def _context(record: Mapping[str, object], schema: Schema) -> list[Turn]:
    said: list[Turn] = []
    if schema.system and (text := _text(record.get(schema.system))):
        said.append(Turn(SYSTEM, text))
    if schema.turns:
        said += turns_in(record.get(schema.turns))
    if schema.history:
        said += _past(record.get(schema.history))
    if schema.prompt or schema.input:
        asked = record.get(schema.prompt)
        if isinstance(asked, list) and all(isinstance(item, dict) for item in asked):
            said += turns_in(asked)
        extra = _text(record.get(schema.input)) if schema.input else ""
        text = asked if isinstance(asked, str) else ""
        if text or extra:
            said.append(Turn(USER, f"{text}\n{extra}" if text and extra else text or extra))
    return said


def _answer(value: object) -> list[Turn]:
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return turns_in(value, ASSISTANT)
    if isinstance(value, dict) and not _WORDS.isdisjoint(value):
        return [_turn(value)]
    return [Turn(ASSISTANT, value if isinstance(value, str) else "")]


def _is_whole(value: object) -> bool:
    """Tell whether an answer is a conversation that holds its question, too."""
    return isinstance(value, list) and any(
        isinstance(item, dict) and role_of(_text(item.get("role", item.get("from")))) == USER
        for item in value
    )


def _system(record: Mapping[str, object], schema: Schema, said: Sequence[Turn]) -> list[Turn]:
    text = _text(record.get(schema.system)) if schema.system else ""
    return [Turn(SYSTEM, text)] if text and not any(turn.role == SYSTEM for turn in said) else []


def _past(value: object) -> list[Turn]:
    """Return earlier turns: pairs of question and answer, or turns."""
    said: list[Turn] = []
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict):
            said.append(_turn(item))
        elif isinstance(item, list):
            said += [Turn(role, _text(text)) for role, text in zip((USER, ASSISTANT), item, strict=False)]
    return said


_WORDS = frozenset({"role", "from"})


def _turn(item: Mapping[str, Any]) -> Turn:
    word = item.get("from")
    if type(word) is str:
        text = item.get("value")
    else:
        word, text = item.get("role"), item.get("content")
    if type(word) is str and type(text) is str and len(item) == 2 and word not in CALLING:
        role = role_of(word)
        return Turn(role, text) if role == word else Turn(role, text, word)
    return _long_turn(item)


def _long_turn(item: Mapping[str, Any]) -> Turn:
    word = _text(item["role"] if item.get("role") is not None else item.get("from"))
    role = role_of(word)
    content = next((item[name] for name in ("content", "value", "text") if item.get(name) is not None), None)
    text, parts = (content, ()) if isinstance(content, str) else _content(content)
    calls: list[Any] = []
    if word in CALLING:
        calls, text = ([text] if text else []), ""
    called = item.get("tool_calls")
    calls += called if isinstance(called, list) else [called] if called else []
    if once := item.get("function_call"):
        calls.append(once)
    said_as, call_id = word if word != role else "", _text(item.get("tool_call_id"))
    return Turn(role, text, said_as, _text(item.get("name")), tuple(calls), call_id, parts)


def _content(value: object) -> tuple[str, tuple[str, ...]]:
    """Return the text of a turn's content and the kinds of its parts that are no text."""
    if value is None:
        return "", ()
    if not isinstance(value, list):
        return value_text(value), (kind_of(value),)
    texts, kinds = [], []
    for part in value:
        if isinstance(part, str):
            texts.append(part)
        elif isinstance(part, dict) and isinstance(part.get("text"), str):
            texts.append(part["text"])
        else:
            kind = part.get("type") if isinstance(part, dict) else None
            kinds.append(kind if isinstance(kind, str) and kind else kind_of(part))
            texts.append(f"[{kinds[-1]}]")
    return "\n".join(texts), tuple(kinds)


def _loaded(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
