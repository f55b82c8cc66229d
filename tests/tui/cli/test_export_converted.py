"""`export --to` and `convert` as commands: reports, refusals, what is beside."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.selection.push_server import TOKEN, serving
from dataexplore.journal.decision import DROP, KEEP
from dataexplore.session.session import Session

PLAIN = {"instruction": "a", "input": "", "output": "b"}
TALK = {"messages": [{"role": role, "content": role} for role in ("user", "assistant", "user", "assistant")]}
TOOL = {"messages": [*TALK["messages"], {"role": "tool", "content": "x"}]}


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    path = tmp_path / "mixed.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in (PLAIN, TALK, TOOL)))
    return path


def test_help_says_what_becomes_of_rows_that_do_not_fit(run):
    for verb in ("export", "convert"):
        said = run(verb, "--help").out
        assert "never dropped silently" in said
        assert "--skip-unfit" in said
    assert "convert" in run("--help").out


def test_rows_that_do_not_fit_refuse_everything_in_one_line(run, mixed, tmp_path):
    out = tmp_path / "out" / "a.jsonl"
    for verb in ("export", "convert"):
        refusal = run(verb, mixed, "-o", out, "--to", "alpaca").refusal
        assert refusal == (
            f"{out}: not written: alpaca cannot hold 1 of 3 rows: tool answers (1, first row 3); a last turn "
            "that is no answer (1, first row 3); --skip-unfit leaves them out and lists them"
        )
    assert not out.parent.exists()


def test_a_dry_run_reports_and_writes_nothing(run, mixed, tmp_path):
    out = tmp_path / "out" / "a.jsonl"
    ran = run("convert", mixed, "-o", out, "--to", "alpaca", "--dry-run")
    assert ran.code == 1
    assert "2 of 3 rows fit alpaca, 1 of them as they are" in ran.out
    assert "tool answers" in ran.out
    found = run("export", mixed, "-o", out, "--to", "alpaca", "--dry-run", "--json").found["report"]
    assert (found["rows"], found["fit"], found["unfit"], found["as_they_are"]) == (3, 2, 1, 1)
    assert {"reason": "tool answers", "rows": 1, "first": [2]} in found["reasons"]
    assert run("convert", mixed, "-o", out, "--to", "messages", "--dry-run").code == 0
    assert not out.parent.exists()


def test_unfit_rows_are_left_out_when_asked_and_listed(run, mixed, tmp_path):
    out = tmp_path / "out" / "a.jsonl"
    found = run("convert", mixed, "-o", out, "--to", "alpaca", "--skip-unfit", "--json").found
    assert (found["rows"], found["unfit_out"]) == (2, f"{out}.unfit.jsonl")
    assert [json.loads(line)["row"] for line in Path(found["unfit_out"]).read_text().splitlines()] == [2]
    assert found["outputs"] == [{"split": "train", "out": str(out), "rows": 2}]


def test_export_converts_what_was_kept(run, mixed, tmp_path):
    session = Session.open(mixed)
    session.decide(np.array([0]), KEEP, "k")
    session.decide(np.array([2]), DROP, "tools")
    session.close()
    out = tmp_path / "out" / "a.jsonl"
    found = run("export", mixed, "-o", out, "--to", "sharegpt", "--card", "--json").found
    assert (found["kept"], found["dropped"], found["undecided"], found["rows"]) == (1, 1, 1, 2)
    assert [list(json.loads(line)) for line in out.open()] == [["conversations"]] * 2
    assert json.loads(Path(found["dropped_out"]).read_text())["record"] == TOOL
    assert "drops 1" in Path(found["card_out"]).read_text()
    again = ("export", mixed, "-o", out, "--to", "sharegpt", "--only-kept", "--card", "--json")
    only = run(*again, "--force").found
    assert only["rows"] == 1


def test_splits_configurations_and_what_people_read(run, few, tmp_path):
    out = tmp_path / "out" / "few.jsonl"
    ran = run("export", few, "-o", out, "--split", 0.4, "--seed", 3, "--config", "axolotl", "--card")
    for text in (
        "for training in",
        "for validation in",
        "card in",
        "axolotl.yaml: put its lines",
        "recipe in",
    ):
        assert text in ran.out
    names = {"few.train.jsonl", "few.validation.jsonl"}
    lines = {name: (out.parent / name).read_bytes().splitlines(keepends=True) for name in names}
    assert sorted(line for side in lines.values() for line in side) == sorted(
        few.read_bytes().splitlines(keepends=True)
    )


def test_similar_rows_stay_on_one_side(run, starter, few, tmp_path):
    out = tmp_path / "out" / "s.jsonl"
    for verb in ("convert", "export"):
        asked = ("--split", 0.2, "--split-groups", 0.9, "--force", "--json")
        found = run(verb, starter, "-o", out, *asked).found
        train, held_out = (one["rows"] for one in found["outputs"])
        assert train + held_out == found["rows"]
        assert 0.1 * found["rows"] < held_out < 0.3 * found["rows"]
    refusal = run("convert", few, "-o", out, "--split", 0.2, "--split-groups", 0.5, "--force").refusal
    assert "there is nothing to split: all rows repeat each other" in refusal


def test_roles_fields_and_pairs_can_be_settled_on_the_command_line(run, tmp_path):
    path, out = tmp_path / "a.jsonl", tmp_path / "out" / "b.jsonl"
    path.write_text(
        '{"conversations":[{"from":"human","value":"a"},{"from":"bing","value":"b"}],"n":1}\n'
        '{"prompt":"q","chosen":"good","rejected":"bad"}\n'
    )
    assert "--role bing=assistant" in run("convert", path, "-o", out, "--to", "messages").refusal
    asked = ("--role", "bing=assistant", "--chosen-only", "--leave-out", "n")
    assert run("convert", path, "-o", out, "--to", "messages", *asked).code == 0
    said = [[turn["content"] for turn in json.loads(line)["messages"]] for line in out.open()]
    assert said == [["a", "b"], ["q", "good"]]
    assert "n" not in json.loads(out.open().readline())


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--skip-unfit",), "--skip-unfit goes with --to"),
        (("--role", "a=user"), "--role goes with --to"),
        (("--dry-run",), "--dry-run goes with --to"),
        (("--seed", 1), "--seed and --split-groups go with --split"),
        (("--to", "chatml"), "invalid choice"),
        (("--to", "messages", "--role", "x"), "say WORD=ROLE"),
        (("--split", 1), "lies between 0 and 1"),
        (("--split", "nan"), "is not a number"),
        (("--config", "trl"), "TRL does not read alpaca rows as they are; convert them with --to messages"),
        (("--push", "no name"), "is no name of a repository"),
        (("--to", "messages", "--dry-run", "--push", "a/b"), "nothing to --push"),
    ],
)
def test_options_that_cannot_be_followed(run, few, tmp_path, options, says):
    for verb in ("export", "convert"):
        assert says in run(verb, few, "-o", tmp_path / "out" / "b.jsonl", *options).refusal
    assert not (tmp_path / "out").exists()


def test_a_container_alone_is_changed_without_a_target(run, few, tmp_path):
    out = tmp_path / "few.parquet"
    assert run("convert", few, "-o", out).code == 0
    found = run("convert", out, "-o", tmp_path / "again.jsonl", "--json").found
    assert found["report"] is None
    rows = [json.loads(line) for line in (tmp_path / "again.jsonl").open()]
    assert rows == [json.loads(line) for line in few.open()]


def test_the_source_is_never_overwritten(run, few):
    before = few.read_bytes()
    assert "is the dataset itself" in run("convert", few, "-o", few).refusal
    assert "is the dataset itself" in run("convert", few, "-o", few, "--to", "messages").refusal
    assert few.read_bytes() == before


def test_a_source_that_was_only_touched_is_said(run, few, tmp_path, monkeypatch):
    import os

    from dataexplore_tui.cli.verbs import export

    publish = export.publish

    def touched(*given, **more):
        os.utime(few, ns=(1, 1))
        return publish(*given, **more)

    monkeypatch.setattr(export, "publish", touched)
    ran = run("export", few, "-o", tmp_path / "out" / "a.jsonl", "--json")
    assert "none of the rows to write" in ran.found["notice"]
    assert "none of the rows to write" in ran.err


def test_a_push_takes_rows_card_and_recipe_and_leaves_dropped_rows_here(run, few, tmp_path, monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    session = Session.open(few)
    session.decide(np.array([0]), DROP, "secret reason")
    session.close()
    out = tmp_path / "out" / "kept.jsonl"
    with serving() as hub:
        monkeypatch.setattr(constants, "ENDPOINT", hub.url)
        ran = run("export", few, "-o", out, "--card", "--push", "org/name", "--json")
        assert set(hub.files) == {"kept.jsonl", "README.md", "recipe.toml"}
        assert hub.files["kept.jsonl"] == out.read_bytes()
        assert hub.made[0]["visibility"] == "private"
        assert ran.found["pushed"].startswith(hub.url)
        run("export", few, "-o", out, "--push", "org/name", "--no-private", "--force")
        assert hub.made[1]["visibility"] == "public"
        hub.refusals["/api/"] = 403
        refusal = run("export", few, "-o", out, "--push", "org/name", "--force").refusal
    assert "org/name: not pushed: the token may not write there (403)" in refusal
    assert out.exists()
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert TOKEN.encode() not in written
    assert TOKEN not in ran.out + ran.err + refusal


def test_a_field_named_twice_is_kept_in_bytes_and_refused_elsewhere(run, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"instruction": "q", "output": "a", "note": 1, "note": 2}\n')
    assert (
        "a field that is named twice (1, first row 1)"
        in run("convert", path, "-o", tmp_path / "m.jsonl", "--to", "messages").refusal
    )
    table = run("convert", path, "-o", tmp_path / "t.csv").refusal
    assert "row 1 names a field twice and a table holds one value of it (rows like this: 1)" in table
    assert run("convert", path, "-o", tmp_path / "same.jsonl").code == 0
    assert (tmp_path / "same.jsonl").read_bytes() == path.read_bytes()
    assert run("check", path, "--json").found["problems"] == {"repeated field": 1}
