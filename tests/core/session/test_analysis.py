"""What is computed about rows of a real session: once, for new rows alone, and never from damaged files."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dataexplore.errors import EncoderError, RuleError
from dataexplore.session import analysis as module
from dataexplore.session.analysis import Analysis
from dataexplore.session.session import Session
from dataexplore.vectors.arrays import Progress
from dataexplore.vectors.encoder import find_encoder


class Counting:
    """The lexical encoder; remembers what it was asked for."""

    name, fingerprint, dimensions = "counting", "1", 384

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: float | None = None

    def made_for(self, script: str) -> bool:
        return script == "Latin"

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        self.asked += texts
        if self.answer is not None:
            return np.full((len(texts), self.dimensions), self.answer, np.float32)
        return find_encoder("lexical").encode(texts, progress)

    def taken(self) -> list[str]:
        """Return what was asked for since the last time."""
        asked, self.asked = self.asked, []
        return asked


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    encoder = Counting()
    monkeypatch.setattr(module, "find_encoder", lambda name: encoder)
    return encoder


def lines(rows: range, frame: str = "") -> str:
    return "".join(
        json.dumps({"instruction": f"{frame}task {row}", "output": f"{row}"}) + "\n" for row in rows
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "tasks.jsonl"
    path.write_text(lines(range(20_000)))
    return path


def tasks(rows: range) -> list[str]:
    return [f"task {row}" for row in rows]


def test_of_a_file_that_grew_the_new_rows_alone_are_encoded(path: Path, counting: Counting) -> None:
    with_vectors(path)
    assert counting.taken() == tasks(range(20_000))
    with path.open("a") as file:
        file.write(lines(range(20_000, 21_000)))
    found = with_vectors(path)
    assert counting.taken() == tasks(range(20_000, 21_000))
    with_vectors(path)
    assert counting.taken() == []
    assert np.array_equal(found[[0, 20_999]], find_encoder("lexical").encode(["task 0", "task 20999"]))


def test_rows_that_came_into_another_order_are_not_encoded_again(path: Path, counting: Counting) -> None:
    before = with_vectors(path)
    counting.taken()
    path.write_text("".join(reversed(path.read_text().splitlines(keepends=True))))
    assert np.array_equal(with_vectors(path), before[::-1])
    assert counting.taken() == []


def with_vectors(path: Path) -> NDArray[np.float32]:
    """Open a session, ask it for the vectors, and close it."""
    session = Session.open(path)
    try:
        return np.array(session.analysis.vectors())
    finally:
        session.close()


@pytest.mark.parametrize("damage", ["flip", "cut", "empty"])
def test_a_damaged_vector_file_is_made_anew(path: Path, counting: Counting, damage: str) -> None:
    path.write_text(lines(range(500)))
    before = with_vectors(path)
    (file,) = (path.parent / ".dataexplore" / path.name / "vectors").glob("*.vectors")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes({"flip": bytes(content), "cut": bytes(content[:-1]), "empty": b""}[damage])
    counting.taken()
    assert np.array_equal(with_vectors(path), before)
    assert counting.taken() == tasks(range(500))


def test_of_an_edited_row_the_new_text_alone_is_encoded(path: Path, counting: Counting) -> None:
    path.write_text(lines(range(500)))
    session = Session.open(path)
    session.analysis.vectors()
    counting.taken()
    session.edit(7, b'{"instruction": "quite another one", "output": "7"}')
    session.analysis.vectors()
    assert counting.taken() == ["quite another one"]
    session.edit(8, b'{"instruction": "task 8", "output": "another answer"}')
    before = session.analysis.vectors()
    session.undo()
    session.undo()
    session.analysis.vectors()
    assert counting.taken() == []
    assert np.array_equal(before[7], find_encoder("lexical").encode(["quite another one"])[0])
    session.close()


def test_what_many_rows_begin_with_is_no_part_of_their_vectors(path: Path, counting: Counting) -> None:
    frame = "Answer the following question with care.\n"
    path.write_text(lines(range(100), frame) + lines(range(100, 300)))
    session = Session.open(path)
    analysis = session.analysis
    analysis.vectors()
    assert counting.taken() == tasks(range(300))
    assert [(one.text, one.rows) for one in analysis.texts().shared] == [(frame, 100)]
    whole = Analysis(session.dataset, session.workspace.vectors, strip=False)
    whole.vectors()
    assert counting.taken() == [frame + text for text in tasks(range(100))]
    session.close()


def test_a_row_without_the_text_has_no_vector_and_is_counted(path: Path, counting: Counting) -> None:
    rows = [
        {"instruction": "a" * (row + 1), "output": "" if row % 3 else f"answer {row}"} for row in range(30)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    session = Session.open(path)
    analysis = Analysis(session.dataset, session.workspace.vectors, text="response")
    assert analysis.texts().blank == 20
    assert np.flatnonzero(analysis.vectors().any(axis=1)).tolist() == list(range(0, 30, 3))
    assert np.flatnonzero(analysis.clusters(3).labels < 0).tolist() == [row for row in range(30) if row % 3]
    assert np.isnan(analysis.plane()[1]).all()
    with pytest.raises(RuleError, match=r"11 clusters cannot be made of 10 rows: choose 1 to 10\."):
        analysis.clusters(11)
    session.close()


def test_an_encoder_that_gives_nan_is_one_sentence(path: Path, counting: Counting) -> None:
    counting.answer = np.nan
    session = Session.open(path)
    with pytest.raises(
        EncoderError, match=r"^The encoder counting gave vectors with NaN: choose another encoder\.$"
    ):
        session.analysis.clusters()
    session.close()


def test_no_rows_with_text_are_one_sentence(path: Path) -> None:
    path.write_text(lines(range(5)))
    session = Session.open(path)
    analysis = Analysis(session.dataset, session.workspace.vectors, text="turn:7")
    with pytest.raises(RuleError, match="No row has a vector"):
        analysis.clusters()
    assert analysis.typical().sentence(0.9) == "0.90: there are no two rows with a vector to compare"
    session.close()
    with pytest.raises(EncoderError, match="There is no text answers to compare"):
        Analysis(session.dataset, session.workspace.vectors, text="answers")


def test_thresholds_and_warnings_come_from_the_encoder(path: Path, counting: Counting) -> None:
    path.write_text(lines(range(300)).replace("task", "写一首诗歌 关于"))
    session = Session.open(path)
    assert session.analysis.warning().startswith("100% of the rows are in a script that the encoder counting")
    assert session.analysis.typical() is session.analysis.typical()
    assert "with the encoder static" in session.analysis.typical().sentence(0.9)
    session.close()
