"""A row's key is its content: it stays when rows are reordered, appended or repeated."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.dataset import keying
from dataexplore.dataset.keys import key_text
from dataexplore.dataset.loading import open_dataset
from dataexplore.dataset.places import Places

ROWS = st.lists(st.sampled_from([b"a", b"b", b"c", b"", b"\x00", b"ab"]), max_size=12)


def keys(rows: list[bytes]) -> list[int]:
    """Return the keys of rows in a file, two bytes or a row of which are read at once."""
    size = np.array([len(row) for row in rows], np.uint32)
    start = np.cumsum(size, dtype=np.int64) - size
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keying, "_BLOCK", 2)
        found: list[int] = keying.keys_of(b"".join(rows), Places(start, size)).tolist()
    return found


@given(ROWS)
def test_identical_rows_get_distinct_keys(rows: list[bytes]) -> None:
    assert len(set(keys(rows))) == len(rows)


@given(ROWS, st.randoms())
def test_reordering_keeps_the_keys_of_each_content(rows: list[bytes], random: Random) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)

    def by_content(some: list[bytes]) -> dict[bytes, set[int]]:
        found: dict[bytes, set[int]] = {}
        for row, key in zip(some, keys(some), strict=True):
            found.setdefault(row, set()).add(key)
        return found

    assert by_content(rows) == by_content(shuffled)


@given(ROWS, ROWS)
def test_appending_keeps_the_keys(rows: list[bytes], more: list[bytes]) -> None:
    assert keys(rows + more)[: len(rows)] == keys(rows)


def test_a_key_is_known_for_good() -> None:
    # Journals hold these: another hash would orphan every decision.
    assert [key_text(key) for key in keys([b"{}", b"{}", b'{"a":1}'])] == [
        "536d56ff20b7e701",
        "7c3730ca979fa06f",
        "cef67d5b64008c1f",
    ]


def test_rows_are_found_by_key(alpaca: Callable[..., Path]) -> None:
    dataset = open_dataset(alpaca(["a", "b", "a"]))
    wanted = np.array([dataset.keys[2], 12345, dataset.keys[0]], np.uint64)
    assert dataset.rows_of(wanted).tolist() == [2, -1, 0]
    assert dataset.rows_of(np.empty(0, np.uint64)).tolist() == []


def test_line_ends_and_spaces_are_no_part_of_a_row(tmp_path: Path) -> None:
    made = []
    for name, data in {
        "lf": b'{"a":1}\n{"a":2}\n',
        "crlf": b'{"a":1}\r\n  {"a":2}',
        "array": b'[{"a":1},\n {"a":2}]',
    }.items():
        (tmp_path / name).write_bytes(data)
        made.append(open_dataset(tmp_path / name).keys.tolist())
    assert made[0] == made[1] == made[2]


@pytest.mark.parametrize("size", [1, 2, 1000])
def test_every_row_finds_itself(alpaca: Callable[..., Path], size: int) -> None:
    dataset = open_dataset(alpaca(["same"] * size))
    assert dataset.rows_of(dataset.keys).tolist() == list(range(size))
