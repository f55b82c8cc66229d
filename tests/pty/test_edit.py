"""`e` in a real terminal: the editor has it to itself, and the program comes back."""

from pathlib import Path

import pytest

from . import files
from .conftest import Open

_EDITOR = """#!/bin/sh
printf 'EDITOR OPEN\\n'
read answer
printf 'got %s\\n' "$answer"
sed -i "s/^Close all/$answer/" "$1"
read again
"""


@pytest.fixture
def editor(tmp_path: Path, environment: dict[str, str]) -> Path:
    script = tmp_path / "small-editor"
    script.write_text(_EDITOR)
    script.chmod(0o700)
    environment["VISUAL"] = str(script)
    return script


def test_an_edit_and_back(open_terminal: Open, starter: Path, editor: Path) -> None:
    untouched = starter.read_bytes()
    screen = open_terminal(starter)
    screen.shows("undecided 405")
    screen.press("j", "e")
    screen.shows("EDITOR OPEN")
    screen.press("ctrl+c")  # the terminal's own signal ends the editor, not the program
    screen.shows("row 2 ·", "the editor small-editor was ended by signal 2: nothing changed")
    screen.press("e")
    screen.shows("EDITOR OPEN")
    screen.type("Open none of")
    screen.shows("got Open none of")
    screen.type("")
    screen.shows("row 2: edited instruction; u undoes", "Open none of open tags in this Rich markup.")
    screen.press("x")
    screen.shows("drop 1")
    screen.press("u", "u")
    screen.shows("undone: edited instruction", "Close all open tags")
    screen.press("ctrl+r")
    screen.shows("redone: edited instruction")
    screen.kill()
    assert starter.read_bytes() == untouched
    screen = open_terminal(starter)
    screen.shows("undecided 405", "2✎", "Open none of open tags", "1 edited")
    screen.press("q")
    assert screen.leaves() == 0
    assert not list(files.workspace(starter).glob("edit-*"))


def test_a_line_that_drops_in_the_editor_loses_no_text(
    open_terminal: Open, starter: Path, editor: Path
) -> None:
    screen = open_terminal(starter)
    screen.shows("undecided 405")
    screen.press("j", "e")
    screen.shows("EDITOR OPEN")
    screen.type("My text for")
    screen.shows("got My text for")
    screen.hang_up()
    (draft,) = files.workspace(starter).glob("edit-*/row-2.txt")
    assert "My text for open tags" in draft.read_text()
    screen = open_terminal(starter)
    screen.shows("undecided 405", "Close all open tags")
