"""A file that others write to while it is open: what is shown, decided and written is never another row."""

import os
from pathlib import Path

import numpy as np
import pytest

from dataexplore.dataset import source
from dataexplore.errors import InputRefusedError
from dataexplore.journal.decision import DROP
from dataexplore.session.session import Session


@pytest.fixture(autouse=True)
def _on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read small files where they are, as large ones are."""
    monkeypatch.setattr(source.open_source, "__defaults__", (None, 0))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"".join(b'{"text": "old %d"}\n' % row for row in range(9)) * 2)
    return path


def test_rewritten_in_place_with_rows_of_the_same_length(path: Path) -> None:
    session = Session.open(path)
    path.write_bytes(path.read_bytes().replace(b"old 5", b"NEW 5"))
    with pytest.raises(InputRefusedError, match="row 6 is another one now"):
        session.decide(np.array([5]), DROP, "by hand")
    with pytest.raises(InputRefusedError, match="open it again"):
        session.edit(5, b'{"text": "mine"}')
    assert session.state.counts.drop == 0
    session.decide(np.array([4, 13]), DROP, "these are the same")
    assert session.state.counts.drop == 2
    session.close()


def test_rewritten_with_something_else(path: Path) -> None:
    session = Session.open(path)
    path.write_bytes(b"x" * path.stat().st_size)
    with pytest.raises(InputRefusedError, match="was rewritten while it was open"):
        session.dataset.record(3)
    session.close()


def test_cut(path: Path) -> None:
    session = Session.open(path)
    os.truncate(path, 20)
    with pytest.raises(InputRefusedError, match="was cut short while it was open"):
        session.dataset.record(17)
    session.close()


def test_touched_or_appended_to_in_several_files(tmp_path: Path, path: Path) -> None:
    from dataexplore.dataset.opening import open_head

    other = tmp_path / "b.jsonl"
    other.write_bytes(b'{"text": "other"}\n')
    session = Session.read(open_head([path, other]), tmp_path / "workspace")
    with path.open("ab") as file:
        file.write(b'{"text": "late"}\n')
    os.utime(other, (1, 1))
    done = session.export(tmp_path / "out.jsonl")
    assert done.rows == 19
    assert (tmp_path / "out.jsonl").read_bytes().splitlines()[-1] == b'{"text": "other"}'
    session.close()
