"""Checkpoints that a kill, a full disk or a flipped bit got into are passed over for the newest whole one."""

import errno
import os
from pathlib import Path

import pytest

from dataexplore.errors import JobError
from dataexplore.tune import checkpoints


def saved(folder: Path, step: int) -> Path:
    return checkpoints.save(folder, step, lambda part: fill(part, step))


def fill(part: Path, step: int) -> None:
    (part / "adapter_model.safetensors").write_bytes(b"x" * step)
    (part / "state.json").write_text("{}")


def test_the_newest_whole_checkpoint_counts_and_newer_torn_ones_go(tmp_path: Path) -> None:
    for step in (9, 10, 20, 21):
        saved(tmp_path, step)
    (tmp_path / "checkpoint-30").mkdir()
    (tmp_path / "checkpoint-20" / "adapter_model.safetensors").write_bytes(b"torn")
    (tmp_path / "checkpoint-21" / "adapter_model.safetensors").write_bytes(b"x" * 20 + b"y")
    (tmp_path / "other").mkdir()
    assert checkpoints.newest_complete(tmp_path) == tmp_path / "checkpoint-10"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint-10", "checkpoint-9", "other"]
    assert checkpoints.newest_complete(tmp_path / "nowhere") is None


@pytest.mark.parametrize("name", ["adapter_model.safetensors", "state.json", "complete.json"])
def test_a_checkpoint_without_one_of_its_files_is_not_whole(tmp_path: Path, name: str) -> None:
    checkpoint = saved(tmp_path, 3)
    assert checkpoints.is_complete(checkpoint)
    (checkpoint / name).unlink()
    assert not checkpoints.is_complete(checkpoint)


@pytest.mark.parametrize("mark", ["", "[]", "{", '{"state.json": 2}', '{"state.json": {"size": 2}}'])
def test_a_damaged_mark_marks_nothing(tmp_path: Path, mark: str) -> None:
    checkpoint = saved(tmp_path, 3)
    (checkpoint / "complete.json").write_text(mark)
    assert not checkpoints.is_complete(checkpoint)


def test_what_was_being_written_is_cleared_away(tmp_path: Path) -> None:
    saved(tmp_path, 3)
    with pytest.raises(JobError, match=r"checkpoint-4: the disk is full .* resume"):
        checkpoints.save(tmp_path, 4, full)
    assert (tmp_path / ".checkpoint-4.part").exists()
    assert checkpoints.newest_complete(tmp_path) == tmp_path / "checkpoint-3"
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint-3"]


def full(part: Path) -> None:
    fill(part, 1)
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    for step in (2, 10, 9):
        saved(tmp_path, step)
    checkpoints.prune(tmp_path, None)
    checkpoints.prune(tmp_path, 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint-10", "checkpoint-9"]
