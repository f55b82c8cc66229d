"""Lengths and repeats: what the figures mean, whatever the numbers are."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.report.lengths import Spread, spread
from dataexplore.report.repeats import mixed, repeats
from dataexplore.report.report import percent

LENGTHS = st.lists(st.integers(0, 10**9), min_size=1, max_size=60)
HASHES = st.lists(st.integers(0, 6), max_size=60)


@given(LENGTHS)
def test_every_figure_is_a_length_that_a_row_has(lengths: list[int]) -> None:
    found = spread(np.array(lengths))
    assert {found.least, found.p5, found.median, found.p95, found.p99, found.most} <= set(lengths)
    ordered = [found.least, found.p5, found.median, found.p95, found.p99, found.most]
    assert ordered == sorted(ordered)
    assert (found.least, found.most, found.total) == (min(lengths), max(lengths), sum(lengths))
    assert sum(one <= found.median for one in lengths) * 2 >= len(lengths)


def test_no_rows_have_no_lengths() -> None:
    assert spread(np.empty(0, np.int64)) == Spread()


@given(HASHES)
def test_repeats_are_the_rows_that_a_reader_has_seen_before(hashes: list[int]) -> None:
    found = repeats(np.array(hashes, np.uint64))
    again = [row for row, one in enumerate(hashes) if one in hashes[:row]]
    assert found.rows.tolist() == again
    assert found.groups == sum(hashes.count(one) > 1 for one in set(hashes))
    assert found.largest == max(map(hashes.count, hashes), default=0)


@given(HASHES, st.data())
def test_only_counted_rows_take_part(hashes: list[int], data: st.DataObject) -> None:
    counted = np.array([data.draw(st.booleans()) for _ in hashes], bool)
    found = repeats(np.array(hashes, np.uint64), counted)
    kept = np.flatnonzero(counted)
    assert found.rows.tolist() == kept[repeats(np.array(hashes, np.uint64)[kept]).rows].tolist()


def test_two_hashes_side_by_side_know_their_sides() -> None:
    one, other = np.array([5, 9], np.uint64), np.array([9, 5], np.uint64)
    both = mixed(one, other)
    assert both[0] != both[1]
    assert both.tolist() == mixed(one.copy(), other.copy()).tolist()


def test_a_little_is_not_nothing_and_nearly_all_is_not_all() -> None:
    assert percent(0, 100_000).strip() == "0.0 %"
    assert percent(1, 100_000).strip() == "<0.1 %"
    assert percent(99_999, 100_000).strip() == ">99.9 %"
    assert percent(7, 7).strip() == "100.0 %"
    assert percent(0, 0).strip() == "0.0 %"
