"""Rows in every schema that can be converted, made up by hypothesis, and how to compare what they say."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.loading import open_dataset
from dataexplore.dataset.turns import Turn, call_parts

Row = dict[str, Any]
# Without control characters: a file full of them is refused as binary.
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=6)
SAID = TEXT.map(lambda text: "t" + text)
SCALAR = st.none() | st.booleans() | st.integers(-(2**62), 2**62) | SAID
EXTRAS = st.fixed_dictionaries(
    {},
    optional={
        "id": st.integers(0, 9),
        "score": st.floats(0, 5, allow_nan=False),
        "meta": st.dictionaries(SAID, SCALAR | st.lists(SCALAR, max_size=2), max_size=2),
        "source": SCALAR,
    },
)
NAME = st.sampled_from(["get_weather", "search", "ünïcode"])
ARGUMENTS = st.dictionaries(SAID, SCALAR | st.lists(SAID, max_size=2), max_size=2)


def spelled(value: object) -> st.SearchStrategy[str]:
    """A value as JSON text in one of the ways that programs write it."""
    ways = ((", ", ": "), (",", ":"), (" , ", " : "))
    return st.builds(
        json.dumps, st.just(value), separators=st.sampled_from(ways), ensure_ascii=st.booleans()
    ) | st.just(json.dumps(value, indent=1))


@st.composite
def messages(draw: st.DrawFn) -> Row:
    """OpenAI messages: system turns anywhere, calls with and without text and ids, tool answers, names."""
    said: list[Row] = []
    for role in draw(
        st.lists(st.sampled_from(["user", "assistant", "system", "tool"]), min_size=1, max_size=5)
    ):
        turn: Row = {"role": role, "content": draw(SAID if role != "assistant" else TEXT)}
        if role == "assistant" and draw(st.booleans()):
            turn["tool_calls"] = [draw(_call()) for _ in range(draw(st.integers(1, 2)))]
        if role == "tool" and draw(st.booleans()):
            turn["tool_call_id"] = draw(SAID)
        if draw(st.integers(0, 4)) == 0:
            turn["name"] = draw(SAID)
        if draw(st.integers(0, 5)) == 0:
            turn["weight"] = draw(st.integers(0, 1))
        said.append(turn)
    return {"messages": said} | draw(EXTRAS)


@st.composite
def _call(draw: st.DrawFn) -> Row:
    arguments = draw(ARGUMENTS)
    about = {"id": draw(SAID)} if draw(st.booleans()) else {}
    function = {"name": draw(NAME), "arguments": draw(spelled(arguments))}
    return about | {"type": "function", "function": function}


@st.composite
def sharegpt(draw: st.DrawFn) -> Row:
    """ShareGPT with calls as turns of their own."""
    words = ["human", "gpt", "system", "function_call", "observation"]
    said = []
    for word in draw(st.lists(st.sampled_from(words), min_size=1, max_size=5)):
        value = draw(SAID)
        if word == "function_call":
            value = draw(spelled({"name": draw(NAME), "arguments": draw(ARGUMENTS)}))
        said.append({"from": word, "value": value})
    defined = [{"name": draw(NAME), "parameters": {}}]
    tools = {"tools": draw(spelled(defined))} if draw(st.booleans()) else {}
    return {"conversations": said} | tools | draw(EXTRAS)


@st.composite
def alpaca(draw: st.DrawFn) -> Row:
    """Alpaca, plain or with the system text and history of LLaMA-Factory."""
    row: Row = {"instruction": draw(SAID), "input": draw(TEXT), "output": draw(TEXT)}
    if draw(st.booleans()):
        row["system"] = draw(TEXT)
    if draw(st.booleans()):
        row["history"] = draw(st.lists(st.tuples(SAID, TEXT).map(list), max_size=2))
    return row | draw(EXTRAS)


@st.composite
def prompt_completion(draw: st.DrawFn) -> Row:
    """Prompt and completion as texts, or as messages."""
    if draw(st.booleans()):
        return {"prompt": draw(SAID), "completion": draw(TEXT)} | draw(EXTRAS)
    *before, last = draw(messages())["messages"]
    return {
        "prompt": before or [{"role": "user", "content": "t"}],
        "completion": [{"role": "assistant", "content": last["content"]}],
    } | draw(EXTRAS)


KINDS = {
    "messages": messages(),
    "sharegpt": sharegpt(),
    "alpaca": alpaca(),
    "prompt-completion": prompt_completion(),
}


def written(path: Path, rows: Sequence[Row]) -> Dataset:
    """Write rows as lines of JSON and open them."""
    path.write_bytes(b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows))
    return open_dataset(path)


def told(dataset: Dataset) -> list[list[tuple[object, ...]]]:
    """Return what the rows of a dataset say, as the rest of the program reads it."""
    return [[plain(turn) for turn in dataset.turns(row)] for row in range(len(dataset))]


def plain(turn: Turn) -> tuple[object, ...]:
    """Return what a turn says, whatever way the file has of writing it."""
    calls = [call_parts(one) for call in turn.calls for one in _several(call)]
    return turn.role, turn.text, calls, turn.name, turn.call_id


def _several(call: object) -> list[object]:
    """Return the calls of a turn whose text is a list of them."""
    held = json.loads(call) if isinstance(call, str) else call
    return held if isinstance(held, list) else [call]


def beside(row: Row, *fields: str) -> list[tuple[str, object]]:
    """Return the other fields of a row in their order."""
    return [(name, value) for name, value in row.items() if name not in (*fields, "tools")]
