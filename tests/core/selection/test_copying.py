"""Rows leave as the lines they were, however many are copied at once."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataexplore.dataset.loading import open_dataset
from dataexplore.selection import copying
from dataexplore.selection.copying import copy_rows

ROW = st.integers(0, 99).map(lambda n: b'{"text":"%d"}' % n)
LINE = st.tuples(
    st.sampled_from([b"", b"", b"", b" ", b"\t \t"]),
    ROW,
    st.sampled_from([b"", b"", b"", b"\r", b" ", b"  \r", b" " * 200]),
    st.sampled_from([b"\n", b"\n", b"\n", b"\n\n", b"\n  \n", b"\nno row\n"]),
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(LINE, min_size=1, max_size=12),
    bom=st.booleans(),
    closed=st.booleans(),
    wanted=st.sets(st.integers(0, 11)),
    block=st.sampled_from([1, 30, 1 << 20]),
)
def test_each_row_keeps_its_line(
    tmp_path: Path,
    lines: list[tuple[bytes, bytes, bytes, bytes]],
    bom: bool,
    closed: bool,
    wanted: set[int],
    block: int,
) -> None:
    data = b"\xef\xbb\xbf" * bom + b"".join(b"".join(line) for line in lines)
    path = tmp_path / "any.jsonl"
    path.write_bytes(data if closed else data[: -len(lines[-1][3])])
    dataset = open_dataset(path)
    rows = np.array(sorted(row for row in wanted if row < len(dataset)), np.int64)
    expected = [b"".join(lines[row][:3]) + b"\n" for row in rows.tolist()]
    if not closed and len(rows) and rows[-1] == len(lines) - 1:
        expected[-1] = expected[-1][:-1]
    out = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copying, "_BLOCK", block)
        copy_rows(dataset, rows, out)
    assert out.getvalue() == b"".join(expected)


def test_runs_are_copied_whole(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    path.write_bytes(b"".join(b'{"text":"%d"}\n' % row for row in range(5000)))
    dataset = open_dataset(path)
    pieces: list[int] = []

    class Counted(io.BytesIO):
        def write(self, data: Any) -> int:
            pieces.append(len(memoryview(data)))
            return super().write(data)

    out = Counted()
    copy_rows(dataset, np.delete(np.arange(5000), [1000, 4000]), out)
    assert len(pieces) == 3
    assert out.getvalue().count(b"\n") == 4998
