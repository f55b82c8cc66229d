"""Rows through a pipe and a person at the keyboard: both at once, in a real terminal."""

from pathlib import Path

import pytest

from .conftest import PROGRAM, Open
from .terminal import Terminal

# As `cat FILE | dataexplore -`, with the program as the process that the terminal knows.
PIPED = ("/bin/bash", "-c", 'exec "${@:2}" < <(cat "$1")', "bash")


def open_piped(open_terminal: Open, data: Path) -> Terminal:
    return open_terminal(data, *PROGRAM, "-", program=PIPED)


def test_what_is_piped_in_is_read_and_the_keys_work(
    open_terminal: Open, starter: Path, tmp_path: Path
) -> None:
    screen = open_piped(open_terminal, starter)
    screen.shows("stdin-", "405 rows", "undecided 405")
    screen.press("j", "a")
    screen.shows("keep 1")
    screen.press("q")
    assert screen.leaves() == 0
    assert screen.settings_now() == screen.settings
    (workspace,) = (tmp_path / ".dataexplore").iterdir()
    assert workspace.name.startswith("stdin-")
    again = open_piped(open_terminal, starter)
    again.shows("keep 1", "undecided 404")
    again.press("q")
    assert again.leaves() == 0


def test_a_bad_pipe_is_refused_before_the_terminal_is_touched(open_terminal: Open, tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 20)
    for name, says in (
        ("binary", b"is a program, not a dataset"),
        ("/dev/null", b"nothing came through the pipe"),
    ):
        screen = open_piped(open_terminal, tmp_path / name)
        assert screen.leaves() == 2
        assert screen.raw.startswith(b"dataexplore: stdin: ")
        assert says in screen.raw
        assert screen.raw.count(b"\n") == 1
        assert b"\x1b" not in screen.raw


def test_the_keyboard_is_no_dataset(open_terminal: Open) -> None:
    screen = open_terminal("-")
    assert screen.leaves() == 2
    assert b"is the keyboard, nothing is piped in" in screen.raw
    assert screen.settings_now() == screen.settings


@pytest.mark.parametrize("arguments", [("a.jsonl", "b.jsonl"), ("*.jsonl",)])
def test_several_files_are_on_one_screen(
    open_terminal: Open, starter: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    data = starter.read_bytes().splitlines(keepends=True)
    (tmp_path / "a.jsonl").write_bytes(b"".join(data[:5]))
    (tmp_path / "b.jsonl").write_bytes(b"".join(data[5:12]))
    screen = open_terminal(*arguments)
    screen.shows("12 rows", "undecided 12")
    screen.press("q")
    assert screen.leaves() == 0
