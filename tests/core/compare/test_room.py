"""What does not fit into memory is tried in halves, and given up alone."""

import pytest

from dataexplore.compare.room import Room


def test_halves_until_it_fits_and_names_what_never_does() -> None:
    told: list[int] = []
    done: list[list[int]] = []
    never: list[int] = []

    def do(places: list[int]) -> None:
        if len(places) > 2 or 3 in places:
            raise MemoryError
        done.append(places)

    room = Room(80, told.append)
    room.work([10] * 8, do, never.append)
    assert never == [3]
    assert sorted(place for batch in done for place in batch) == [0, 1, 2, 4, 5, 6, 7]
    assert told == sorted(told, reverse=True)
    assert room.tokens == told[-1]


def test_what_is_no_lack_of_memory_is_raised() -> None:
    def do(places: list[int]) -> None:
        raise RuntimeError("shapes do not fit")

    with pytest.raises(RuntimeError, match="shapes"):
        Room(10, print).work([1], do, print)
