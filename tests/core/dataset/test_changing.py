"""A file that others write to while it is open: what is shown, decided and written is never another row."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dataexplore.dataset import opening
from dataexplore.dataset.filebytes import FileBytes
from dataexplore.dataset.opening import open_head
from dataexplore.dataset.several import Joined
from dataexplore.dataset.source import open_source
from dataexplore.errors import InputRefusedError
from dataexplore.journal.decision import DROP
from dataexplore.session.session import Session


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"".join(b'{"text": "old %d"}\n' % row for row in range(9)) * 2)
    return path


@pytest.fixture
def session(path: Path) -> Iterator[Session]:
    """A sitting on the file, whose bytes stay on disk as those of a large file do."""
    session = Session.read(open_head(open_source(path, copied=0)))
    yield session
    session.close()


def test_rewritten_in_place_with_rows_of_the_same_length(session: Session, path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"old 5", b"NEW 5"))
    with pytest.raises(InputRefusedError, match="row 6 is another one now"):
        session.decide(np.array([5]), DROP, "by hand")
    with pytest.raises(InputRefusedError, match="open it again"):
        session.edit(5, b'{"text": "mine"}')
    assert session.state.counts.drop == 0
    session.decide(np.array([4, 13]), DROP, "these are the same")
    assert session.state.counts.drop == 2


def test_rewritten_with_something_else(session: Session, path: Path) -> None:
    path.write_bytes(b"x" * path.stat().st_size)
    with pytest.raises(InputRefusedError, match="was rewritten while it was open"):
        session.dataset.record(3)


def test_cut(session: Session, path: Path) -> None:
    os.truncate(path, 20)
    with pytest.raises(InputRefusedError, match="was cut short while it was open"):
        session.dataset.record(17)


def test_touched_or_appended_to_in_several_files(
    tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "COPIED", 0)
    other = tmp_path / "b.jsonl"
    other.write_bytes(b'{"text": "other"}\n')
    session = Session.read(open_head([path, other]), tmp_path / "workspace")
    data = session.dataset.source.data
    assert isinstance(data, Joined)
    assert all(isinstance(one.data, FileBytes) for one in data.sources)
    with path.open("ab") as file:
        file.write(b'{"text": "late"}\n')
    os.utime(other, (1, 1))
    done = session.export(tmp_path / "out.jsonl")
    assert done.rows == 19
    assert (tmp_path / "out.jsonl").read_bytes().splitlines()[-1] == b'{"text": "other"}'
    session.close()
