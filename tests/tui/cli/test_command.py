"""The command as a whole: verbs and files, one-line refusals, exit codes, what is imported."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dataexplore_tui.cli import main as command
from dataexplore_tui.cli.catalogue import VERBS

Process = Callable[..., "subprocess.CompletedProcess[bytes]"]


def test_help_lists_every_verb_and_the_exit_codes(run):
    ran = run("--help")
    assert ran.code == 0
    assert all(f"  {verb.name} " in ran.out and verb.help in ran.out for verb in VERBS.values())
    assert "exit codes: 0" in ran.out
    assert max(map(len, ran.out.split("\n"))) < 80


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself_and_its_json(run, verb, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    ran = run(verb, "--help")
    assert ran.code == 0
    assert "keys: " in ran.out
    assert "--json" in ran.out
    assert max(map(len, ran.out.split("\n"))) <= 80


def test_version(run):
    from dataexplore import __version__

    assert run("--version").out == f"dataexplore {__version__}\n"


def test_a_file_named_like_a_verb_is_opened_with_its_folder(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("check").write_text('{"instruction": "a", "output": "b"}\n')
    assert "FILE" in run("check").refusal
    assert "needs a terminal" in run("./check").refusal
    assert run("check", "check").code == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "name a file to open, or a verb"),
        (("chekc", "a.jsonl"), "did you mean check?"),
        (("a.jsonl", "b.jsonl"), "a.jsonl: no such file"),
        (("check",), "required: FILE"),
        (("check", "a.jsonl", "--js"), "unrecognized arguments: --js"),
        (("select", "a.jsonl", "-o", "b", "--size", "0"), "0 is too few"),
        (("select", "a.jsonl", "-o", "b"), "nothing to select by"),
        (("scores", "a.jsonl", "--at", "nan", "--signal", "s"), "is not a number"),
        (("scores", "a.jsonl", "--at", "3"), "--at needs --signal"),
        (("duplicates", "a.jsonl", "--threshold", "1.5"), "1.5 does not"),
        (("runs", "--stop"), "name the job"),
        (("check", "no\x1b[31msuch\u202e"), "no␛[31msuch⟨RLO⟩: no such file"),
    ],
)
def test_what_cannot_be_followed_is_refused_in_one_line(run, arguments, says):
    assert says in run(*arguments).refusal


def test_the_screen_is_refused_without_a_terminal_and_a_bad_file_before_that(run, few, tmp_path):
    assert "needs a terminal" in run(few).refusal
    assert "no such file" in run(tmp_path / "nowhere").refusal
    (tmp_path / "empty").touch()
    assert "the file is empty (0 bytes)" in run(tmp_path / "empty").refusal
    assert "no program" in run(few, "--python", "no-such-python").refusal
    assert not (tmp_path / ".dataexplore").exists()


def test_what_the_first_paint_does_not_need_is_not_imported(process: Process, few):
    code = """
import json, sys
import dataexplore.dataset.opening as opening
from dataexplore_tui.cli.main import main
opened = opening.open_head
def spy(path):
    head = opened(path)
    print(json.dumps(sorted(sys.modules)))
    return head
opening.open_head = spy
main(sys.argv[1:])
"""
    loaded = set(json.loads(process(few, code=code).stdout))
    assert "dataexplore.dataset.opening" in loaded
    heavy = {"polars", "textual", "rich", "sqlite3", "model2vec", "openai", "torch", "subprocess"}
    assert not heavy & loaded


def test_verbs_never_import_the_screen(process: Process, few, tmp_path):
    code = """
import sys
from dataexplore_tui.cli.main import main
few, out = sys.argv[1:]
for arguments in (["check", few], ["scores", few], ["duplicates", few], ["clusters", few],
                  ["select", few, "--size", "2", "-o", out], ["export", few, "-o", out, "--force"],
                  ["runs", "--in", few]):
    assert main(arguments) == 0, arguments
from dataexplore_tui.cli.verbs import tune
assert not {"textual", "rich", "openai", "torch", "transformers"} & set(sys.modules)
"""
    ran = process(few, tmp_path / "out" / "few.jsonl", code=code)
    assert ran.returncode == 0, ran.stderr


def test_ctrl_c_ends_without_a_traceback(run, few, monkeypatch):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dataexplore_tui.cli.verbs.check.read_files", interrupted)
    ran = run("check", few)
    assert (ran.code, ran.out, ran.err) == (130, "", "")


def test_a_reader_that_leaves_early_is_no_error(few):
    lines = f"cd {few.parent}; {sys.executable} -m dataexplore_tui.cli.main check few.jsonl --json | true"
    ran = subprocess.run(
        ["/bin/bash", "-c", f"set -o pipefail; {lines}"],
        capture_output=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        timeout=60,
        check=False,
    )
    assert ran.stderr == b""
    assert ran.returncode in (0, 128 + signal.SIGPIPE)


def test_a_surprise_is_one_line_and_shows_where_only_on_request(run, few, monkeypatch):
    def surprise(*_: object) -> None:
        secret = "sk-secret"
        raise KeyError("\x1b[2Jboo", len(secret))

    monkeypatch.setattr("dataexplore_tui.cli.verbs.check.read_files", surprise)
    refusal = run("check", few).refusal
    assert "KeyError" in refusal
    assert "DATAEXPLORE_TRACEBACK=1" in refusal
    monkeypatch.setenv("DATAEXPLORE_TRACEBACK", "1")
    ran = run("check", few)
    assert ran.code == 2
    assert "in surprise" in ran.err
    assert "\x1b" not in ran.err
    assert 'secret = "sk-secret"' not in ran.err


def test_an_interpreter_is_named_by_its_whole_path_with_links_kept(tmp_path, monkeypatch):
    from dataexplore_tui.cli.options import interpreter

    monkeypatch.chdir(tmp_path)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    assert interpreter("bin/python") == str(tmp_path / "bin" / "python")
    assert interpreter(None) is None


def test_main_can_be_called_by_its_entry_point(few):
    assert command.main(["check", str(few), "--json"]) == 0
