"""Tells what the fields of a record mean: which are the prompt, which the response, where the turns are."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import NamedTuple

from dataexplore.dataset.turns import Turn, calls_tools, prompt_of, response_of, turns
from dataexplore.errors import InputRefusedError
from dataexplore.text import short

__all__ = [
    "KNOWN_NAMES",
    "TEXT_NAMES",
    "Schema",
    "Turn",
    "calls_tools",
    "detect_schema",
    "mapped",
    "prompt_of",
    "response_of",
    "same_kind",
    "schema_of",
    "turns",
]

_PROMPTS = ("instruction", "prompt", "question", "query")
_INPUTS = ("input", "context")
_RESPONSES = ("output", "response", "answer", "completion")
_TURNS = ("messages", "conversations", "conversation", "dialogue", "dialog", "chat", "turns")
_PAIRS = (("chosen", "rejected"), ("chosen_response", "rejected_response"))
_LABELS = ("kto_tag", "label")
_TOOLS = ("tools", "functions")
TEXT_NAMES = frozenset(
    {"system", "text", *_PROMPTS, *_INPUTS, *_RESPONSES, *(name for pair in _PAIRS for name in pair)}
)
"""Names of fields that hold what is read and trained on: a number in them is text."""
KNOWN_NAMES = TEXT_NAMES | {*_TURNS, *_TOOLS, "history"}
"""Names of fields that a schema may have."""

_ENOUGH = 0.1
"""The share of records of a known kind from which on the others are records of it with fields missing."""


@dataclass(frozen=True)
class Schema:
    """The fields by meaning; an empty name means that there is none."""

    kind: str
    """alpaca, prompt-completion, sharegpt, messages, preference, kto, text or unknown."""
    prompt: str = ""
    input: str = ""
    response: str = ""
    """Of a preference pair the chosen answer."""
    system: str = ""
    turns: str = ""
    history: str = ""
    """Earlier turns as pairs of question and answer."""
    rejected: str = ""
    label: str = ""
    """True where the response is a good one, false where it is a bad one."""
    tools: str = ""
    """What the assistant may call."""

    @property
    def text_fields(self) -> tuple[str, ...]:
        """Every field that is read, in reading order."""
        names = (
            self.system,
            self.tools,
            self.history,
            self.prompt,
            self.input,
            self.turns,
            self.response,
            self.rejected,
            self.label,
        )
        return tuple(name for name in names if name)

    @property
    def flat(self) -> bool:
        """Whether prompt and response are the fields' own texts, wherever those are texts."""
        return not (self.turns or self.history or self.rejected)

    @property
    def judged(self) -> bool:
        """Whether rows say which answer is better: preference pairs and KTO, not made to be imitated."""
        return self.kind in ("preference", "kto")

    @property
    def required(self) -> tuple[str, ...]:
        """The fields without which a row says too little."""
        if self.kind == "unknown":  # its prompt is a guess
            return ()
        names = (self.prompt, self.response, self.rejected, self.label)
        return tuple(name for name in names if name)


def detect_schema(records: Sequence[Mapping[str, object]]) -> Schema:
    """Return the schema that most of the records have, with the fields that only some of them have."""
    found = Counter(schema_of(record) for record in records)
    groups: dict[tuple[str, str, str, str], list[Schema]] = {}
    for schema, _ in found.most_common():
        unknown = schema.kind == "unknown"
        main = ("", "", "") if unknown else (schema.prompt, schema.response, schema.turns)
        groups.setdefault((schema.kind, *main), []).append(schema)
    sizes = {main: sum(found[schema] for schema in group) for main, group in groups.items()}
    known = {main: size for main, size in sizes.items() if main[0] != "unknown"}
    if not known or max(known.values()) < _ENOUGH * len(records):
        known = sizes
    if not known:
        return Schema("unknown")
    first, *others = groups[max(known, key=known.__getitem__)]
    for other in others:
        first = _with_more(first, other)
    return first


def schema_of(record: Mapping[str, object]) -> Schema:
    """Return the schema of one record."""
    names = _named(tuple(record))
    said, speaks = "", False
    for name in names.turns:
        value = record[name]
        if isinstance(value, list) and (not value or isinstance(value[0], dict | str)):
            first = value[0] if value and isinstance(value[0], dict) else None
            shareable = "from" in first or "value" in first if first else name.startswith("conv")
            said, speaks = name, shareable
            break
    label = next((name for name in names.labels if isinstance(record[name], bool)), "")
    if not label and names.completes and "label" in names.labels and _judges(record["label"]):
        label = "label"
    if label == "label" and not (said or names.completes):
        label = ""  # a class of its own: only pairs of prompt and completion are labelled so
    alone = ""
    if not (said or names.pair or names.response) and _is_turns(record.get(names.prompt)):
        alone = names.prompt
    if said or names.pair or names.response or alone:
        return _schema(names, said or alone, speaks, label)
    if "text" in record:
        return Schema("text", response="text")
    texts = (name for name, value in record.items() if isinstance(value, str) and value)
    return Schema("unknown", prompt=names.prompt or next(texts, next(iter(record), "")))


def same_kind(one: Schema, other: Schema) -> bool:
    """Tell whether rows of two schemas belong together: extra or absent optional fields do not part them."""
    if one.judged and other.judged:
        return True
    if one.turns and one.turns == other.turns and not (one.judged or other.judged):
        return True
    main = ("prompt", "response", "turns")
    return one.kind == other.kind and all(getattr(one, role) == getattr(other, role) for role in main)


def mapped(schema: Schema, mapping: Mapping[str, str], names: Iterable[str] | None = None) -> Schema:
    """Return the schema with roles given by hand, as `{"prompt": "question"}`.

    `names` are the fields that there are. Raises InputRefusedError naming what there is.
    """
    roles = [field.name for field in fields(Schema) if field.name != "kind"]
    there = None if names is None else list(names)
    for role, name in mapping.items():
        if role not in roles:
            raise InputRefusedError(f"--map {short(f'{role}={name}', 80)}: the roles are {', '.join(roles)}")
        if there is not None and name not in there:
            shown = short(", ".join(there), 200) or "no fields"
            raise InputRefusedError(f"--map {short(f'{role}={name}', 80)}: there are {shown}")
    base = Schema("unknown") if schema.kind in ("unknown", "text") else schema
    paired = bool(base.rejected or "rejected" in mapping)
    if "turns" in mapping:
        base = replace(base, prompt="", input="", history="", response=base.response if paired else "")
    elif "prompt" in mapping or ("response" in mapping and not paired):
        base = replace(base, turns="")
    made = replace(base, **dict(mapping))
    return replace(made, kind=_kind(made, schema))


class _Names(NamedTuple):
    """The fields of a record that have a meaning by their names alone."""

    turns: tuple[str, ...]
    prompt: str
    input: str
    response: str
    system: str
    history: str
    pair: tuple[str, str] | None
    labels: tuple[str, ...]
    tools: str

    @property
    def completes(self) -> bool:
        return (self.prompt, self.response) == ("prompt", "completion")


@lru_cache(maxsize=2048)
def _named(names: tuple[str, ...]) -> _Names:
    prompt, response = _first(names, _PROMPTS), _first(names, _RESPONSES)
    return _Names(
        tuple(name for name in _TURNS if name in names),
        prompt,
        _first(names, _INPUTS),
        response if prompt else "",
        _first(names, ("system",)),
        _first(names, ("history",)),
        next((pair for pair in _PAIRS if pair[0] in names and pair[1] in names), None),
        tuple(name for name in _LABELS if name in names),
        _first(names, _TOOLS),
    )


@lru_cache(maxsize=2048)
def _schema(names: _Names, said: str, speaks: bool, label: str) -> Schema:
    system, tools = names.system, names.tools
    if names.pair:
        prompt = "" if said else names.prompt
        extra = names.input if prompt else ""
        history = names.history if prompt else ""
        good, bad = names.pair
        return Schema("preference", prompt, extra, good, system, said, history, bad, "", tools)
    if said:
        kind = "kto" if label else "sharegpt" if speaks else "messages"
        return Schema(kind, system=system, turns=said, label=label, tools=tools)
    plain = "prompt-completion" if names.completes else "alpaca"
    return Schema(
        "kto" if label else plain,
        names.prompt,
        names.input,
        names.response,
        system,
        history=names.history,
        label=label,
        tools=tools,
    )


def _kind(made: Schema, before: Schema) -> str:
    if made.rejected:
        return "preference"
    if made.label:
        return "kto"
    if made.turns:
        return before.kind if before.kind in ("sharegpt", "messages") else "messages"
    if made.prompt and made.response:
        return "prompt-completion" if (made.prompt, made.response) == ("prompt", "completion") else "alpaca"
    return "text" if made.response else "unknown"


def _with_more(schema: Schema, other: Schema) -> Schema:
    optional = ("input", "system", "history", "label", "tools")
    more = {role: getattr(other, role) for role in optional if not getattr(schema, role)}
    return replace(schema, **{role: name for role, name in more.items() if name})


def _judges(value: object) -> bool:
    """Tell whether a label says good or bad though it is not true or false, as trainers want it."""
    return str(value).lower() in ("true", "false", "0", "1")


def _is_turns(value: object) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, dict) and ("role" in item or "from" in item) for item in value)
    )


def _first(record: Sequence[str], names: Sequence[str]) -> str:
    return next((name for name in names if name in record), "")
