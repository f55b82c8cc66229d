"""The fast way and the careful way read the same: nothing is lost to speed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dataexplore.dataset import loading, spans, stretch
from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.examine import examine_columns
from dataexplore.dataset.loading import open_dataset
from dataexplore.dataset.piece import MARKERS
from dataexplore.dataset.regular import find_regular
from dataexplore.dataset.schema import Schema, detect_schema

HARD = st.sampled_from(
    [
        *("\\", '"', "\n", "\t", "\r\n", "\r", "\x00", "\x1f", "\x7f", "\x85", "\xa0", "\xad", "\u200b"),
        *("\u2028", "\ufeff", "\ue000", "\uffff", "🦊", "👩\u200d👩", "\U000e0041", "\U0010fffd", "漢", "é"),
        *("{", "}", "[", ":", ",", '{"output": 1}', "</s>", "<|im_start|>", "[INST]", " ", "null"),
    ]
)
TEXT = st.lists(HARD | st.text(st.characters(codec="utf-8"), max_size=4), max_size=6).map("".join)
NUMBER = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
ODD = st.none() | st.booleans() | NUMBER | TEXT | st.lists(TEXT, max_size=2) | st.just({"a": None})
RECORD = st.fixed_dictionaries(
    {"instruction": TEXT, "output": TEXT, "id": st.integers(0, 9), "score": st.sampled_from([1.5, 2, None])}
)
ROW = st.one_of(
    RECORD,
    RECORD,
    RECORD,
    st.builds(lambda row, odd: row | {"output": odd}, RECORD, ODD),
    st.builds(lambda row, odd: row | {"score": odd}, RECORD, ODD),
    st.builds(lambda row, odd: row | {"more": odd}, RECORD, ODD),
    st.builds(lambda row: {"output": row["output"]}, RECORD),
    st.builds(lambda row: dict(reversed(list(row.items()))), RECORD),
)
SPELLED = st.sampled_from(["plain", "ascii", "spaced", "crlf", "torn", "twice"])

within = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def spelled(row: dict[str, Any], how: str) -> bytes:
    text = json.dumps(row, ensure_ascii=how == "ascii")
    if how == "spaced":
        text = "  " + text.replace('": ', '"\t:  ') + " "
    if how == "crlf":
        text += "\r"
    if how == "torn":
        text = text[:-3]
    if how == "twice":
        text = text[:-1] + ', "output": "again"}'
    return text.encode("utf-8", "surrogatepass")


def known(dataset: Dataset) -> dict[str, Any]:
    """All that is known of a dataset, in a form that can be compared."""
    return {
        "raw": [dataset.raw(row) for row in range(len(dataset))],
        "frame": {name: list(map(_value, dataset.frame[name])) for name in dataset.frame.columns},
        "kinds": dataset.frame.schema,
        "prompts": dataset.prompts.to_list(),
        "responses": dataset.responses.to_list(),
        "single": [(dataset.prompt(row), dataset.response(row)) for row in range(len(dataset))],
        "keys": dataset.keys.tolist(),
        "tokens": dataset.tokens.tolist(),
        "chars": dataset.response_chars.tolist(),
        "lines": dataset.spans.line.tolist(),
        "schemas": [dataset.schema_of(row) for row in range(len(dataset))],
        "unreadable": dataset.unreadable,
        "problems": {name: rows.tolist() for name, rows in sorted(dataset.problems.items())},
    }


@within
@given(rows=st.lists(st.tuples(ROW, SPELLED), min_size=1, max_size=12), small=st.booleans())
@example(rows=[({"instruction": "a", "output": "🦊", "id": 1, "score": 2}, "ascii")], small=False)
def test_both_ways_read_the_same(tmp_path: Path, rows: list[tuple[dict[str, Any], str]], small: bool) -> None:
    path = tmp_path / "any.jsonl"
    usual = {"instruction": "first", "output": "row", "id": 0, "score": 1.5}
    lines = [spelled(usual, "plain"), *(spelled(row, how) for row, how in rows)]
    path.write_bytes(b"\n".join(lines) + b"\n" * small)
    with pytest.MonkeyPatch.context() as patch:
        if small:
            patch.setattr(stretch, "_LEAST", 60)
        fast = known(open_dataset(path))
        patch.setattr(loading, "find_regular", lambda *_: None)
        assert fast == known(open_dataset(path))
    assert [orjson.loads(raw) for raw in fast["raw"]] == [
        orjson.loads(line) for line in lines if _is_record(line)
    ]


def _value(cell: object) -> object:
    """Where a column of numbers holds text, too, 2 may be shown as 2.0."""
    try:
        return float(cell) if isinstance(cell, str) else cell
    except ValueError:
        return cell


def _is_record(line: bytes) -> bool:
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False


@within
@given(text=TEXT, ascii_=st.booleans())
def test_a_usual_row_hides_nothing(text: str, ascii_: bool) -> None:
    record = {"instruction": text, "output": "o"}
    usual = find_regular([{"instruction": "i", "output": "o"}], detect_schema([record]))
    assert usual is not None
    if usual.matches(pl.Series([json.dumps(record, ensure_ascii=ascii_)]))[0]:
        texts = pl.Series([text], dtype=pl.String)
        found = examine_columns(texts, pl.Series(["o"]), Schema("text", response="output"))
        assert not {"control characters", "invisible characters"} & found.keys()
        assert usual.frame(json.dumps(record, ensure_ascii=ascii_).encode())["instruction"][0] == text


def test_ordinary_rows_are_usual() -> None:
    rows = [
        {"instruction": "Sum 1 and 2.", "input": "", "output": "3", "id": 7, "score": 4.5, "ok": True},
        {"instruction": 'Übung\n\t"', "input": "漢 🦊", "output": "a\\b", "id": -1, "score": 3, "ok": None},
    ]
    usual = find_regular(rows, detect_schema(rows))
    assert usual is not None
    for dumped in (json.dumps, lambda row: orjson.dumps(row).decode(), lambda row: json.dumps(row, indent=1)):
        assert usual.matches(pl.Series([dumped(row) for row in rows])).all(), dumped


@pytest.mark.parametrize(
    "token",
    ["<|im_start|>", "<|endoftext|>", "<\uff5cbegin\uff5c>", "<s>", "</s>", "[INST]", "[/INST]", "<<SYS>>",
     "<</SYS>>", "<start_of_turn>", "<end_of_turn>", "<bos>", "<eos>", "<pad>", "<unk>", "[AVAILABLE_TOOLS]",
     "[/TOOL_CALLS]", "[TOOL_RESULTS]"],
)  # fmt: skip
def test_special_tokens_are_found_in_usual_rows(alpaca: Callable[..., Path], token: str) -> None:
    assert any(marker in token for marker in MARKERS)
    dataset = open_dataset(alpaca(["plain", f"say {token} now", "plain"]))
    assert dataset.problems["special-token text"].tolist() == [1]


@within
@given(data=st.lists(st.sampled_from([*'{}[]",:\\ \n\r', "a", '{"a":"b"}', "é"]), max_size=40).map("".join),
       block=st.integers(1, 9), array=st.booleans())  # fmt: skip
def test_brackets_are_matched_across_blocks(data: str, block: int, array: bool) -> None:
    raw = ("[" + data).encode() if array else ("{" + data).encode()
    find = spans.array_spans if array else spans.object_spans
    whole = find(raw, 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spans, "_BLOCK", block)
        patch.setattr(spans, "_FIRST", block)
        cut = find(raw, 0)
        few = find(raw, 0, 2)
    for one, other in ((whole.start, cut.start), (whole.end, cut.end), (whole.line, cut.line)):
        assert one.tolist() == other.tolist()
    assert whole.closed == cut.closed
    assert few.start.tolist() == whole.start.tolist()[: len(few)]
    assert few.end.tolist()[:-1] == whole.end.tolist()[: max(0, len(few) - 1)]


def test_a_field_cannot_take_the_place_of_what_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "sly.jsonl"
    record = {"instruction": "real", "output": "answer", "\0prompt": "FAKE", "\0response": "FAKE"}
    path.write_text("\n".join([json.dumps(record)] * 3))
    dataset = open_dataset(path)
    assert dataset.prompts.to_list() == ["real"] * 3
    assert [dataset.prompt(row) for row in range(3)] == ["real"] * 3
    assert dataset.frame.columns == ["instruction", "output"]
    assert dataset.record(0) == record
