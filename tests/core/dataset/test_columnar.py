"""Parquet and Arrow, alone or as a saved dataset: every value that JSON can hold arrives, in its order."""

import json
import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dataset.packing import ROWS, TEXT, opened, records, within
from dataexplore.dataset.loading import open_dataset
from dataexplore.errors import InputRefusedError
from dataexplore.text import visible

VALUES = st.fixed_dictionaries(
    {
        "instruction": TEXT,
        "output": TEXT | st.none(),
        "score": st.floats(allow_nan=False, allow_infinity=False) | st.none(),
        "count": st.integers(-(2**63), 2**63 - 1),
        "turns": st.lists(st.fixed_dictionaries({"role": TEXT, "content": TEXT | st.none()}), max_size=3),
        "good": st.booleans() | st.none(),
    }
)
KINDS: dict[str, Any] = {
    "instruction": pl.String,
    "output": pl.String,
    "score": pl.Float64,
    "count": pl.Int64,
    "turns": pl.List(pl.Struct({"role": pl.String, "content": pl.String})),
    "good": pl.Boolean,
}
SAVERS: dict[str, Callable[[pl.DataFrame, Path], Any]] = {
    "parquet": lambda frame, path: frame.write_parquet(path),
    "arrow": lambda frame, path: frame.write_ipc(path),
    "arrow stream": lambda frame, path: frame.write_ipc_stream(path),
}


@within
@given(rows=st.lists(VALUES, min_size=1, max_size=6), kind=st.sampled_from(sorted(SAVERS)))
def test_columnar_files_give_their_rows(tmp_path: Path, rows: list[dict[str, Any]], kind: str) -> None:
    path = tmp_path / "rows.any"
    SAVERS[kind](pl.DataFrame(rows, KINDS), path)
    dataset = open_dataset(path)
    assert dataset.format == kind
    assert records(dataset) == rows
    assert dataset.spans.line.tolist() == list(range(1, len(rows) + 1))


def test_many_batches_keep_their_order(tmp_path: Path) -> None:
    for kind, save in SAVERS.items():
        save(pl.DataFrame({"text": [str(row) for row in range(45_000)]}), tmp_path / "many")
        dataset = open_dataset(tmp_path / "many")
        assert (dataset.format, dataset.frame["text"].to_list()) == (
            kind,
            [str(row) for row in range(45_000)],
        )


def test_values_that_json_lacks(tmp_path: Path) -> None:
    row = {
        "text": "t",
        "when": datetime(2024, 1, 2, 3, 4, 5, 678_901),
        "day": date(2024, 1, 2),
        "long": timedelta(seconds=90),
        "raw": b"\xff\x00",
        "exact": Decimal("0.10"),
        "inside": [{"raw": b"a", "day": date(2024, 1, 2)}],
        "odd": float("nan"),
        "vector": [1.0, float("inf")],
    }
    pl.DataFrame([row, row | {"odd": 1.5, "vector": [1.0, 2.0]}]).write_parquet(tmp_path / "a.parquet")
    dataset = open_dataset(tmp_path / "a.parquet")
    assert dataset.record(0) == {
        "text": "t",
        "when": "2024-01-02T03:04:05.678901",
        "day": "2024-01-02",
        "long": "PT1M30S",
        "raw": "/wA=",
        "exact": "0.10",
        "inside": [{"raw": "YQ==", "day": "2024-01-02"}],
        "odd": None,
        "vector": [1.0, None],
    }
    assert {name: rows.tolist() for name, rows in dataset.problems.items()} == {
        "NaN or Infinity read as null": [0]
    }


@pytest.mark.parametrize("kind", SAVERS)
def test_damage_is_refused_without_a_word_of_its_own(
    tmp_path: Path, scratch: Path, capfd: pytest.CaptureFixture[str], kind: str
) -> None:
    path = tmp_path / "a"
    SAVERS[kind](pl.DataFrame(ROWS), path)
    whole = path.read_bytes()
    for cut in (len(whole) - 1, len(whole) // 2, 20):
        path.write_bytes(whole[:cut])
        with pytest.raises(InputRefusedError, match="cut off"):
            open_dataset(path)
    # Polars panics at a few of these.
    for place in range(8, len(whole), max(1, len(whole) // 150)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            open_dataset(path)
        except InputRefusedError as refused:
            assert visible(str(refused)) == str(refused)  # noqa: PT017 # a flipped bit in a text is no damage
    assert capfd.readouterr() == ("", "")
    assert not list(scratch.iterdir())


def test_a_stream_without_its_end_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.arrow"
    pl.DataFrame(ROWS).write_ipc_stream(path)
    dataset = opened(path, path.read_bytes()[:-8])
    assert len(dataset) == 50
    assert [one.reason for one in dataset.unreadable] == [
        "the Arrow stream has no end mark: it may be cut off"
    ]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    folder = tmp_path / "saved"
    folder.mkdir()
    names = [f"data-0000{part}-of-00003.arrow" for part in range(3)]
    for part, name in enumerate(names):
        pl.DataFrame(ROWS[part * 20 : part * 20 + 20]).write_ipc_stream(folder / name)
    (folder / "state.json").write_text(json.dumps({"_data_files": [{"filename": name} for name in names]}))
    (folder / "dataset_info.json").write_text("{}")
    return folder


def test_a_saved_dataset_is_its_files_in_order(saved: Path) -> None:
    dataset = open_dataset(saved)
    assert (dataset.format, records(dataset), dataset.path) == ("saved dataset", ROWS, saved)
    assert not dataset.source.changed()
    (saved / "data-00001-of-00003.arrow").touch()
    os.utime(saved / "data-00001-of-00003.arrow", ns=(1, 1))
    assert dataset.source.changed()


def test_a_saved_dataset_that_lacks_a_file_is_refused(saved: Path) -> None:
    (saved / "data-00002-of-00003.arrow").unlink()
    with pytest.raises(InputRefusedError, match=r"lacks its file 'data-00002-of-00003\.arrow'"):
        open_dataset(saved)
    (saved / "state.json").write_text(json.dumps({"_data_files": [{"filename": "../../etc/passwd"}]}))
    with pytest.raises(InputRefusedError, match="lacks its file"):
        open_dataset(saved)


def test_other_folders_are_refused(tmp_path: Path, saved: Path) -> None:
    with pytest.raises(InputRefusedError, match="is a directory; name a file in it"):
        open_dataset(tmp_path)
    (tmp_path / "dataset_dict.json").write_text('{"splits": ["saved"]}')
    with pytest.raises(InputRefusedError, match=r"holds several datasets \(saved\); name one of them"):
        open_dataset(tmp_path)
