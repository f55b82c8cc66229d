"""A field that is named twice is found wherever it stands, whatever texts look like a name."""

import json
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.dataset.loading import open_dataset
from dataexplore.dataset.repeats import repeats

NAME = st.sampled_from(["a", "b", '"', "\\", '\\"', ":", '":', "\\\\", "é"]) | st.text(max_size=3)
SPACE = st.sampled_from(["", " ", "\t", " \r\n  "])
Node = tuple[str, bool]
"""JSON as it is spelled, and whether an object in it names a field twice."""


@st.composite
def objects(draw: st.DrawFn, inner: st.SearchStrategy[Node]) -> Node:
    members = draw(st.lists(st.tuples(NAME, inner), max_size=3))
    parts = [
        f"{json.dumps(name, ensure_ascii=draw(st.booleans()))}{draw(SPACE)}:{draw(SPACE)}{text}"
        for name, (text, _) in members
    ]
    twice = len({name for name, _ in members}) < len(members) or any(found for _, (_, found) in members)
    return "{" + ",".join(parts) + "}", twice


def arrays(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.lists(inner, max_size=3).map(
        lambda nodes: (f"[{', '.join(text for text, _ in nodes)}]", any(found for _, found in nodes))
    )


LEAF = (NAME | st.integers(-9, 9)).map(lambda value: (json.dumps(value), False))
NODE = st.recursive(LEAF, lambda inner: objects(inner) | arrays(inner), max_leaves=6)


@given(st.lists(objects(NODE), max_size=4))
def test_rows_that_name_a_field_twice_are_found_and_no_others(rows: list[Node]) -> None:
    raw = [text.encode() for text, _ in rows]
    assert repeats(raw, [orjson.loads(row) for row in raw]) == [
        place for place, (_, twice) in enumerate(rows) if twice
    ]


USUAL = '{"instruction": "q", "output": "a", "source": 1}'
SAID = '{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}'


@pytest.mark.parametrize(
    ("usual", "row"),
    [
        (USUAL, '{"instruction": "q", "output": "a", "source": 1, "source": 2}'),
        (USUAL, '{"instruction": "q", "output": "a", "source": {"id": 1, "id": 2}}'),
        (USUAL, '{"instruction": "q", "output": "a", "source": 1, "\\u0073ource": 1}'),
        (SAID, SAID.replace('"content": "a"', '"content": "b", "content": "a"')),
    ],
)
def test_any_field_counts_at_any_depth(tmp_path: Path, usual: str, row: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f"{usual}\n{row}\n{usual}\n")
    assert open_dataset(path).problems["repeated field"].tolist() == [1]
