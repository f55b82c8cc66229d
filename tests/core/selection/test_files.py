"""Files that are written together take their places for good, through links, and never twice in one place."""

from pathlib import Path

import pytest

from dataexplore.errors import ExportError
from dataexplore.selection import files as module
from dataexplore.selection.files import FileSet


def test_the_folder_is_on_disk_after_every_rename(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[list[Path]] = []
    monkeypatch.setattr(module, "sync_folder", lambda folder: synced.append(list(folder.iterdir())))
    with FileSet() as files, files.open(tmp_path / "new" / "a.jsonl") as file:
        file.write(b"1")
    assert synced == [[tmp_path / "new" / "a.jsonl"]]


def test_a_link_to_a_place_where_nothing_is_yet_is_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "disk" / "real")
    with FileSet() as files, files.open(tmp_path / "link") as file:
        file.write(b"1")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "disk" / "real").read_bytes() == b"1"


def test_two_names_for_one_place_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "b").symlink_to(tmp_path / "a")

    def write() -> None:
        with FileSet() as files:
            for name in ("a", "b"):
                with files.open(tmp_path / name) as file:
                    file.write(b"1")

    with pytest.raises(ExportError, match="leads to another of the files to write"):
        write()
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_a_link_that_leads_to_itself_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "a")
    with pytest.raises(ExportError, match="the link leads back to itself"), FileSet() as files:
        files.open(tmp_path / "a").__enter__()
    assert (tmp_path / "a").is_symlink()
