"""Values are found where they stand, and what is put in their place leaves every other byte alone."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.dataset.values import compact, indented, replaced, text_bytes, values_in

SPELLINGS = st.sampled_from(["1", "1.50", "1E+2", "-0", "123456789012345678901234567890", "true", "null"])
STRINGS = st.sampled_from(['""', r'"\u00e9\/\"\\"', '"é [1,2] {"', '"a: b, c"', r'"\ud83d\ude00"', '"😀"'])
WHITE = st.sampled_from(["", " ", "  ", "\t", "\n ", " \r\n"])


@st.composite
def spelled(draw: st.DrawFn, depth: int = 3) -> str:
    """JSON as anybody may have written it."""
    kind = draw(st.sampled_from(["scalar", "string", "list", "object"] if depth else ["scalar", "string"]))
    if kind == "scalar":
        return draw(SPELLINGS)
    if kind == "string":
        return draw(STRINGS)
    items = []
    for _ in range(draw(st.integers(0, 3))):
        item = draw(spelled(depth - 1))
        if kind == "object":
            item = draw(STRINGS) + draw(WHITE) + ":" + draw(WHITE) + item
        items.append(draw(WHITE) + item + draw(WHITE))
    inside = ",".join(items) or draw(WHITE)
    return f"[{inside}]" if kind == "list" else f"{{{inside}}}"


@st.composite
def objects(draw: st.DrawFn) -> bytes:
    names = draw(st.lists(STRINGS, min_size=1, max_size=5))
    members = [
        draw(WHITE) + name + draw(WHITE) + ":" + draw(WHITE) + draw(spelled()) + draw(WHITE) for name in names
    ]
    return f"{{{','.join(members)}}}".encode()


@given(objects())
def test_values_are_those_that_a_parser_finds(row: bytes) -> None:
    pairs: list[tuple[str, Any]] = json.loads(row, object_pairs_hook=list)
    found = values_in(row)
    assert [value.name for value in found] == [name for name, _ in pairs]
    for value, (_, held) in zip(found, pairs, strict=True):
        own = row[value.start : value.end]
        assert json.loads(own, object_pairs_hook=list) == held
        assert own == own.strip()
        if own[:1] in (b"[", b"{"):
            inner = values_in(row, value.start)
            assert len(inner) == len(held)
            assert all(value.start < one.start < one.end < value.end for one in inner)


@given(objects(), st.data())
def test_one_value_is_replaced_and_all_other_bytes_stay(row: bytes, data: st.DataObject) -> None:
    value = data.draw(st.sampled_from(values_in(row)))
    new = data.draw(st.text()).encode("utf-8", "ignore")
    other = replaced(row, {value: orjson.dumps(new.decode())})
    assert other == row[: value.start] + orjson.dumps(new.decode()) + row[value.end :]
    assert replaced(row, {one: row[one.start : one.end] for one in values_in(row)}) == row


@given(objects())
def test_laid_out_and_put_together_again_it_is_spelled_the_same(row: bytes) -> None:
    assert compact(indented(row)) == compact(row)
    assert json.loads(indented(row), object_pairs_hook=list) == json.loads(row, object_pairs_hook=list)
    assert b"\n" not in compact(row)
    if compact(row, b'{"a":1}') == row:
        assert compact(indented(row), row) == row


def test_known_spellings() -> None:
    row = rb'{"a":1.50,"b":[1, {"c" : "x,\"y"}],"a":{}}'
    assert [(value.name, row[value.start : value.end]) for value in values_in(row)] == [
        ("a", b"1.50"),
        ("b", rb'[1, {"c" : "x,\"y"}]'),
        ("a", b"{}"),
    ]
    assert compact(row, row) == rb'{"a":1.50,"b":[1,{"c":"x,\"y"}],"a":{}}'
    assert compact(row, b'{"a": 1}') == rb'{"a": 1.50, "b": [1, {"c": "x,\"y"}], "a": {}}'
    assert indented(b'{"a":[],"b":[1,{}]}') == b'{\n  "a": [],\n  "b": [\n    1,\n    {}\n  ]\n}'


@pytest.mark.parametrize(
    ("like", "written"),
    [(rb'{"a":"\u00e9"}', rb'"\u00fc"'), ('{"a":"é"}'.encode(), '"ü"'.encode()), (b"{}", '"ü"'.encode())],
)
def test_letters_are_written_as_the_row_writes_them(like: bytes, written: bytes) -> None:
    assert text_bytes("ü", like) == written
