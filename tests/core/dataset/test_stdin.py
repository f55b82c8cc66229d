"""What is piped in opens as a file would, under a name that its content makes."""

import bz2
import gzip
import hashlib
import os
import pty
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest

from dataexplore.dataset import spool
from dataexplore.dataset.opening import open_head
from dataexplore.dataset.source import Source
from dataexplore.dataset.stdin import open_stdin
from dataexplore.errors import InputRefusedError
from processes import command, environment

LINES = b"".join(b'{"instruction": "ask %d", "output": "say %d"}\n' % (row, row) for row in range(50))


@contextmanager
def standard_input(descriptor: int) -> Iterator[None]:
    """Put a descriptor in the place of the standard input."""
    kept = os.dup(0)
    os.dup2(descriptor, 0)
    try:
        yield
    finally:
        os.dup2(kept, 0)
        os.close(kept)


def piped(data: bytes, max_bytes: int | None = None) -> Source:
    """Open what a writer in another thread puts into a pipe."""
    reading, writing = os.pipe()

    def write() -> None:
        with os.fdopen(writing, "wb") as file:
            try:
                file.write(data)
            except BrokenPipeError:
                return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with standard_input(reading):
            return open_stdin(max_bytes)
    finally:
        os.close(reading)
        writer.join()


def refusal(data: bytes, max_bytes: int | None = None) -> str:
    with pytest.raises(InputRefusedError) as refused:
        piped(data, max_bytes)
    said = str(refused.value)
    assert said.startswith("stdin")
    return said


def refused_from(descriptor: int) -> str:
    with standard_input(descriptor), pytest.raises(InputRefusedError) as refused:
        open_stdin()
    return str(refused.value)


def parquet(folder: Path) -> bytes:
    pl.DataFrame({"instruction": ["a", "b"], "output": ["c", "d"]}).write_parquet(folder / "x")
    return (folder / "x").read_bytes()


def test_lines_keep_their_bytes_and_are_named_by_their_content() -> None:
    source = piped(LINES)
    assert source.data[:] == LINES
    assert source.path == Path(f"stdin-{hashlib.sha256(LINES).hexdigest()[:12]}")
    assert piped(LINES).path == source.path
    assert piped(LINES + LINES).path != source.path
    assert not source.changed()


@pytest.mark.parametrize(
    ("make", "format_", "rows"),
    [
        (lambda folder: LINES, "jsonl", 50),
        (lambda folder: b"\xef\xbb\xbf" + LINES, "jsonl", 50),
        (lambda folder: b'[{"instruction": "a", "output": "b"}]', "json array", 1),
        (lambda folder: gzip.compress(LINES), "gzip jsonl", 50),
        (lambda folder: b"instruction,output\na,b\nc,d\n", "csv", 2),
        (lambda folder: b'"instruction";"output"\na;b\n', "csv", 1),
        (lambda folder: b"instruction\toutput\na, b\tc\n", "tsv", 1),
        (lambda folder: bz2.compress(b"instruction,output\na,b\n"), "bzip2 csv", 1),
        (parquet, "parquet", 2),
        (lambda folder: gzip.compress(parquet(folder)), "gzip parquet", 2),
        (lambda folder: b'no, not json\n{"instruction": "a", "output": "b"}\n', "jsonl", 1),
    ],
)
def test_content_tells_what_it_is(
    tmp_path: Path, make: Callable[[Path], bytes], format_: str, rows: int
) -> None:
    head = open_head(piped(make(tmp_path)))
    assert head.format == format_
    assert len(head.records) == rows


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "nothing came through the pipe"),
        (b" \n\n", "holds only white space"),
        (b"\x7fELF" + bytes(range(32)) * 20, "is a program"),
        (bytes(range(32)) * 20, "is binary"),
        (b"PK\x03\x04" + LINES, "is a zip archive"),
        (gzip.compress(gzip.compress(LINES)), "inside gzip"),
        (b"PAR1" + LINES, "Parquet footer missing or damaged"),
    ],
)
def test_what_is_no_dataset_is_refused(data: bytes, says: str) -> None:
    assert says in refusal(data)


def test_a_limit_is_held_and_named() -> None:
    assert "more came than the 2,000 bytes of --max-bytes" in refusal(LINES, 2000)
    assert piped(LINES, len(LINES)).size == len(LINES)


def test_more_than_the_disk_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "room", lambda folder: 1000)
    assert "free disk; set TMPDIR to a larger one" in refusal(LINES)


def test_much_goes_to_a_file_without_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(spool, "COPIED", 100)
    source = piped(LINES)
    assert not isinstance(source.data, bytes)
    assert source.data[:] == LINES
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_that_breaks_off_gives_what_came() -> None:
    assert len(open_head(piped(LINES[:-10])).records) == 49


def test_a_file_in_place_of_a_pipe_is_read_from_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES)
    with path.open("rb") as file:
        os.lseek(file.fileno(), LINES.index(b"\n") + 1, os.SEEK_SET)
        with standard_input(file.fileno()):
            assert len(open_head(open_stdin()).records) == 49


def test_a_keyboard_is_not_waited_for() -> None:
    master, slave = pty.openpty()
    try:
        assert "is the keyboard, nothing is piped in" in refused_from(slave)
    finally:
        os.close(master)
        os.close(slave)


def test_a_folder_or_nothing_in_its_place_is_refused(tmp_path: Path) -> None:
    folder = os.open(tmp_path, os.O_RDONLY)
    try:
        assert "is a directory; pipe the rows in" in refused_from(folder)
    finally:
        os.close(folder)
    code = (
        "from dataexplore.dataset.stdin import open_stdin\ntry: open_stdin()\nexcept Exception as e: print(e)"
    )
    closed = ["/bin/sh", "-c", 'exec "$0" "$@" <&-', *command(code)]
    ran = subprocess.run(closed, env=environment(), capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("stdin: is closed; pipe the rows in")


def test_a_pipe_that_does_not_wait_is_waited_for() -> None:
    """Both ends of a terminal's or a parent's pipe may be set not to block."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)

    def write() -> None:
        with os.fdopen(writing, "wb", buffering=0) as file:
            for line in LINES.splitlines(keepends=True):
                file.write(line)

    writer = threading.Thread(target=write)
    with standard_input(reading):
        writer.start()
        assert open_stdin().data[:] == LINES
    writer.join()
    os.close(reading)


def test_progress_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dataexplore.dataset.stdin._EVERY", 1)
    said: list[str] = []
    reading, writing = os.pipe()
    os.write(writing, LINES)
    os.close(writing)
    with standard_input(reading):
        open_stdin(progress=said.append)
    os.close(reading)
    assert said == ["reading stdin: 0 MB"]
