"""Edits in a sitting: durable, undone and redone like any act, seen by all that looks at rows."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataexplore.errors import EditError, RuleError, WorkspaceError
from dataexplore.journal.decision import DROP, KEEP
from dataexplore.selection.recipe import Edit, Recipe, read_recipe, write_recipe
from dataexplore.selection.rules import Longest, Only
from dataexplore.session.session import Session
from dataexplore.session.training import training_rows
from dataexplore.vectors.static import StaticEncoder


def row_of(session: Session, row: int, **new: Any) -> bytes:
    return json.dumps({**session.dataset.record(row), **new}).encode()


def test_an_edit_is_there_tomorrow_and_undone_then(alpaca: Callable[..., Path]) -> None:
    path = alpaca(5)
    untouched = path.read_bytes()
    session = Session.open(path)
    keys = session.dataset.keys.copy()
    state = session.edit(2, row_of(session, 2, output="A much better answer"))
    assert (state.edited, state.undo) == (1, "edited output")
    session.decide(np.array([2]), KEEP, "good now")
    session.close()

    session = Session.open(path)
    assert session.dataset.response(2) == "A much better answer"
    assert session.state.edited == 1
    assert session.state.decision(2) is KEEP
    assert np.array_equal(session.dataset.keys, keys)
    entry = session.edited_by(2)
    assert entry is not None
    assert entry.act.reason == "edited output"
    assert session.edited_by(1) is None
    session.undo()
    assert session.undo().edited == 0
    assert session.dataset.raw(2) == untouched.splitlines()[2]
    assert session.state.redo == "edited output"
    session.redo()
    assert session.dataset.response(2) == "A much better answer"
    session.close()
    assert path.read_bytes() == untouched


def test_everything_that_looks_at_rows_sees_the_edit(alpaca: Callable[..., Path]) -> None:
    session = Session.open(alpaca(5))
    session.show("output LIKE '%answer 1%'")
    session.edit(1, row_of(session, 1, output="", score=99, note="new"))
    assert not session.where("output LIKE '%answer 1%'").any()
    assert np.flatnonzero(session.where("edited")).tolist() == [1]
    assert np.flatnonzero(session.where("not edited and score < 3")).tolist() == [0, 2]
    assert np.flatnonzero(session.where("note = 'new'")).tolist() == [1]
    assert np.flatnonzero(session.where("score >= 50")).tolist() == [1]
    assert np.flatnonzero(session.where("score = max(score) over ()")).tolist() == [1]
    assert session.scores("score").tolist() == [0, 99, 2, 3, 4]
    assert session.scores("response_chars")[1] == 0
    assert np.flatnonzero(session.where("problems LIKE '%empty%'")).tolist() == [1]
    assert not session.columns.search("answer 1").any()
    assert session.show("", "score").view.rows[0] == 1
    assert training_rows(session)[1]["messages"][-1]["content"] == ""
    session.edit(1, row_of(session, 1, output="found"))
    assert np.flatnonzero(session.columns.search("FOUND")).tolist() == [1]
    assert session.scores("response_chars")[1] == 5
    session.decide(np.array([1]), KEEP, "good")
    assert session.state.counts.kept_tokens == session.dataset.tokens[1]
    session.close()


def test_a_view_keeps_its_rows_when_one_of_them_changes(alpaca: Callable[..., Path]) -> None:
    session = Session.open(alpaca(5))
    view = session.show("score >= 3").view
    assert session.edit(3, row_of(session, 3, score=0)).view is view
    session.close()


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (b"", "the edit is no row (not JSON"),
        (b"[1]", "not a JSON object (array)"),
        (b'{"a": 1} {"b": 2}', "extra data after the first object"),
        (b'{"a": NaN}', "NaN or Infinity is not JSON"),
        (b'{"a": "\xff"}', "not UTF-8 at byte 8"),
        (b'{"a": 1', "row 2 stays as it is: the edit is no row (cut off: the object is not closed"),
    ],
)
def test_what_is_not_one_object_is_refused(alpaca: Callable[..., Path], new: bytes, reason: str) -> None:
    session = Session.open(alpaca(3))
    before = session.state
    with pytest.raises(EditError) as refused:
        session.edit(1, new)
    assert reason in str(refused.value)
    assert session.state is before
    assert session.state.acts == 0
    session.close()


def test_the_sources_own_bytes_take_an_edit_back(alpaca: Callable[..., Path]) -> None:
    session = Session.open(alpaca(3))
    own = session.dataset.raw(1)
    before = session.state
    assert session.edit(1, own + b"\n") is before, "nothing was edited"
    session.edit(1, b'{"output": "x"}')
    assert session.state.undo == "edited 4 fields"
    assert session.edit(1, b'{"output": "x"}').acts == 1, "the same edit again is none"
    state = session.edit(1, own)
    assert (state.edited, state.undo) == (0, "edit taken back")
    assert session.dataset.base is None
    assert session.undo().edited == 1
    session.close()


def test_a_row_over_several_lines_is_taken_on_one(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    path.write_text(json.dumps([{"instruction": "a", "output": "b"}] * 2, indent=1))
    session = Session.open(path)
    session.edit(1, b'{\n"instruction": "a",\r\n"output": "c"}')
    assert session.dataset.raw(1) == b'{ "instruction": "a",  "output": "c"}'
    assert session.edit(1, session.dataset.original(1)).edited == 0
    session.close()


def test_who_only_reads_cannot_edit(alpaca: Callable[..., Path]) -> None:
    path = alpaca(3)
    writer, reader = Session.open(path), Session.open(path)
    with pytest.raises(WorkspaceError, match=r"read-only: process .* is deciding on this dataset"):
        reader.edit(0, b"{}")
    assert reader.state.edited == 0
    reader.close()
    writer.close()


def test_edits_follow_their_rows(alpaca: Callable[..., Path]) -> None:
    path = alpaca(4)
    lines = path.read_bytes().splitlines(keepends=True)
    session = Session.open(path)
    session.edit(3, b'{"instruction": "edited", "output": "three"}')
    session.edit(1, b'{"instruction": "edited", "output": "one"}')
    session.close()
    path.write_bytes(lines[3] + lines[0])
    session = Session.open(path)
    assert session.dataset.responses.to_list()[0] == "three"
    assert session.state.edited == 1
    session.close()
    path.write_bytes(b"".join(lines))
    session = Session.open(path)
    assert (session.dataset.response(1), session.dataset.response(3)) == ("one", "three")
    session.close()


def test_only_a_changed_prompt_is_embedded_anew(
    alpaca: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[list[str]] = []
    encode = StaticEncoder.encode

    def counting(self: StaticEncoder, texts: list[str], progress: Any = None) -> Any:
        encoded.append(list(texts))
        return encode(self, texts, progress)

    monkeypatch.setattr(StaticEncoder, "encode", counting)
    path = alpaca(6)
    session = Session.open(path)
    before = session.analysis.vectors().copy()
    edges = session.analysis.edges()
    session.edit(2, row_of(session, 2, output="other"))
    assert session.analysis.edges() is edges, "the prompts are as they were"
    session.edit(2, row_of(session, 2, instruction="Write a poem about the sea"))
    after = session.analysis.vectors()
    assert encoded[1:] == [["Write a poem about the sea"]]
    assert np.array_equal(np.delete(before, 2, 0), np.delete(after, 2, 0))
    assert not np.allclose(before[2], after[2])
    session.undo()
    assert np.array_equal(session.analysis.vectors(), before)
    session.redo()
    session.close()
    session = Session.open(path)
    assert np.array_equal(session.analysis.vectors(), after)
    assert len(encoded) == 2, "what was embedded is stored, edited texts under keys of their own"
    session.close()


def test_a_recipe_carries_edits_and_replays_them(alpaca: Callable[..., Path], tmp_path: Path) -> None:
    path = alpaca(6)
    session = Session.open(path)
    session.edit(0, row_of(session, 0, output="long " * 50))
    session.apply(Longest(2))
    session.edit(4, row_of(session, 4, output='quotes "" \\ \u2028 \x7f and é'))
    session.decide(np.array([1]), DROP, "dull")
    expected = session.state.decisions.tolist()
    edits = dict(session.dataset.edits)
    done = session.export(tmp_path / "out" / "kept.jsonl")
    session.close()

    text = done.recipe_out.read_text(encoding="utf-8")
    assert "version = 2" in text
    assert "Edits are no rules" in text
    recipe = read_recipe(done.recipe_out)
    assert len(recipe.edits) == 2
    other = Session.open(path, tmp_path / "other")
    looked, _ = other.replay(recipe, decide=False)
    assert looked.tolist() == expected
    assert (other.state.edited, other.state.acts) == (0, 0), "a look changes nothing"
    other.replay(recipe)
    assert other.state.decisions.tolist() == expected
    assert other.dataset.edits == edits
    assert other.recipe().edits == recipe.edits
    assert other.state.acts == 3, "edits, rules, what was done by hand"
    other.replay(recipe)
    assert other.dataset.edits == edits
    for _ in range(5):
        other.undo()
    assert (other.state.edited, other.state.undo) == (0, "")
    other.close()


def test_edits_come_before_the_rules_and_a_refused_recipe_changes_nothing(
    alpaca: Callable[..., Path],
) -> None:
    session = Session.open(alpaca(4))
    edit = Edit(f"{int(session.dataset.keys[2]):016x}", row_of(session, 2, output="SHOUT").decode())
    stranger = Edit("00000000000000ff", "{}")
    with pytest.raises(RuleError):
        session.replay(Recipe((Longest(0), Only("nonsense >")), edits=(edit,)))
    assert session.state.acts == 0
    decisions, _ = session.replay(Recipe((Only("output = 'SHOUT'"),), edits=(edit, stranger)))
    assert decisions.tolist() == [2, 2, 1, 2]
    assert session.state.edited == 1
    session.close()


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@settings(deadline=None)
@given(st.lists(TEXTS, max_size=4))
def test_any_edit_is_the_same_after_a_recipe(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    edits = tuple(Edit(f"{at:016x}", orjson.dumps({"a": text}).decode()) for at, text in enumerate(texts))
    path = tmp_path_factory.mktemp("recipe") / "recipe.toml"
    path.write_bytes(write_recipe(Recipe((), edits=edits), "data.jsonl", 4))
    assert read_recipe(path).edits == edits


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("edit = 3", "[[edit]] tables"),
        ("[[edit]]\nkey = '0'", "an [[edit]] has key and row"),
        ("[[edit]]\nkey = '0'\nrow = '[]'", "has no row of JSON (not a JSON object (array))"),
        ("[[edit]]\nkey = '0'\nrow = '''{\n}'''", "has no row of JSON (over several lines)"),
    ],
)
def test_a_recipe_with_something_else_for_edits_is_one_sentence(
    tmp_path: Path, text: str, reason: str
) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text(text)
    with pytest.raises(RuleError) as refused:
        read_recipe(path)
    assert reason in str(refused.value)
    assert str(refused.value).isprintable()


def test_an_export_has_edited_rows_as_edited_and_all_others_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "odd.jsonl"
    lines = [
        b'{"instruction": "a",  "output": "\\u00e9 1.0", "n": 1.50}\r\n',
        b'  {"output":"b","instruction":"x"}\n',
        b'{"instruction": "c", "output": "C"}\n',
        b'{"instruction": "d", "output": "D"}',
    ]
    path.write_bytes(b"".join(lines))
    session = Session.open(path)
    new = [b'{"instruction": "a", "output": "new"}', b'{"dropped": "edited"}']
    session.edit(0, new[0])
    session.edit(2, new[1])
    session.edit(3, b'{"instruction": "d", "output": "last"}')
    session.decide(np.array([2]), DROP, "dull")
    done = session.export(tmp_path / "out" / "kept.jsonl")
    assert done.out.read_bytes() == new[0] + b"\r\n" + lines[1] + b'{"instruction": "d", "output": "last"}'
    assert (done.rows, done.edited) == (3, 2)
    (dropped,) = [json.loads(line) for line in done.dropped_out.read_bytes().splitlines()]
    assert dropped["record"] == {"dropped": "edited"}
    assert dropped["original"] == {"instruction": "c", "output": "C"}
    for _ in range(3):
        session.undo()
    session.decide(np.array([2]), DROP, "dull")
    done = session.export(tmp_path / "out" / "kept.jsonl")
    (dropped,) = [json.loads(line) for line in done.dropped_out.read_bytes().splitlines()]
    assert "original" not in dropped
    session.close()


@pytest.mark.parametrize("name", ["out.parquet", "out.csv", "out.jsonl.gz"])
def test_other_formats_have_edited_rows_too(alpaca: Callable[..., Path], tmp_path: Path, name: str) -> None:
    session = Session.open(alpaca(4))
    session.edit(2, row_of(session, 2, output="edited"))
    done = session.export(tmp_path / "out" / name)
    session.close()
    again = Session.open(done.out)
    assert again.dataset.responses[2] == "edited"
    again.close()
