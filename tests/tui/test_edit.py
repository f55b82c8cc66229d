"""Editing a row as a person does, with a small editor of our own."""

import contextlib
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widgets import Input

from dataexplore_tui.app import DataexploreApp
from tui.driver import Driver, opened, write_rows

Editor = Callable[[str], None]


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Editor:
    """Makes $EDITOR a shell script that gets the file as $1."""
    monkeypatch.setattr(DataexploreApp, "suspend", lambda self: contextlib.nullcontext())
    monkeypatch.delenv("VISUAL", raising=False)
    script = tmp_path / "editor.sh"
    monkeypatch.setenv("EDITOR", f"sh '{script}'")
    return lambda lines: script.write_text(f'cp "$1" "{tmp_path}/seen.txt"\n{lines}\n') and None


def drafts(screen: Driver) -> list[Path]:
    return sorted(screen.session.workspace.folder.glob("edit-*"))


async def test_edit_undo_redo_and_tomorrow(tiny: Path, tmp_path: Path, editor: Editor) -> None:
    untouched = tiny.read_bytes()
    editor("sed -i 's/Question number 2/Question number two/' \"$1\"")
    async with opened(tiny) as screen:
        await screen.press("j", "e")
        await screen.shows("row 2: edited instruction; u undoes", "✎ edited instruction", "1 edited")
        await screen.shows("2✎", "Question number two")
        seen = (tmp_path / "seen.txt").read_text()
        assert "row 2 of tiny.jsonl" in seen
        assert "===== output\nword word \n" in seen
        assert not drafts(screen)
        await screen.press("a", "u", "u")
        await screen.shows("undone: edited instruction", "Question number 2 ")
        await screen.lacks("✎")
        await screen.press("ctrl+r")
        await screen.shows("redone: edited instruction", "2✎")
    async with opened(tiny) as screen:
        await screen.shows("2✎", "Question number two", "1 edited")
        await screen.press("u")
        await screen.lacks("✎")
    assert tiny.read_bytes() == untouched


async def test_the_original_is_shown_and_restored(tiny: Path, editor: Editor) -> None:
    editor("sed -i 's/Question number 1/Wholly new/' \"$1\"")
    async with opened(tiny) as screen:
        await screen.press("O")
        await screen.shows("row 1 is as the file has it")
        await screen.press("e")
        await screen.shows("O original · R restores")
        await screen.press("O")
        await screen.shows("as the file has it · O shows the edited row", "  Question number 1")
        await screen.press("O")
        await screen.lacks("as the file has it · O")
        await screen.press("a", "k", "R")
        await screen.shows("row 1 is as the file has it again; u undoes", "keep 1")
        await screen.lacks("✎")
        await screen.press("u")
        await screen.shows("undone: edit taken back", "1✎")


async def test_edited_rows_are_filtered(tiny: Path, editor: Editor) -> None:
    editor("sed -i 's/Question/Riddle/' \"$1\"")
    async with opened(tiny) as screen:
        await screen.press("j", "j", "e", "f")
        await screen.type("edited")
        await screen.shows("edited · 1 of 10", "Riddle number 3")
        await screen.press("F", "/")
        await screen.type("riddle")
        await screen.shows("match 1 of 1")


async def test_as_json_fields_come_and_go(tiny: Path, tmp_path: Path, editor: Editor) -> None:
    editor('sed -i \'s/"judge": 1$/"judge": 1,\\n  "note": "new"/\' "$1"')
    async with opened(tiny) as screen:
        own = screen.session.dataset.raw(0)
        await screen.press("E")
        await screen.shows("row 1: edited note; u undoes")
        assert screen.session.dataset.raw(0) == own[:-1] + b', "note": "new"}'
    assert '\n  "judge": 1\n}\n' in (tmp_path / "seen.txt").read_text()


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("true", "row 1: nothing was changed"),
        (': > "$1"', "the text was emptied: nothing changed"),
        ('rm "$1"', "the text was emptied: nothing changed"),
        ("exit 3", "the editor sh ended with code 3: nothing changed"),
        ("kill -9 $$", "the editor sh was ended by signal 9: nothing changed"),
        ("sed -i 's/===== judge (JSON)/&/' \"$1\"", "row 1: nothing was changed"),
    ],
)
async def test_nothing_changes_and_nothing_is_left(tiny: Path, editor: Editor, lines: str, why: str) -> None:
    editor(lines)
    async with opened(tiny) as screen:
        await screen.press("e")
        await screen.shows(why)
        assert (screen.session.state.acts, drafts(screen)) == (0, [])


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("sed -i 's/===== output/===== ouput/' \"$1\"", "the heading 'ouput' is none of the row's"),
        ("sed -i 's/^1$/one/' \"$1\"", "under 'judge (JSON)': not JSON"),
        ("printf 'my text' > \"$1\"", "'===== instruction' is missing"),
        ("sed -i 's/word/my text/' \"$1\"; exit 1", "the editor sh ended with code 1"),
    ],
)
async def test_a_text_that_is_not_taken_is_kept(tiny: Path, editor: Editor, lines: str, why: str) -> None:
    editor(lines)
    async with opened(tiny) as screen:
        await screen.press("e")
        await screen.shows(why, "Your text is kept in", "row-1.txt")
        assert screen.session.state.acts == 0
        (folder,) = drafts(screen)
        (kept,) = folder.iterdir()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(kept.stat().st_mode) & 0o077 == 0
        await screen.press("escape")
        await screen.shows("nothing changed; your text is kept")


async def test_without_an_editor_it_says_so(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, editor: Editor
) -> None:
    async with opened(tiny) as screen:
        monkeypatch.setenv("EDITOR", "no-such-editor --wait")
        await screen.press("e")
        await screen.shows("the editor no-such-editor: no such file or directory")
        monkeypatch.setenv("EDITOR", "vi 'half")
        await screen.press("e")
        await screen.shows("$EDITOR is no command")
        monkeypatch.delenv("EDITOR")
        monkeypatch.setenv("PATH", str(tmp_path))
        await screen.press("e")
        await screen.shows("no editor is found: set EDITOR")
        assert not drafts(screen)


async def test_a_terminal_that_cannot_be_lent_says_so(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "true")
    async with opened(tiny) as screen:
        await screen.press("e")
        await screen.shows("this terminal cannot be lent to an editor: nothing changed")
        assert not drafts(screen)


async def test_who_only_reads_is_told_before_the_editor_opens(
    tiny: Path, tmp_path: Path, editor: Editor
) -> None:
    editor("true")
    async with opened(tiny), opened(tiny) as second:
        await second.press("e")
        await second.shows("is deciding on this dataset")
        assert not (tmp_path / "seen.txt").exists()


async def test_a_conversation_is_edited_turn_by_turn(tmp_path: Path, editor: Editor) -> None:
    turns = [{"role": "user", "content": "Hi\n===== there"}, {"role": "assistant", "content": "Hello"}]
    path = write_rows(tmp_path / "chat.jsonl", [{"messages": turns}])
    editor("sed -i 's/^Hello/Good day/' \"$1\"")
    async with opened(path) as screen:
        await screen.press("e")
        await screen.shows("row 1: edited messages; u undoes", "Good day")
        assert screen.session.dataset.raw(0) == path.read_bytes().strip().replace(b"Hello", b"Good day")
    seen = (tmp_path / "seen.txt").read_text()
    assert " messages 1 · user\nHi\n===== there\n" in seen


async def test_every_key_of_it_is_in_the_palette_and_the_help(tiny: Path) -> None:
    async with opened(tiny) as screen:
        await screen.press("?")
        await screen.shows("edit the row's texts in $EDITOR", "take the row's edits back")
        await screen.press("escape", ":")
        await screen.shows("Search for commands")
        field = screen.app.focused
        assert isinstance(field, Input)
        field.value = "original"
        await screen.shows("show an edited row as the file has it, and back")
