"""Tells what the fields of a record mean: which are the prompt, which the response, where the turns are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_PROMPTS = ("instruction", "prompt", "question", "query")
_INPUTS = ("input", "context")
_RESPONSES = ("output", "response", "answer", "completion")
_TURNS = ("messages", "conversations", "conversation")
TEXT_NAMES = frozenset({"system", "text", *_PROMPTS, *_INPUTS, *_RESPONSES})
"""Names of fields that hold what is read and trained on: a number in them is text."""
_ROLES = {
    "human": "user",
    "user": "user",
    "gpt": "assistant",
    "assistant": "assistant",
    "model": "assistant",
    "system": "system",
}


@dataclass(frozen=True)
class Turn:
    """One speaker's text; `role` is system, user, assistant or the file's own word."""

    role: str
    text: str


@dataclass(frozen=True)
class Schema:
    """The fields by meaning; an empty name means that there is none."""

    kind: str
    """alpaca, turns, text or unknown."""
    prompt: str = ""
    input: str = ""
    response: str = ""
    system: str = ""
    turns: str = ""

    @property
    def text_fields(self) -> tuple[str, ...]:
        """The fields that hold what is read and trained on, in reading order."""
        names = (self.system, self.prompt, self.input, self.response, self.turns)
        return tuple(name for name in names if name)


def detect_schema(records: Sequence[Mapping[str, object]]) -> Schema:
    """Return the schema that most of the records have."""
    found = Counter(_of(record) for record in records)
    return found.most_common(1)[0][0] if found else Schema("unknown")


def _of(record: Mapping[str, object]) -> Schema:
    for name in _TURNS:
        if isinstance(record.get(name), list):
            return Schema("turns", turns=name)
    prompt = _first(record, _PROMPTS)
    response = _first(record, _RESPONSES)
    if prompt and response:
        return Schema("alpaca", prompt, _first(record, _INPUTS), response, _first(record, ("system",)))
    if "text" in record:
        return Schema("text", response="text")
    strings = [name for name, value in record.items() if isinstance(value, str)]
    return Schema("unknown", prompt=strings[0] if strings else next(iter(record), ""))


def wrapping(value: Mapping[str, object]) -> str | None:
    """Return "" for records by name, the name that they are under, or None when it is a record itself."""
    inner = [one for one in value.values() if isinstance(one, dict)]
    if len(inner) == len(value) > 1 and detect_schema(inner).kind != "unknown":
        return ""
    for name, held in value.items():
        inner = [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []
        if inner and detect_schema([value]).kind == "unknown" and detect_schema(inner).kind != "unknown":
            return name
    return None


def _first(record: Mapping[str, object], names: Sequence[str]) -> str:
    return next((name for name in names if name in record), "")


def turns(record: Mapping[str, object], schema: Schema) -> list[Turn]:
    """Return what is said in a record, in order; a missing or non-text field counts as not said."""
    if schema.turns:
        said = record.get(schema.turns)
        return [_turn(item) for item in said if isinstance(item, dict)] if isinstance(said, list) else []
    prompt = "\n".join(text for name in (schema.prompt, schema.input) if (text := _text(record.get(name))))
    parts = [
        ("system", _text(record.get(schema.system)) if schema.system else ""),
        ("user", prompt),
        ("assistant", _text(record.get(schema.response)) if schema.response else ""),
    ]
    return [Turn(role, text) for role, text in parts if text or role == "assistant"]


def calls_tools(record: Mapping[str, object], schema: Schema) -> bool:
    """Tell whether a turn of a record calls a tool: then it need not say anything."""
    said = record.get(schema.turns)
    if not isinstance(said, list):
        return False
    return any(
        isinstance(item, dict) and (item.get("tool_calls") or item.get("function_call")) for item in said
    )


def _turn(item: Mapping[str, object]) -> Turn:
    role = _text(item.get("role") or item.get("from"))
    return Turn(_ROLES.get(role, role), _text(item.get("content") or item.get("value")))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def prompt_of(said: Sequence[Turn]) -> str:
    """Return what was asked first."""
    return next((turn.text for turn in said if turn.role == "user"), "")


def response_of(said: Sequence[Turn]) -> str:
    """Return all that the assistant answered, one turn a paragraph."""
    return "\n\n".join(turn.text for turn in said if turn.role == "assistant" and turn.text)
