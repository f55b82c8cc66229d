"""Columns take every value as it is: nothing is lost to what the first rows looked like."""

import json
import math
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataexplore.dataset.columns import MAX_FIELDS, columns_of
from dataexplore.dataset.parts import Held, Stored, Table, kinds_of
from dataexplore.dataset.schema import Schema

VALUE = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.lists(st.integers(0, 9), max_size=3)
    | st.dictionaries(st.text(max_size=2), st.integers(0, 9), max_size=2)
)


def frame(*chunks: list[dict[str, Any]], always: tuple[str, ...] = ()) -> pl.DataFrame:
    frames = [pl.DataFrame(columns_of(chunk, always)) for chunk in chunks]
    parts = [
        Stored(len(chunk), kinds_of(made), Held(made)) for chunk, made in zip(chunks, frames, strict=True)
    ]
    table = Table(Schema("text", response=always[0] if always else ""), parts, MAX_FIELDS, pl.DataFrame())
    return pl.concat(table.frames())


def values(*chunks: list[Any]) -> list[Any]:
    return frame(*([{"a": value} for value in chunk] for chunk in chunks))["a"].to_list()


def same(value: Any, shown: Any) -> bool:
    """Whether a cell holds a value: itself, or its JSON text in a column of several kinds."""
    if value is None or isinstance(value, str):
        return bool(shown == value)
    if isinstance(shown, str):
        return bool(json.loads(shown) == value)
    return bool(shown == value) and not (
        isinstance(value, float) and math.copysign(1, shown) != math.copysign(1, value)
    )


@settings(deadline=None)
@given(st.lists(st.lists(VALUE, min_size=1, max_size=6), min_size=1, max_size=4))
def test_every_value_is_there(chunks: list[list[Any]]) -> None:
    shown = values(*chunks)
    given_ = [value for chunk in chunks for value in chunk]
    assert len(shown) == len(given_)
    for value, cell in zip(given_, shown, strict=True):
        assert same(value, cell), (value, cell)


def test_a_field_that_comes_late_has_all_its_values() -> None:
    made = frame([{"a": 1}] * 500, [{"a": 1}] * 499 + [{"late": "here"}])
    assert made["late"].drop_nulls().to_list() == ["here"]
    assert made["a"].null_count() == 1


def test_text_after_many_nulls_is_text() -> None:
    assert values([None] * 120 + ["a"], [None], ["b"]) == [None] * 120 + ["a", None, "b"]
    assert values([None] * 120, ["a"])[-1] == "a"


def test_only_nulls_are_an_empty_text_column() -> None:
    assert frame([{"a": None}])["a"].dtype == pl.String


@pytest.mark.parametrize("number", [2**53 + 1, 2**63 - 1, -(2**63), 2**64 - 1])
def test_large_numbers_keep_their_last_digit(number: int) -> None:
    for others in ([], [1], [0.5], ["x"], [None]):
        assert int(values([number, *others])[0]) == number
        assert int(values([number], others)[0]) == number
        assert int(values(others, [number])[-1]) == number


def test_true_is_not_one_and_a_number_in_quotes_is_not_lost() -> None:
    assert values([True, 1]) == ["true", "1"]
    assert values([True], [1]) == ["true", "1"]
    assert values([1, "1"]) == ["1", "1"]
    assert values([1, 2.5]) == [1.0, 2.5]


def test_nesting_that_can_be_read_can_be_shown() -> None:
    for depth in (10, 300, 1000):
        nested: Any = 1
        for _ in range(depth):
            nested = [nested]
        assert values([nested, "text"])[0].startswith("[")


def test_columns_are_few_and_what_is_read_is_among_them() -> None:
    records: list[dict[str, Any]] = [
        {f"field {row} {place}": place for place in range(50)} for row in range(9)
    ]
    records.append({"output": "o"})
    made = frame(records, always=("output",))
    assert made.width == MAX_FIELDS + 1
    assert made["output"].to_list() == [None] * 9 + ["o"]


def test_names_are_any_text() -> None:
    names = ["", " ", "a b", '"', "é", "\n", "a.b", "select", "🦊"]
    assert frame([dict.fromkeys(names, 1)]).columns == names
