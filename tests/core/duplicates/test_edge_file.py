"""Edges are found once and kept; a file that is not as it was written is as good as none."""

import stat
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.duplicates.graphs import edges_of
from dataexplore.duplicates.edge_file import edge_identity, read_edges, stored_edges, write_edges
from dataexplore.duplicates.edges import Edges
from dataexplore.duplicates.finding import Compared
from dataexplore.duplicates.finding import edges_of as edges_of_kinds
from dataexplore.errors import RuleError
from dataexplore.vectors.arrays import FloatMatrix

SOME = edges_of(9, [(0, 1, 0.9), (2, 8, 0.51), (3, 4, 1.0)])
KEYS = np.arange(9, dtype=np.uint64)


def same(one: Edges | None, other: Edges) -> bool:
    return (
        one is not None
        and all(
            np.array_equal(getattr(one, name), getattr(other, name))
            for name in ("i", "j", "similarity", "kind")
        )
        and (one.rows, one.floor, one.exact, one.complete)
        == (other.rows, other.floor, other.exact, other.complete)
    )


def never() -> Edges:
    raise AssertionError("looked for again")


def test_the_second_look_finds_what_the_first_made(tmp_path: Path) -> None:
    name = edge_identity(KEYS, "semantic", 0.5, "prompt", "static")
    assert stored_edges(tmp_path / "edges", name, 9, lambda: SOME) is SOME
    (file,) = (tmp_path / "edges").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "edges").stat().st_mode) == 0o700
    assert same(stored_edges(tmp_path / "edges", name, 9, never), SOME)


@settings(max_examples=60)
@given(st.data())
def test_no_byte_can_change_unnoticed(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("edges") / "some.edges"
    write_edges(path, "name", SOME)
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.integers(1, 255))
    path.write_bytes(whole[:at] + bytes([whole[at] ^ other]) + whole[at + 1 :])
    found = read_edges(path, "name", 9)
    assert found is None or same(found, SOME)  # white space of the header means nothing
    path.write_bytes(whole[:at])
    assert read_edges(path, "name", 9) is None
    path.write_bytes(whole + b"\0")
    assert read_edges(path, "name", 9) is None


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"null\n" * 200, b'{"checksum": {}}'.ljust(512)])
def test_a_foreign_file_is_rebuilt(tmp_path: Path, content: bytes) -> None:
    name = edge_identity(KEYS, "lexical", 0.5)
    (tmp_path / f"{name[:32]}.edges").write_bytes(content)
    assert stored_edges(tmp_path, name, 9, lambda: SOME) is SOME
    assert same(stored_edges(tmp_path, name, 9, never), SOME)


def test_edges_of_other_rows_are_not_taken(tmp_path: Path) -> None:
    write_edges(tmp_path / "a.edges", "name", SOME)
    assert read_edges(tmp_path / "a.edges", "other", 9) is None
    assert read_edges(tmp_path / "a.edges", "name", 10) is None
    assert read_edges(tmp_path / "missing", "name", 9) is None
    names = {
        edge_identity(keys, kind, floor, *facts)
        for keys in (KEYS, KEYS[::-1])
        for kind in ("lexical", "semantic")
        for floor in (0.8, 0.9)
        for facts in (("prompt",), ("both",), ("prompt", "static 1"))
    }
    assert len(names) == 24


def test_a_folder_that_takes_no_file_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "edges").write_text("in the way")
    assert stored_edges(tmp_path / "edges", "name", 9, lambda: SOME) is SOME
    assert stored_edges(tmp_path / "none", "name", 9, lambda: SOME, writable=False) is SOME
    assert not (tmp_path / "none").exists()


def test_a_few_files_are_kept(tmp_path: Path) -> None:
    for floor in range(1, 15):
        stored_edges(tmp_path, edge_identity(KEYS, "lexical", floor / 20), 9, lambda: SOME)
    assert len(list(tmp_path.iterdir())) == 8


def test_each_kind_is_looked_for_once(tmp_path: Path) -> None:
    texts = [
        "Write a poem about the sea.",
        "write a poem  about the sea.",
        "Write a poem about the seas.",
        "",
    ]
    vectors = np.array([[1, 0], [1, 0], [0, 1], [0, 0]], np.float32)
    asked: list[str] = []

    def tell(what: str, value: list[str] | FloatMatrix) -> list[str] | FloatMatrix:
        asked.append(what)
        return value

    rows = Compared(
        KEYS[:4],
        "prompt",
        "static",
        lambda: tell("texts", texts),
        lambda: tell("whole", texts),
        lambda: tell("vectors", vectors),
    )
    assert edges_of_kinds(rows, ["exact"], 0.8, tmp_path).count() == {"exact": 1, "lexical": 0, "semantic": 0}
    assert asked == ["whole"]
    assert edges_of_kinds(rows, ["lexical"], 0.8, tmp_path).count() == {
        "exact": 1,
        "lexical": 1,
        "semantic": 0,
    }
    asked.clear()
    every = edges_of_kinds(rows, ["exact", "lexical", "semantic"], 0.8, tmp_path)
    assert every.count() == {"exact": 1, "lexical": 1, "semantic": 0}
    assert asked == ["vectors", "whole"]
    asked.clear()
    assert same(edges_of_kinds(rows, ["exact", "lexical", "semantic"], 0.8, tmp_path), every)
    assert asked == []
    with pytest.raises(RuleError, match="no kind of duplicates"):
        edges_of_kinds(rows, ["fuzzy"], 0.8, tmp_path)
