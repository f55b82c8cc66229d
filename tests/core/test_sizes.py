"""The house stays small: files, classes and the App."""

import ast
from pathlib import Path

import pytest

from paths import ROOT

SOURCES = sorted((ROOT / "core").rglob("*.py")) + sorted((ROOT / "tui").rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_over_400_lines_and_no_class_over_200(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef):
            assert (node.end_lineno or 0) - node.lineno < 200, node.name


def test_half_of_the_files_have_about_a_hundred_lines_or_fewer() -> None:
    sizes = sorted(len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES)
    assert sizes[len(sizes) // 2] <= 110


def test_the_app_is_thin() -> None:
    assert len((ROOT / "tui" / "dataexplore_tui" / "app.py").read_text(encoding="utf-8").splitlines()) < 170
