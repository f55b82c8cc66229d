"""A file that is cut while it is on screen ends the sitting with a sentence, not with a traceback."""

import os
from pathlib import Path

import pytest

from dataexplore.dataset import source
from tui.driver import opened


async def test_cut_while_it_is_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source.open_source, "__defaults__", (None, 0))
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"".join(b'{"text": "row %d"}\n' % row for row in range(50)))
    async with opened(path) as screen:
        await screen.press("x")
        os.truncate(path, 30)
        await screen.press("G")
        assert screen.app.failure is not None
        assert "was cut short while it was open" in screen.app.failure
