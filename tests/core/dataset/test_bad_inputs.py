"""The corpus of bad inputs: each file opens, is refused or has its lines listed, as its expectation says."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from dataexplore.dataset.loading import open_dataset
from dataexplore.errors import InputRefusedError
from paths import BAD_INPUTS

_LIST = BAD_INPUTS / "EXPECT.json"
EXPECTED: dict[str, Any] = (
    {one["name"][:2]: one for one in json.loads(_LIST.read_text(encoding="utf-8"))} if _LIST.exists() else {}
)

SPECIAL = {"a0", "a1", "a3", "a7"}
"""No regular files, or readable for the superuser: test_opening has them."""
REFUSED = {"12", "17", "28", "33", "56", "63"}
"""56 is a bomb: what it unpacks to is not believed of its size."""
ROWS = {"35": 1, "53": 4757, "73": 49}
"""Rows where the corpus names none, or lets either be."""
CUT = {"53": {4758}}
"""The line in which the compressed file ends."""
LOST = {"05": 3, "38": 2}
"""Rows that are listed as unreadable where the corpus lets either be."""
_NESTED = {4, 5, 6}
ALSO_FLAGGED = {"31": {2}, "39": {16}, "94": {6, 11}, "62": _NESTED, "67": _NESTED, "69": _NESTED}
"""A next-line control, a score that is text as its neighbours are, zero-width spaces (as a row of file 90),
special tokens (as a row of file 89), and no turns or no text."""


@pytest.mark.skipif(not EXPECTED, reason="the bad inputs are not beside the repository")
@pytest.mark.parametrize("name", sorted(EXPECTED.keys() - SPECIAL))
def test_the_file_behaves(bad_inputs: Path, name: str) -> None:
    expected = EXPECTED[name]
    path = next(path for path in bad_inputs.iterdir() if path.name.startswith(name))
    if name in REFUSED:
        with pytest.raises(InputRefusedError) as refused:
            open_dataset(path)
        assert str(refused.value).isprintable()
        return
    dataset = open_dataset(path)
    assert len(dataset) == (ROWS[name] if name in ROWS else expected["rows"] - LOST.get(name, 0))
    reported = {one.line for one in dataset.unreadable}
    reported |= {int(row) + 1 for rows in dataset.problems.values() for row in rows}
    assert reported == set(expected["bad"]) | ALSO_FLAGGED.get(name, set()) | CUT.get(name, set())
    assert all(one.reason.isprintable() and one.preview.isprintable() for one in dataset.unreadable)


@pytest.mark.parametrize(
    ("name", "problems"),
    [
        (
            "39",
            {"score is unscored": [1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14], "score is text": [2, 3, 15, 16]},
        ),
        ("40", {"repeated id": [1, 2, 4], "null id": [5, 6]}),
        (
            "80",
            {
                "unknown role: bing": [2],
                "unknown role: narrator": [3],
                "unknown role: HUMAN": [4],
                "unknown role: Assistant": [4],
                "turn without a role": [5],
                "empty response": [2, 3, 5],
            },
        ),
        (
            "81",
            {
                "ends on user": [1, 2],
                "starts on assistant": [2],
                "repeated role: user": [3],
                "late system turn": [4],
            },
        ),
        ("85", {"chosen equals rejected": [3]}),
        (
            "88",
            {
                "other schema: sharegpt": [2],
                "other schema: messages": [3],
                "other schema: text": [4],
                "other schema: prompt-completion": [5],
                "other schema: alpaca (question, answer)": [6],
            },
        ),
        ("89", {"special-token text": [1, 2, 4, 5]}),
    ],
)
def test_odd_content_is_named(bad_inputs: Path, name: str, problems: dict[str, list[int]]) -> None:
    path = next(path for path in bad_inputs.iterdir() if path.name.startswith(name))
    dataset = open_dataset(path)
    assert {flag: (rows + 1).tolist() for flag, rows in dataset.problems.items()} == problems


def test_each_row_of_a_mixed_file_has_its_own_schema(bad_inputs: Path) -> None:
    dataset = open_dataset(bad_inputs / "88_mixed_formats.jsonl")
    assert [dataset.schema_of(row).kind for row in range(6)] == [
        *("alpaca", "sharegpt", "messages", "text", "prompt-completion", "alpaca")
    ]
    assert [dataset.prompt(row) or dataset.response(row) for row in range(1, 6)] == [
        *("a", "a", "### Instruction: a\n### Response: b", "a", "a")
    ]
    pairs = open_dataset(bad_inputs / "85_preference_pairs.jsonl")
    assert [pairs.schema_of(row).kind for row in range(4)] == ["preference"] * 3 + ["kto"]


def test_a_new_field_in_each_row_does_not_make_five_thousand_columns(bad_inputs: Path) -> None:
    dataset = open_dataset(bad_inputs / "36_new_key_each_row.jsonl")
    assert dataset.frame.width == 200
    assert len(dataset.record(4999)) == 5


def test_identical_rows_have_keys_of_their_own(bad_inputs: Path) -> None:
    dataset = open_dataset(bad_inputs / "41_identical_20k.jsonl")
    assert len(set(dataset.keys.tolist())) == len(dataset) == 20_000


def test_duplicate_names_are_flagged_and_the_last_value_wins(bad_inputs: Path) -> None:
    dataset = open_dataset(bad_inputs / "06_duplicate_keys.jsonl")
    assert dataset.problems["repeated field"].tolist() == [1]
    assert dataset.record(1)["output"] == "B"


def test_the_byte_order_mark_is_no_part_of_a_name(bad_inputs: Path) -> None:
    dataset = open_dataset(bad_inputs / "02_bom.jsonl")
    assert next(iter(dataset.record(0))) == "id"
    assert dataset.raw(0)[:1] == b"{"


def test_a_table_lists_what_does_not_fit_it(bad_inputs: Path) -> None:
    def listed(name: str) -> list[tuple[int, str]]:
        return [(one.line, one.reason) for one in open_dataset(bad_inputs / name).unreadable]

    assert listed("71_ragged.csv") == [(3, "expected 4 fields, got 3"), (4, "expected 4 fields, got 6")]
    assert listed("73_unclosed_quote.csv") == [(2, "the quote that opens here is never closed")]
    twice = open_dataset(bad_inputs / "75_duplicate_headers.csv")
    assert twice.record(0) == {"instruction": "a", "output": "b", "output_2": "c", "column_4": "d"}
    assert "'output' is 'output_2', '' is 'column_4'" in twice.unreadable[0].reason


def test_a_table_keeps_line_ends_and_quotes(bad_inputs: Path) -> None:
    assert open_dataset(bad_inputs / "70_embedded_newlines.csv").record(4) == {
        "id": 4,
        "instruction": 'Line one\nline two, "quoted"\r\nline three',
        "input": "",
        "output": "a4",
    }


def test_a_compressed_file_that_was_cut_says_so(bad_inputs: Path) -> None:
    (cut,) = open_dataset(bad_inputs / "53_gzip_truncated.jsonl.gz").unreadable
    assert cut.reason == "compressed file ends early; cut off at end of file (no newline)"


def test_the_three_forms_of_one_table_are_the_same(bad_inputs: Path) -> None:
    names = ("62_nested.parquet", "67_parquet_named.jsonl", "69_stream.arrow")
    parquet, named, stream = (open_dataset(bad_inputs / name) for name in names)
    assert (parquet.format, named.format, stream.format) == ("parquet", "parquet", "arrow stream")
    assert parquet.keys.tolist() == named.keys.tolist() == stream.keys.tolist()
    messages = [parquet.record(row)["messages"] for row in (3, 4, 5)]
    assert messages[:2] == [[], None]
    assert parquet.turns(5)[1].text == ""


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("56_gzip_bomb_1gb.jsonl.gz", "is gzip and unpacks to more than 401 MB"),
        ("63_truncated.parquet", "Parquet footer missing or damaged (file cut off?)"),
    ],
)
def test_a_refusal_leaves_nothing(
    bad_inputs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    name: str,
    reason: str,
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with pytest.raises(InputRefusedError, match=re.escape(reason)):
        open_dataset(bad_inputs / name)
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_records_by_name_keep_the_name(bad_inputs: Path) -> None:
    dataset = open_dataset(bad_inputs / "22_object_keyed_by_id.json")
    assert dataset.record(19) == {"_id": "row-19", "id": 19, **dataset.record(19)}
    assert dataset.frame["_id"].to_list() == [f"row-{row}" for row in range(20)]
