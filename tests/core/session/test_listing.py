"""Rows of other files as steps: subsets are united, cut and taken from each other, and that replays."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.selection.made_up import said_outright
from dataexplore.errors import InputRefusedError, RuleError
from dataexplore.journal.decision import DROP, KEEP
from dataexplore.selection.recipe import Recipe, read_recipe, write_recipe
from dataexplore.selection.rules import Listed
from dataexplore.session.listing import rows_in
from dataexplore.session.session import Session

ROWS = 12
SUBSET = st.sets(st.integers(0, ROWS - 1), min_size=1)


def arm(path: Path, name: str, rows: set[int]) -> Path:
    lines = path.read_bytes().splitlines(keepends=True)
    out = path.with_name(name)
    out.write_bytes(b"".join(lines[row] for row in sorted(rows)))
    return out


def left(session: Session) -> set[int]:
    return set(np.flatnonzero(session.decisions != DROP).tolist())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=SUBSET, other=SUBSET)
def test_subsets_are_sets(
    tmp_path_factory: pytest.TempPathFactory, alpaca: Callable[..., Path], one: set[int], other: set[int]
) -> None:
    path, folder = alpaca(ROWS), tmp_path_factory.mktemp("w")
    a, b = arm(path, "a.jsonl", one), arm(path, "b.jsonl", other)
    with said_outright(path, workspace=folder / "a") as session:
        data = session.dataset
        both = [rows_in(data, [a], KEEP), rows_in(data, [b], KEEP)]
        without = [rows_in(data, [a], KEEP), rows_in(data, [b], DROP)]
        for rules, rows in (
            ([rows_in(data, [a, b], KEEP)], one | other),
            (both, one & other),
            (without, one - other),
        ):
            session.replay(Recipe(tuple(rules)))
            assert left(session) == rows
        recipe = folder / "recipe.toml"
        recipe.write_bytes(write_recipe(session.recipe(), path.name, ROWS))
        assert read_recipe(recipe).rules == tuple(without)
    a.unlink()
    b.unlink()
    with said_outright(path, workspace=folder / "b") as session:
        session.replay(read_recipe(recipe))
        assert left(session) == one - other


def test_an_edited_row_is_known_by_its_old_and_its_new_bytes(alpaca: Callable[..., Path]) -> None:
    path = alpaca(ROWS)
    old = arm(path, "old.jsonl", {3, 4})
    with said_outright(path) as session:
        session.edit(3, b'{"instruction":"another task","output":"x"}')
        new = path.with_name("new.jsonl")
        new.write_bytes(session.dataset.raw(3) + b"\n")
        for file, rows in ((old, {3, 4}), (new, {3})):
            assert left_by(session, rows_in(session.dataset, [file], KEEP)) == rows


def left_by(session: Session, rule: Listed) -> set[int]:
    return set(np.flatnonzero(session.preview(rule).decisions == KEEP).tolist())


def test_reasons_and_dropped_rows_name_the_file_and_no_keys(
    alpaca: Callable[..., Path], tmp_path: Path
) -> None:
    path = alpaca(ROWS)
    with said_outright(path) as session:
        session.apply(rows_in(session.dataset, [arm(path, "a.jsonl", {1, 2, 3})], KEEP))
        session.apply(rows_in(session.dataset, [arm(path, "b.jsonl", {2})], DROP))
        dropped = [
            json.loads(line) for line in session.export(tmp_path / "out" / "x.jsonl").dropped_out.open()
        ]
    reasons = {one["row"]: one["reason"] for one in dropped}
    assert (reasons[0], reasons[2]) == ("not in a.jsonl", "in b.jsonl")
    assert all("keys" not in one["rule"] for one in dropped)


def test_what_cannot_be_looked_up_is_refused_by_name(alpaca: Callable[..., Path]) -> None:
    path = alpaca(ROWS)
    other = path.with_name("other.jsonl")
    other.write_text('{"instruction":"not here","output":"x"}\n')
    with said_outright(path) as session:
        with pytest.raises(
            RuleError, match=r"other\.jsonl: none of its rows is in the dataset, byte for byte"
        ):
            rows_in(session.dataset, [other], KEEP)
        with pytest.raises(InputRefusedError, match=r"nope\.jsonl"):
            rows_in(session.dataset, [path.with_name("nope.jsonl")], KEEP)
        for keys in ("", "0123456789abcdef"):
            with pytest.raises(RuleError, match=r"no row in a\.jsonl is in this dataset"):
                session.apply(Listed("a.jsonl", "keep", keys))
        for keys in ("!", "0123"):
            with pytest.raises(RuleError, match=r"a\.jsonl has no row keys that can be read"):
                session.apply(Listed("a.jsonl", "keep", keys))
        with pytest.raises(RuleError, match="'hold' is neither"):
            session.apply(Listed("a.jsonl", "hold", "0123456789abcdef"))
