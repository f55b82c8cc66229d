"""The folder of decisions: private, beside the data or said to be elsewhere, with one writer at a time."""

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dataexplore.errors import WorkspaceError
from dataexplore.workspace.database import VERSION
from dataexplore.workspace.workspace import Workspace, open_workspace, read_workspace
from paths import ROOT


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    path = tmp_path / "data" / "a.jsonl"
    path.parent.mkdir()
    path.write_text("{}\n")
    return path


@pytest.fixture
def workspace(data: Path) -> Iterator[Workspace]:
    opened = open_workspace(data)
    yield opened
    opened.close()


def test_it_lies_beside_the_data_and_nobody_else_reads_it(data: Path, workspace: Workspace) -> None:
    assert workspace.folder == data.parent / ".dataexplore" / "a.jsonl"
    assert workspace.writable
    assert workspace.notice == ""
    workspace.database.execute("INSERT INTO signals VALUES ('a', 'b', 0, x'', x'')")
    for folder in (workspace.folder, workspace.folder.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = list(workspace.folder.iterdir())
    assert {file.name for file in files} >= {"lock", "workspace.db", "workspace.db-wal"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_writes_survive_a_power_cut(workspace: Workspace) -> None:
    assert workspace.database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert workspace.database.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_second_session_reads_and_names_the_first(data: Path, workspace: Workspace) -> None:
    second = open_workspace(data)
    assert not second.writable
    assert f"process {os.getpid()} on " in second.notice
    with pytest.raises(sqlite3.OperationalError):
        second.database.execute("DELETE FROM journal")
    second.close()
    workspace.close()
    third = open_workspace(data)
    assert third.writable
    third.close()


def test_another_process_holds_it_until_it_ends(data: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from dataexplore.workspace.workspace import open_workspace;"
        "held = open_workspace(Path(sys.argv[1])); print(held.writable, flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(data)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT / "core")},
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == b"True\n"
        second = open_workspace(data)
        assert f"process {holder.pid} on " in second.notice
        second.close()
    finally:
        holder.kill()
        holder.communicate()
    free = open_workspace(data)
    assert free.writable
    free.close()


def test_a_lock_file_full_of_nonsense_still_locks(data: Path, workspace: Workspace) -> None:
    for nonsense in ("", "[]", '{"pid": "x"}', '{"pid": 1, "host": "\\u001b[2J", "since": 0}', "\x00"):
        (workspace.folder / "lock").write_text(nonsense)
        second = open_workspace(data)
        assert not second.writable
        assert second.notice.isprintable()
        second.close()


def test_without_a_place_beside_the_data_it_goes_to_the_state_folder(data: Path, tmp_path: Path) -> None:
    (data.parent / ".dataexplore").write_text(
        "in the way"
    )  # a folder without write access would not stop root
    workspace = open_workspace(data)
    assert workspace.folder.parent == tmp_path / "state" / "dataexplore"
    assert stat.S_IMODE(workspace.folder.stat().st_mode) == 0o700
    assert str(workspace.folder) in workspace.notice
    workspace.close()
    found = read_workspace(data)
    assert found is not None
    assert found.folder == workspace.folder
    found.close()


def test_two_files_of_one_name_have_two_workspaces(data: Path, tmp_path: Path) -> None:
    (data.parent / ".dataexplore").write_text("in the way")
    other = tmp_path / "other" / "a.jsonl"
    other.parent.mkdir()
    other.write_text("{}\n")
    (other.parent / ".dataexplore").write_text("in the way")
    first, second = open_workspace(data), open_workspace(other)
    assert first.folder != second.folder
    assert first.writable
    assert second.writable
    first.close()
    second.close()


def test_with_no_place_at_all_it_says_what_to_do(data: Path, tmp_path: Path) -> None:
    (data.parent / ".dataexplore").write_text("in the way")
    (tmp_path / "state").write_text("in the way")
    with pytest.raises(WorkspaceError, match=r"no place for decisions .*name one with --workspace DIR"):
        open_workspace(data)


def test_a_chosen_folder_is_taken_or_refused(data: Path, tmp_path: Path) -> None:
    workspace = open_workspace(data, tmp_path / "mine" / "here")
    assert workspace.folder == tmp_path / "mine" / "here"
    assert workspace.notice == ""
    workspace.close()
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceError, match="no place for decisions"):
        open_workspace(data, tmp_path / "file")


def test_a_damaged_database_is_one_sentence(data: Path) -> None:
    folder = data.parent / ".dataexplore" / "a.jsonl"
    folder.mkdir(parents=True)
    (folder / "workspace.db").write_bytes(b"SQLite format 3\x00" + b"rubbish" * 1000)
    with pytest.raises(WorkspaceError, match=r"workspace\.db: .*; move it aside to start afresh$"):
        open_workspace(data)
    (folder / "workspace.db").unlink()
    open_workspace(data).close()  # the lock was let go


def test_a_database_of_a_newer_version_is_left_alone(data: Path, workspace: Workspace) -> None:
    workspace.database.execute(f"PRAGMA user_version={VERSION + 1}")
    workspace.close()
    for opening in (open_workspace, read_workspace):
        with pytest.raises(WorkspaceError, match="made by a newer dataexplore; upgrade to open it"):
            opening(data)


def test_a_lock_that_cannot_be_opened_is_one_sentence(data: Path) -> None:
    (data.parent / ".dataexplore" / "a.jsonl" / "lock").mkdir(parents=True)
    with pytest.raises(WorkspaceError, match="is a directory; name another with --workspace DIR"):
        open_workspace(data)


def test_looking_makes_nothing(data: Path) -> None:
    assert read_workspace(data) is None
    assert [one.name for one in data.parent.iterdir()] == ["a.jsonl"]


def test_names_that_terminals_fear(tmp_path: Path) -> None:
    path = tmp_path / "\x1b]0;PWN\x07[bold]\nname.jsonl"
    path.write_text("{}\n")
    workspace = open_workspace(path)
    assert workspace.folder.name == path.name
    workspace.close()
    damaged = workspace.folder / "workspace.db"
    damaged.write_bytes(b"no database at all, " * 100)
    with pytest.raises(WorkspaceError) as refused:
        open_workspace(path)
    assert str(refused.value).isprintable()
