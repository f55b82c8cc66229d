"""An element that nothing closes is one unreadable element: those after it are rows as ever."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataexplore.dataset import nesting, spans
from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.loading import LoadCancelledError, load, open_dataset
from dataexplore.dataset.opening import open_head
from dataexplore.dataset.spans import Spans, array_spans, object_spans

ROWS = [
    {"instruction": f"Q{number} [{{", "input": {"a": [{"b": 1}]}, "output": f'A "{number}" }}'}
    for number in range(40)
]
within = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

DAMAGE: dict[str, Callable[[str], str]] = {
    "a brace is missing": lambda row: row.rstrip()[:-1].rstrip(),
    "a text has no end": lambda row: row[: row.rindex('"')] + row[row.rindex('"') + 1 :],
    "a name has no beginning": lambda row: row.replace('"output"', 'output"'),
    "half of it is missing": lambda row: row[: len(row) // 2].rstrip(" ,\n"),
    "a brace is too much": lambda row: row + "}",
    "an inner object is open": lambda row: re.sub(r"\}(\s*\])", r"\1", row),
    "all that is inside is open": lambda row: row[: row.index('"b"')] + '"b": 1',
}
LAYOUTS: dict[str, Callable[[list[dict[str, Any]]], tuple[str, list[str], str, str]]] = {
    "one a line": lambda rows: ("[\n", [json.dumps(row) for row in rows], ",\n", "\n]\n"),
    "indented": lambda rows: ("[\n  ", [_indented(row, 2) for row in rows], ",\n  ", "\n]"),
    "lines without indentation": lambda rows: (
        "[\n",
        [json.dumps(row, indent=0) for row in rows],
        ",\n",
        "]",
    ),
    "one line": lambda rows: ("[", [json.dumps(row) for row in rows], ", ", "]"),
    "compact": lambda rows: ("[", [json.dumps(row, separators=(",", ":")) for row in rows], ",", "]"),
}


def _indented(row: dict[str, Any], by: int) -> str:
    return json.dumps(row, indent=by).replace("\n", "\n" + " " * by)


def written(layout: str, damaged: dict[int, str]) -> tuple[bytes, list[bytes]]:
    """Return a file and its elements."""
    before, elements, between, after = LAYOUTS[layout](ROWS)
    for place, kind in damaged.items():
        elements[place] = DAMAGE[kind](elements[place])
    return (before + between.join(elements) + after).encode(), [one.encode() for one in elements]


def texts(data: bytes, found: Spans) -> list[bytes]:
    return [data[start:end] for start, end in zip(found.start.tolist(), found.end.tolist(), strict=True)]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kind", DAMAGE)
def test_one_torn_element_costs_one_row(tmp_path: Path, layout: str, kind: str) -> None:
    data, elements = written(layout, {5: kind})
    path = tmp_path / "rows.json"
    path.write_bytes(data)
    dataset = open_dataset(path)
    assert dataset.format == "json array"
    assert [dataset.record(row) for row in range(len(dataset))] == ROWS[:5] + ROWS[6:]
    assert [dataset.raw(row) for row in range(len(dataset))] == elements[:5] + elements[6:]
    line = data[: data.index(elements[5])].count(b"\n") + 1
    assert [one.line for one in dataset.unreadable] == [line]
    assert dataset.unreadable[0].reason


@within
@given(
    layout=st.sampled_from(sorted(LAYOUTS)),
    damaged=st.dictionaries(st.integers(0, 38), st.sampled_from(sorted(DAMAGE)), max_size=6),
    block=st.sampled_from([3, 50, 1 << 25]),
)
def test_each_torn_element_stands_alone_however_the_file_is_read(
    layout: str, damaged: dict[int, str], block: int
) -> None:
    data, elements = written(layout, damaged)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spans, "_BLOCK", block)
        patch.setattr(nesting, "_AFTER", block)
        found = array_spans(data, 0)
    assert texts(data, found) == elements
    assert found.closed


@within
@given(
    rows=st.recursive(
        st.fixed_dictionaries({"id": st.integers(0, 9)}),
        lambda inner: st.fixed_dictionaries(
            {"id": st.integers(0, 9), "children": st.lists(inner, max_size=3)}
        ),
        max_leaves=8,
    ).map(lambda row: [row, row]),
    indent=st.sampled_from([None, 0, 1, "\t"]),
    objects=st.booleans(),
)
def test_rows_in_rows_are_no_rows_of_a_sound_file(
    rows: list[dict[str, Any]], indent: int | str | None, objects: bool
) -> None:
    if objects:
        data = "\n".join(json.dumps(row, indent=indent) for row in rows).encode()
        found = object_spans(data, 0)
    else:
        data = json.dumps(rows, indent=indent).encode()
        found = array_spans(data, 0)
    assert [json.loads(one) for one in texts(data, found)] == rows


@within
@given(data=st.lists(st.sampled_from([*'{}[]",:\\ \n', '{"a":"b"}', ',\n{"a":']), max_size=40).map("".join))
def test_of_any_bytes_only_commas_and_white_space_are_in_no_element(data: str) -> None:
    raw = ('[{"a":1},\n' + data).encode()
    found = array_spans(raw, 0)
    starts, ends = found.start.tolist(), found.end.tolist()
    assert starts[0] == 1
    between = [raw[end:start] for end, start in zip(ends, starts[1:], strict=False)]
    assert sum(map(len, between)) + sum(map(len, texts(raw, found))) == ends[-1] - 1
    assert all(re.fullmatch(rb"[\s,]*\]?\s*", one) for one in between)


def test_objects_after_a_torn_one_are_rows(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    elements = [json.dumps(row, indent=1) for row in ROWS]
    elements[3] = elements[3].rstrip()[:-1]
    path.write_text("\n".join(elements))
    dataset = open_dataset(path)
    assert (dataset.format, len(dataset), len(dataset.unreadable)) == ("json objects", 39, 1)


def test_an_array_after_an_array_is_read_and_what_is_between_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    lines = ",\n".join(json.dumps(row) for row in ROWS[:3])
    path.write_text(f"[\n{lines}\n]\n[\n{lines}\n]\n")
    dataset = open_dataset(path)
    assert len(dataset) == 6
    assert [(one.line, one.preview) for one in dataset.unreadable] == [(5, "]↵[")]


def test_an_array_is_read_while_its_elements_are_still_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spans, "_BLOCK", 1000)
    path = tmp_path / "rows.json"
    path.write_text(json.dumps(ROWS * 5))
    seen: list[tuple[int, int]] = []
    dataset: Dataset = load(open_head(path), lambda done, rows: seen.append((done, rows)))
    assert [dataset.record(row) for row in range(len(dataset))] == ROWS * 5
    assert len(seen) > 5
    assert seen[0][0] < 50
    asked = iter([False, False, True])
    with pytest.raises(LoadCancelledError):
        load(open_head(path), cancelled=lambda: next(asked))
