"""A file that cannot be opened: one line on stderr, exit 2, a terminal that was never touched."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from . import files
from .conftest import PROGRAM, Open


def _missing(folder: Path) -> Path:
    return folder / "nowhere.jsonl"


def _empty(folder: Path) -> Path:
    path = folder / "empty.jsonl"
    path.touch()
    return path


def _binary(folder: Path) -> Path:
    path = folder / "binary.jsonl"
    path.write_bytes(b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 20)
    return path


def _directory(folder: Path) -> Path:
    path = folder / "folder.jsonl"
    path.mkdir()
    return path


def _pipe(folder: Path) -> Path:
    path = folder / "pipe.jsonl"
    os.mkfifo(path)
    return path


def _hostile_name(folder: Path) -> Path:
    return folder / "\x1b]0;PWN\x07[bold]\nnowhere.jsonl"


MAKERS = [_missing, _empty, _binary, _directory, _pipe, _hostile_name]


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__.strip("_"))
def test_refused_before_the_terminal_is_touched(
    open_terminal: Open, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    path = make(tmp_path)
    before = files.everything_under(tmp_path)
    screen = open_terminal(path)
    assert screen.leaves() == 2
    assert screen.raw.startswith(b"dataexplore: ")
    assert screen.raw.endswith(b"\r\n")
    assert screen.raw.count(b"\n") == 1
    assert not any(byte < 32 or byte == 127 for byte in screen.raw[:-2]), screen.raw
    assert b"nowhere.jsonl" in screen.raw or path.name.encode() in screen.raw
    assert screen.settings_now() == screen.settings
    assert files.everything_under(tmp_path) == before
    assert not (tmp_path / ".dataexplore").exists()


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__.strip("_"))
def test_the_reason_goes_to_stderr_and_the_terminal_gets_nothing(
    open_terminal: Open, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    errors = tmp_path / "errors.txt"
    screen = open_terminal(make(tmp_path), errors=errors)
    assert screen.leaves() == 2
    assert screen.raw == b""
    assert errors.read_bytes().startswith(b"dataexplore: ")
    assert errors.read_bytes().count(b"\n") == 1


def test_without_a_terminal_a_verb_is_named(environment: dict[str, str], starter: Path) -> None:
    ran = subprocess.run(
        [*PROGRAM, starter],
        env=environment,
        cwd=starter.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert ran.stderr.count(b"\n") == 1
    assert b"the screen needs a terminal" in ran.stderr
    assert b"check FILE" in ran.stderr
    assert not (starter.parent / ".dataexplore").exists()


def test_a_terminal_for_the_keys_alone_is_not_enough(
    open_terminal: Open, starter: Path, tmp_path: Path
) -> None:
    """As in `dataexplore FILE | less`."""
    program = ("/bin/sh", "-c", 'exec "$@" >"$0"', tmp_path / "out.txt", *PROGRAM)
    screen = open_terminal(starter, program=program)
    assert screen.leaves() == 2
    assert b"\x1b" not in screen.raw
    assert b"the screen needs a terminal" in screen.raw
    assert (tmp_path / "out.txt").read_bytes() == b""
