"""Hostile rows, names and logs on a real terminal: nothing of them is obeyed, all of it is seen."""

import shutil
import tarfile
from pathlib import Path

import pytest

from dataexplore.dataset.loading import open_dataset

from . import files, hostile, wire
from .conftest import REPOSITORY, Open
from .terminal import Terminal

CORPUS = REPOSITORY.parent / "shared" / "badinputs" / "corpus.tar.gz"
SIZES = pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])


def walk(screen: Terminal, rows: int) -> None:
    """Go over every row with its record, then through every mode and every box."""
    screen.shows(f"all rows · {rows:,} of {rows:,}")
    screen.press("g", "enter")
    for row in range(1, rows + 1):
        screen.shows(f"row {row:,} ·")
        screen.press("j")
    screen.press("]", "[", "enter", "/")
    screen.type("e")
    screen.shows("for e")
    screen.press("n", "N", "f")
    screen.shows("columns: ")
    screen.press("enter", "S")
    screen.shows("rows in view")
    screen.press("2")
    screen.shows("scored, ")
    screen.press("tab", "right", "enter")
    screen.shows("rule: ")
    screen.press("3")
    screen.shows("pairs of rows at")
    screen.press(*["left"] * 10)
    screen.shows("at >= 0.80")
    screen.press("tab", "j", "x", "tab", "j", "k", "4")
    screen.shows("clusters · k-means")
    screen.press("tab", "]", "tab", "5")
    screen.shows("how ")
    screen.press("w")
    screen.shows("export rows not dropped to")
    screen.press("esc")
    screen.lacks("export rows not dropped to")
    screen.press("6")
    screen.shows("runs · ")
    screen.press("tab", "l", "l", "tab", "j", "l", "l", "j", "l", "l", "!")
    screen.shows("unreadable lines", "esc closes")
    screen.press("ctrl+d", "i", "?")
    screen.shows("Everywhere")
    screen.press("enter", ":")
    screen.shows("Search for commands")
    screen.press("esc")
    screen.lacks("Search for commands")


def leave_and_judge(screen: Terminal) -> None:
    """Leave, and read what the terminal got from the first byte to the last."""
    screen.press("q")
    assert screen.leaves() == 0
    got = wire.read(screen.raw)
    assert got.unknown == []
    assert got.unsafe == set()
    assert (got.left_on, got.keyboards) == ({}, 0)
    assert screen.settings_now() == screen.settings


@SIZES
def test_harmless_rows_send_nothing_else(open_terminal: Open, tmp_path: Path, size: tuple[int, int]) -> None:
    """The control: what is allowed here is what the program writes of its own accord."""
    data = tmp_path / "plain.jsonl"
    source = (REPOSITORY / "sample_data" / "starter.jsonl").read_bytes().splitlines(keepends=True)
    data.write_bytes(b"".join([*source[:15], source[2]]))
    screen = open_terminal(data, size=size)
    walk(screen, 16)
    leave_and_judge(screen)


@SIZES
def test_hostile_text_in_every_place(open_terminal: Open, tmp_path: Path, size: tuple[int, int]) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    data = hostile.write_rows(folder)
    hostile.add_job(data)
    before = files.everything_under(tmp_path)
    screen = open_terminal(data, size=size)
    screen.shows("esc␛]0;PWN␇[bold]⟨RLO⟩name.jsonl" if size[0] >= 100 else "esc␛]0;PWN␇[bold]")
    walk(screen, 2 * len(hostile.PAYLOADS))
    screen.press("!")
    screen.shows("1 unreadable lines", "␛]0;PWN␇[bold] this is no JSON⟨RLO⟩")
    screen.press("enter", "1", "F")
    leave_and_judge(screen)
    assert files.everything_under(tmp_path) == before


def test_payloads_are_shown_letter_for_letter_and_a_click_does_nothing(
    open_terminal: Open, tmp_path: Path
) -> None:
    data = hostile.write_rows(tmp_path)
    before = files.everything_under(tmp_path)
    screen = open_terminal(data)
    screen.shows("undecided 80")
    for number, payload in enumerate(hostile.MARKUP):
        row = 2 * (len(hostile.ESCAPES) + number) + 1
        screen.press("#")
        screen.type(str(row))
        screen.shows(f"row {row} ·", f"  {payload}")
        screen.click(f"  {payload}")
    screen.write(f"#{2 * len(hostile.ESCAPES + hostile.MARKUP) + 1}\r")
    for shown in ("⟨RLO⟩txt.exe⟨PDF⟩", "⟨LRI⟩isolate⟨PDI⟩", "a⟨ZWSP⟩b⟨ZWNJ⟩c⟨ZWJ⟩d", "⟨2028⟩line⟨2029⟩"):
        screen.shows(f"{shown} answer")
        screen.press("j", "j")
    leave_and_judge(screen)
    assert files.everything_under(tmp_path) == before


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not CORPUS.exists():
        pytest.skip("the folder of shared data is not here")
    folder = tmp_path_factory.mktemp("corpus")
    with tarfile.open(CORPUS) as packed:
        wanted = [one for one in packed.getmembers() if Path(one.name).name[:2] in ("90", "91", "93", "b0")]
        packed.extractall(folder, wanted, filter="data")
    return folder


@pytest.mark.parametrize("prefix", ["90", "91", "93", "b0"])
def test_the_corpus_of_hostile_files(open_terminal: Open, corpus: Path, tmp_path: Path, prefix: str) -> None:
    (original,) = (path for path in corpus.rglob("*") if path.is_file() and path.name.startswith(prefix))
    data = Path(shutil.copy(original, tmp_path))
    before = files.everything_under(tmp_path)
    screen = open_terminal(data)
    walk(screen, len(open_dataset(data)))
    leave_and_judge(screen)
    assert files.everything_under(tmp_path) == before
