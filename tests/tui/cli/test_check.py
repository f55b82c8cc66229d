"""`check` tells what is in a file and leaves nothing behind."""


def test_a_good_file_has_nothing_to_report(run, few):
    ran = run("check", few, "--json")
    assert ran.code == 0
    assert ran.out.count("\n") == 1
    assert ran.found == {
        "path": str(few),
        "rows": 6,
        "format": "jsonl",
        "schema": "alpaca",
        "roles": {"prompt": "instruction", "response": "output"},
        "fields": ["instruction", "output", "score"],
        "empty": {"instruction": 0, "output": 0},
        "unreadable": [],
        "problems": {},
    }
    assert not (few.parent / ".dataexplore").exists()


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
    assert found["problems"] == {"empty response": 6, "control characters": 5, "invisible characters": 3}
    assert found["empty"]["input"] == 405 - 124 - 1, "one input says <noinput>"
