"""Whatever the rows: what fits comes back as it was, and what does not is named."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.selection.chats import KINDS, Row, beside, told, written
from dataexplore.dataset.loading import open_dataset
from dataexplore.selection.convert.conversion import Conversion, Converted
from dataexplore.selection.convert.targets import TARGETS
from dataexplore.selection.export import export_all
from dataexplore.selection.writing import Wishes

FIELDS = {
    "messages": ("messages",),
    "sharegpt": ("conversations",),
    "alpaca": ("instruction", "input", "output", "system", "history"),
    "prompt-completion": ("prompt", "completion"),
}
TO = st.sampled_from(sorted(TARGETS))
MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def rows_of(kind: str) -> st.SearchStrategy[list[Row]]:
    return st.lists(KINDS[kind], min_size=1, max_size=4)


def said(turns: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Leave out turns that say nothing, which some targets have no place for."""
    return [turn for turn in turns if turn[0] == "assistant" or turn[1] or turn[2]]


@pytest.mark.parametrize("kind", KINDS)
@MANY
@given(data=st.data(), to=TO)
def test_there_and_back_again_says_the_same(tmp_path: Path, kind: str, data: Any, to: str) -> None:
    source = written(tmp_path / "a.jsonl", data.draw(rows_of(kind)))
    there = Converted(source, np.arange(len(source)), Conversion(to))
    if not len(there.rows):
        return
    export_all(source, tmp_path / "b.jsonl", Wishes(Conversion(to), skip_unfit=True))
    other = open_dataset(tmp_path / "b.jsonl")
    fitting = [told(source)[row] for row in there.rows]
    assert [said(turns) for turns in told(other)] == [said(turns) for turns in fitting]
    extras = [beside(source.record(row), *FIELDS[kind]) for row in there.rows.tolist()]
    assert [beside(other.record(row), *FIELDS[to]) for row in range(len(other))] == extras
    back = Converted(other, np.arange(len(other)), Conversion(kind))
    assert not back.report.unfit, back.report.sentence
    export_all(other, tmp_path / "c.jsonl", Wishes(Conversion(kind)))
    again = open_dataset(tmp_path / "c.jsonl")
    assert [said(turns) for turns in told(again)] == [said(turns) for turns in fitting]
    assert [beside(again.record(row), *FIELDS[kind]) for row in range(len(again))] == extras


@pytest.mark.parametrize(("kind", "to"), [("sharegpt", "messages"), ("messages", "sharegpt")])
@MANY
@given(data=st.data())
def test_json_in_texts_comes_back_as_it_was_spelled_or_the_report_says_which_does_not(
    tmp_path: Path, kind: str, to: str, data: Any
) -> None:
    source = written(tmp_path / "a.jsonl", data.draw(rows_of(kind)))
    there = Converted(source, np.arange(len(source)), Conversion(to))
    if not len(there.rows):
        return
    export_all(source, tmp_path / "b.jsonl", Wishes(Conversion(to), skip_unfit=True))
    export_all(open_dataset(tmp_path / "b.jsonl"), tmp_path / "c.jsonl", Wishes(Conversion(kind)))
    again = open_dataset(tmp_path / "c.jsonl")
    noted = [row for reason in there.report.notes.values() if "JSON" in reason.words for row in reason.first]
    for place, row in enumerate(there.rows.tolist()):
        same = texts_of_json(again.record(place)) == texts_of_json(source.record(row))
        assert same or row in noted, (source.raw(row), again.raw(place))


def texts_of_json(record: Row) -> list[object]:
    """Return what a row holds as JSON in a text."""
    turns = record.get("conversations") or record["messages"]
    calls = [turn["value"] for turn in turns if turn.get("from") == "function_call"]
    calls += [call["function"]["arguments"] for turn in turns for call in turn.get("tool_calls", ())]
    tools = record.get("tools")
    return [*calls, tools] if isinstance(tools, str) else calls


@pytest.mark.parametrize("kind", KINDS)
@MANY
@given(data=st.data(), to=TO)
def test_rows_are_unfit_for_a_reason_and_no_others_are(tmp_path: Path, kind: str, data: Any, to: str) -> None:
    source = written(tmp_path / "a.jsonl", data.draw(rows_of(kind)))
    found = Converted(source, np.arange(len(source)), Conversion(to))
    expected = [] if to == kind != "prompt-completion" else [
        row for row, turns in enumerate(told(source)) if not holds(to, turns, source.record(row))
    ]  # fmt: skip
    assert found.unfit.tolist() == expected
    assert found.report.fit + found.report.unfit == len(source)
    named = {row for reason in found.report.reasons.values() for row in reason.first}
    assert named == set(expected), "with so few rows every one is among the first of a reason"
    assert all(found.reasons(row) for row in expected)


def holds(to: str, turns: list[tuple[object, ...]], record: Row) -> bool:
    """Tell by the formats' own descriptions whether a target can hold turns."""
    raw = record.get("messages") or [*record.get("prompt", ""), *record.get("completion", "")]
    weighted = any(isinstance(turn, dict) and "weight" in turn for turn in raw)
    roles = [turn[0] for turn in turns]
    if to == "messages":
        return True
    if to == "sharegpt":
        return not any(turn[1] and turn[2] for turn in turns)
    if to == "prompt-completion":
        return roles[-1] == "assistant"
    words = roles[1:] if roles[0] == "system" else roles
    in_turn = words == ["assistant"] or (bool(words) and words == ["user", "assistant"] * (len(words) // 2))
    return in_turn and not weighted and not any(turn[2] or turn[3] or turn[4] for turn in turns)


@pytest.mark.parametrize("kind", KINDS)
@MANY
@given(data=st.data(), ending=st.sampled_from(["jsonl", "json", "jsonl.gz"]))
def test_without_a_target_rows_and_keys_stay(tmp_path: Path, kind: str, data: Any, ending: str) -> None:
    source = written(tmp_path / "a.jsonl", data.draw(rows_of(kind)))
    done = export_all(source, tmp_path / f"b.{ending}", Wishes())
    again = open_dataset(done.out)
    assert [again.raw(row) for row in range(len(again))] == [source.raw(row) for row in range(len(source))]
    assert again.keys.tolist() == source.keys.tolist()


@pytest.mark.parametrize("kind", KINDS)
@MANY
@given(data=st.data(), to=TO)
def test_parquet_says_the_same(tmp_path: Path, kind: str, data: Any, to: str) -> None:
    rows = data.draw(rows_of(kind))
    for row in rows:
        row.pop("meta", None), row.pop("source", None)  # of several kinds: no column holds them
    source = written(tmp_path / "a.jsonl", rows)
    there = Converted(source, np.arange(len(source)), Conversion(to))
    if len(there.rows):
        export_all(source, tmp_path / "b.parquet", Wishes(Conversion(to), skip_unfit=True))
        again = open_dataset(tmp_path / "b.parquet")
        fitting = [said(told(source)[row]) for row in there.rows]
        assert [said(turns) for turns in told(again)] == fitting
