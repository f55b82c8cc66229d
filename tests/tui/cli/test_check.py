"""`check` tells what is in a file and leaves nothing behind."""

import json
from pathlib import Path

import pytest

KEY = "AKIA" + "QW2ERTY4UIOP6ASD"


def test_a_good_file_has_nothing_to_report(run, few):
    ran = run("check", few, "--json")
    assert ran.code == 0
    assert ran.out.count("\n") == 1
    found = ran.found
    expected = {
        "path": str(few),
        "bytes": few.stat().st_size,
        "rows": 6,
        "format": "jsonl",
        "schema": "alpaca",
        "roles": {"prompt": "instruction", "response": "output"},
        "fields": ["instruction", "output", "score"],
        "bad": False,
        "empty": {"instruction": 0, "output": 0},
        "unreadable": [],
        "problems": {},
        "secrets": {},
        "refusals": {},
    }
    assert {name: found[name] for name in expected} == expected
    assert found["schemas"] == [{"schema": "alpaca", "roles": expected["roles"], "rows": 6}]
    assert found["repeats"]["whole row"] == {"rows": 0, "groups": 0, "largest": 1}
    assert found["lengths"]["response"] == {
        "least": 5, "p5": 5, "median": 15, "mean": 17.5, "p95": 30, "p99": 30, "most": 30,
    }  # fmt: skip
    assert (found["tokens"]["max_length"], found["tokens"]["over"], found["tokens"]["exact"]) == (
        1024,
        0,
        False,
    )
    assert sum(found["languages"]["counts"].values()) == found["languages"]["sample"] == 6
    assert not (few.parent / ".dataexplore").exists()


def test_every_key_of_the_object_is_in_the_help(run, few):
    found, told = run("check", few, "--json").found, " ".join(run("check", "--help").out.split())
    assert [name for name in found if name not in told] == []


def test_lines_that_are_no_rows_are_listed_and_the_exit_code_says_so(run, few):
    with few.open("a") as file:
        file.write('\n[1]\n{"instruction": "\\u001b[2J", "output": ""}\n{"instr')
    ran = run("check", few, "--json")
    assert ran.code == 1
    assert ran.found["rows"] == 7
    assert ran.found["unreadable"] == [
        {"line": 8, "reason": "not a JSON object (array)"},
        {"line": 10, "reason": "cut off at end of file (no newline)"},
    ]
    assert ran.found["problems"] == {"empty response": 1, "control characters": 1}
    problem = next(one for one in ran.found["findings"] if one["name"] == "empty response")
    assert problem == {"kind": "problem", "name": "empty response", "rows": 1, "first_line": 9, "at": [6]} | {
        "first_file": str(few)
    }
    assert "line 9, row 7" in run("check", few).out


def test_the_table_is_short_and_safe(run, few):
    with few.open("a") as file:
        file.write("".join(f"[{number}]\n" for number in range(30)))
        file.write('{"instruction": "a", "output": "b", "\\u001b]0;x\\u0007": 1}\n')
    ran = run("check", few)
    assert ran.code == 1
    assert "and 10 more" in ran.out
    assert "␛]0;x␇" in ran.out
    assert not set(ran.out) & {"\x1b", "\x07"}


def test_the_sample_has_its_planted_flaws(run, starter):
    found = run("check", starter, "--json").found
    assert found["rows"] == 405
    planted = {"empty response": 6, "control characters": 5, "invisible characters": 3}
    assert planted.items() <= found["problems"].items()
    assert found["empty"]["input"] == 405 - 124 - 1, "one input says <noinput>"


def test_a_secret_is_a_problem_and_never_printed(run, few):
    with few.open("a") as file:
        file.write(json.dumps({"instruction": "a", "output": f"use {KEY}"}) + "\n")
    as_text, as_json = run("check", few), run("check", few, "--json")
    assert as_text.code == as_json.code == 1
    assert as_json.found["secrets"] == {"AWS access key": 1}
    assert "AKIA…" in as_text.out
    assert "line 7, row 7" in as_text.out
    assert KEY[:6] not in as_text.out + as_json.out


def test_what_is_only_information_leaves_the_exit_code_alone(run, tmp_path):
    path = tmp_path / "twice.jsonl"
    row = {"instruction": "Open it", "input": "", "output": "I'm sorry, but I can't open files."}
    path.write_text(2 * (json.dumps(row) + "\n"))
    ran = run("check", path, "--max-length", 3, "--json")
    assert ran.code == 0
    assert ran.found["refusals"] == {"declines": 2}
    assert ran.found["repeats"]["whole row"] == {"rows": 1, "groups": 1, "largest": 2}
    assert (ran.found["tokens"]["max_length"], ran.found["tokens"]["over"]) == (3, 2)


def test_lines_stay_within_eighty_columns(run, starter, bad_inputs):
    for path in (
        starter,
        *(bad_inputs / name for name in ("14_mixed_types.jsonl", "88_mixed_formats.jsonl")),
    ):
        for line in run("check", path).out.split("\n"):
            assert len(line) <= 80 or str(path) in line, line


def test_languages_are_those_of_a_sample_and_the_report_says_so(run, starter):
    assert "of a sample of 100, by" in run("check", starter, "--sample", 100).out
    assert "of all rows, by" in run("check", starter, "--sample", 0).out


def test_tokens_are_counted_with_a_tokenizer_when_one_is_named(run, few, tmp_path):
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import WhitespaceSplit

    tokenizer = Tokenizer(WordLevel({"?": 0}, unk_token="?"))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    found = run("check", few, "--tokenizer", tmp_path, "--json").found["tokens"]
    assert (found["exact"], found["least"], found["most"]) == (True, 3, 8)
    assert "tokens counted with" in run("check", few, "--tokenizer", tmp_path).out
    assert "estimated" in run("check", few).out


def test_a_tokenizer_that_is_not_there_is_refused_before_the_file_is_read(run, tmp_path):
    refusal = run("check", tmp_path / "no-such-file.jsonl", "--tokenizer", "./nowhere").refusal
    assert "no such tokenizer" in refusal


@pytest.mark.parametrize("arguments", [("--max-length", "0"), ("--max-length", "x"), ("--sample", "-1")])
def test_numbers_that_make_no_sense_are_refused(run, few, arguments):
    assert arguments[0] in run("check", few, *arguments).refusal


def test_every_finding_names_its_rows_in_files_of_any_shape(run, bad_inputs: Path):
    names = ("41_identical_20k.jsonl", "62_nested.parquet", "81_odd_turns.jsonl", "85_preference_pairs.jsonl")
    for name in names:
        found = run("check", bad_inputs / name, "--json").found
        assert found["bad"] == bool(found["unreadable"] or found["problems"] or found["secrets"])
        assert all(len(one["at"]) == one["rows"] > 0 for one in found["findings"])


def test_several_files_are_checked_as_one(run, few, starter):
    found = run("check", few, starter, "--json").found
    assert (found["rows"], found["bytes"]) == (411, few.stat().st_size + starter.stat().st_size)


def test_places_in_several_files_name_the_file(run, few, tmp_path):
    other = tmp_path / "other.jsonl"
    other.write_text('{"instruction": "a", "output": "b"}\n\n{"instruction": "c", "output": ""}\n[1]\n')
    ran = run("check", few, other)
    assert "other.jsonl line 3, row 8" in ran.out
    found = run("check", few, other, "--json").found
    assert found["files"] == [{"path": str(few), "rows": 6}, {"path": str(other), "rows": 2}]
    (problem,) = (one for one in found["findings"] if one["kind"] == "problem")
    assert (problem["first_file"], problem["first_line"], problem["at"]) == (str(other), 3, [7])
    assert found["unreadable"][0]["reason"].startswith("other.jsonl: ")
    alone = run("check", other, "--json").found
    assert alone["files"] == [{"path": str(other), "rows": 2}]


def test_files_of_one_name_are_told_apart_by_their_folders(run, tmp_path):
    for folder, output in (("a", "fine"), ("b", "")):
        path = tmp_path / folder / "train.jsonl"
        path.parent.mkdir()
        path.write_text(json.dumps({"instruction": "q", "output": output}) + "\n")
    assert "b/train.jsonl line 1, row 2" in run("check", tmp_path / "*" / "train.jsonl").out
