"""Names what is odd about one record: its fields, its turns, its pair; the record is never changed."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from dataexplore.dataset.roles import ASSISTANT, SYSTEM, TOOL, USER, is_known, role_of
from dataexplore.dataset.schema import Schema
from dataexplore.dataset.turns import Turn, call_parts, kind_of, same_value
from dataexplore.text import short

OUT_OF_RANGE = "number out of range"
_LIMIT = 2**63
_LISTS = frozenset({"prompt-completion", "preference", "kto"})
"""Kinds whose prompt and answer may be turns as well as text."""


def record_flags(record: Mapping[str, object], schema: Schema, said: Sequence[Turn]) -> list[str]:
    """Return the names of a record's problems, read by `schema`; `said` are its turns."""
    found = _field_flags(record, schema)
    if schema.turns and not isinstance(record.get(schema.turns), list):
        found.append(_no_turns(record, schema.turns))
    elif not schema.flat or _has_turns(record, schema):
        found += _turn_flags(record, schema, said)
    if schema.rejected:
        found += _pair_flags(record, schema)
    if any(is_out_of_range(value) for value in record.values()):
        found.append(OUT_OF_RANGE)
    return found


def _no_turns(record: Mapping[str, object], name: str) -> str:
    if name not in record:
        return f"missing {name}"
    value = record[name]
    return f"null {name}" if value is None else f"{name} is not a list ({kind_of(value)})"


def is_out_of_range(value: object) -> bool:
    """Tell whether a value is a number of which 64 bits may not hold every digit."""
    return (type(value) is int or type(value) is float) and not -_LIMIT < value < _LIMIT


def _field_flags(record: Mapping[str, object], schema: Schema) -> list[str]:
    found = []
    for name in schema.required:
        value = record.get(name)
        if type(value) is str and name != schema.label:
            continue
        if name not in record:
            if not (name == schema.prompt and type(record.get(schema.response)) is list):  # it holds both
                found.append(f"missing {name}")
        elif value is None:
            found.append(f"null {name}")
        elif name == schema.label:
            if not isinstance(value, bool):
                found.append(f"{name} is not true or false")
        elif not _may_hold(value, name, schema):
            found.append(f"{name} is not text ({kind_of(value)})")
    for name in (schema.system, schema.input):
        value = record.get(name) if name else None
        if value is not None and not isinstance(value, str):
            found.append(f"{name} is not text ({kind_of(value)})")
    past = record.get(schema.history) if schema.history else None
    if past and not (isinstance(past, list) and all(map(_is_past, past))):
        found.append(f"{schema.history} is not pairs of question and answer")
    return found


def _may_hold(value: object, name: str, schema: Schema) -> bool:
    """Tell whether a field may hold this: turns, where the schema knows them, and an answer as one turn."""
    if schema.kind not in _LISTS:
        return False
    if isinstance(value, list):
        return bool(value) and all(_is_turn(item) for item in value)
    return name != schema.prompt and _is_turn(value)


def _is_turn(value: object) -> bool:
    return isinstance(value, dict) and ("role" in value or "from" in value)


def _is_past(value: object) -> bool:
    if isinstance(value, list):
        return len(value) == 2 and all(isinstance(text, str) for text in value)
    return _is_turn(value)


def _has_turns(record: Mapping[str, object], schema: Schema) -> bool:
    return schema.kind in _LISTS and (
        type(record.get(schema.prompt)) is list or type(record.get(schema.response)) is list
    )


def _turn_flags(record: Mapping[str, object], schema: Schema, said: Sequence[Turn]) -> list[str]:
    words = tuple([turn.said_as or turn.role for turn in said])
    found = [*_order_flags(words, _one_answer(schema, said), schema.turns == "prompt")]
    told = bool(schema.turns) or _has_turns(record, schema)  # else an empty answer is flagged as a field
    for turn in said:
        text = turn.text
        if told and (not text or text.isspace()) and not turn.calls and turn.role in (USER, ASSISTANT):
            found.append(f"empty turn: {turn.role}")
        if any(not isinstance(call, str) and not call_parts(call)[0] for call in turn.calls):
            found.append("tool call without a name")
        if turn.parts:
            found += [f"content is not text: {short(kind, 24)}" for kind in turn.parts]
    items = record.get(schema.turns) if schema.turns else None
    if isinstance(items, list) and len(items) > len(said):
        found.append("turn that is no object")
    return list(dict.fromkeys(found)) if len(found) > 1 else found


@lru_cache(maxsize=4096)
def _order_flags(words: tuple[str, ...], one_answer: bool, only_asks: bool) -> tuple[str, ...]:
    """Return what is odd about who speaks after whom, under the file's own words."""
    found: dict[str, None] = {}
    before, begun = "", False
    for word in words:
        role = role_of(word)
        if not is_known(word):
            found[f"unknown role: {short(word, 24)}" if word else "turn without a role"] = None
        if role == SYSTEM and begun:
            found["late system turn"] = None
        if role == before and role in (USER, ASSISTANT, SYSTEM):
            found[f"repeated role: {role}"] = None
        if not begun and role in (ASSISTANT, TOOL) and not one_answer:
            found[f"starts on {role}"] = None
        begun = begun or role != SYSTEM
        before = role
    last = next((role for word in reversed(words) if (role := role_of(word)) != SYSTEM), "")
    if last in (USER, TOOL) and not only_asks:
        found[f"ends on {last}"] = None
    return tuple(found)


def _one_answer(schema: Schema, said: Sequence[Turn]) -> bool:
    """Tell whether a pair without a prompt is the texts of two answers."""
    return bool(schema.rejected) and not schema.turns and len(said) == 1


def _pair_flags(record: Mapping[str, object], schema: Schema) -> list[str]:
    chosen, rejected = record.get(schema.response), record.get(schema.rejected)
    if chosen is None or rejected is None:
        return []
    found = ["chosen equals rejected"] if same_value(chosen, rejected) else []
    if isinstance(rejected, str) and not rejected.strip():
        found.append("empty rejected")
    if isinstance(chosen, list) and isinstance(rejected, list) and chosen and rejected:
        first = _first_asked(chosen), _first_asked(rejected)
        if not same_value(*first):
            found.append("chosen and rejected answer different prompts")
    return found


def _first_asked(answer: Sequence[object]) -> object:
    for item in answer:
        if isinstance(item, dict):
            said = item.get("role") or item.get("from")
            if isinstance(said, str) and role_of(said) == USER:
                return item.get("content", item.get("value"))
    return None
