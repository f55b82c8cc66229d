"""An empty journal's database."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from dataexplore.workspace.database import open_database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = open_database(tmp_path, writable=True)
    yield opened
    opened.close()
