"""When it goes wrong: a crash tells where and nothing of the data, a kill loses nothing that was shown."""

import re
import sqlite3
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

from dataexplore.dataset.loading import open_dataset
from dataexplore.journal.decision import DROP, KEEP

from . import files, wire
from .conftest import Open
from .terminal import Terminal

CRASHING = """
import sys
from dataexplore_tui.screens.rows import RowsScreen

def crash(self):
    api_key = "sk-canary-" + "0123456789"
    raise RuntimeError("provoked \\x1b]0;PWN\\x07[bold]by the test")

RowsScreen.action_{action} = crash
from dataexplore_tui.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def test_a_crash_shows_where_without_locals_and_gives_the_terminal_back(
    open_terminal: Open, starter: Path, tmp_path: Path
) -> None:
    launcher = tmp_path / "crashing.py"
    launcher.write_text(CRASHING.format(action="mark"))
    screen = open_terminal(starter, program=(sys.executable, launcher))
    screen.shows("undecided 405")
    screen.press("a", "space")
    assert screen.leaves() != 0
    got = wire.read(screen.raw)
    assert (got.unknown, got.left_on, got.keyboards) == ([], {}, 0)
    assert (got.unsafe, got.text.count("\x07")) == ({"\x07"}, 1)  # the program's own bell
    assert screen.settings_now() == screen.settings
    after = screen.raw.rpartition(b"\x1b[?1049l")[2].decode()
    assert "Traceback (most recent call last)" in after
    assert re.search(r"crashing\.py.*line \d+", after)
    assert "provoked ␛]0;PWN␇[bold]by the test" in after
    assert "sk-canary-0123456789" not in got.text
    assert "api_key" not in "".join(
        line for line in after.splitlines() if "=" not in line or "canary" in line
    )
    assert files.decisions(starter)[:2] == [KEEP, 0]


def test_a_crash_in_a_background_thread_does_the_same(
    open_terminal: Open, starter: Path, tmp_path: Path
) -> None:
    launcher = tmp_path / "crashing.py"
    launcher.write_text(
        """
import sys
from dataexplore.session.analysis import Analysis

def crash(self, *anything, **more):
    api_key = "sk-canary-" + "0123456789"
    raise RuntimeError("provoked in a thread")

Analysis.edges = crash
from dataexplore_tui.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
    )
    screen = open_terminal(starter, program=(sys.executable, launcher))
    screen.shows("undecided 405")
    screen.press("3")
    assert screen.leaves() != 0
    got = wire.read(screen.raw)
    assert (got.unknown, got.left_on, got.keyboards) == ([], {}, 0)
    assert screen.settings_now() == screen.settings
    assert "provoked in a thread" in got.text
    assert "sk-canary-0123456789" not in got.text


@pytest.mark.parametrize("until", [395, 320, 230])
def test_kill_in_the_middle_of_200_decisions_loses_none_that_was_shown(
    open_terminal: Open, starter: Path, until: int
) -> None:
    keys = ["a" if number % 3 else "x" for number in range(200)]
    screen = open_terminal(starter)
    screen.shows("undecided 405")
    screen.press(*keys)
    screen.until(lambda: _undecided(screen) <= until, f"{until} rows are left")
    screen.kill()

    shown = 405 - _undecided(screen)
    assert 405 - until <= shown <= 200
    wanted = [KEEP if key == "a" else DROP for key in keys]
    decided = files.decisions(starter)
    assert decided[:shown] == wanted[:shown]
    count = sum(one != 0 for one in decided)
    assert decided == [*wanted[:count], *[0] * (405 - count)]
    assert _in_the_journal(starter) == count

    screen = open_terminal(starter)
    screen.shows(f"undecided {405 - count}")
    screen.press("q")
    assert screen.leaves() == 0


def test_a_dropped_line_keeps_what_was_shown_and_lets_the_next_one_write(
    open_terminal: Open, starter: Path
) -> None:
    screen = open_terminal(starter)
    screen.shows("undecided 405")
    screen.press(*["x"] * 40)
    screen.until(lambda: _undecided(screen) <= 390, "15 rows are dropped")
    shown = 405 - _undecided(screen)
    screen.hang_up()
    count = sum(one != 0 for one in files.decisions(starter))
    assert count >= shown

    screen = open_terminal(starter)
    screen.shows(f"undecided {405 - count}")
    screen.press("G", "a")
    screen.shows("keep 1 ", f"undecided {404 - count}")
    screen.press("q")
    assert screen.leaves() == 0


def _undecided(screen: Terminal) -> int:
    found = re.search(r"undecided (\d+)", screen.screen_text())
    return int(found[1]) if found else 405


def _in_the_journal(data: Path) -> int:
    """Count the rows with a decision by reading the journal without the program."""
    database = sqlite3.connect(files.workspace(data) / "workspace.db")
    try:
        keys = [
            np.frombuffer(zlib.decompress(keys), "<u8")
            for (keys,) in database.execute("SELECT keys FROM journal")
        ]
    finally:
        database.close()
    known = set(open_dataset(data).keys.tolist())
    found = {int(key) for one in keys for key in one}
    assert found <= known
    return len(found)
