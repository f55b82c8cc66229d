"""The library brings no screen, and a tune worker runs beside torch alone."""

import os
import subprocess
import sys

import pytest

from paths import ROOT


def imported(statement: str, *forbidden: str) -> list[str]:
    """Return which of the forbidden packages a statement brings in, in a process of its own."""
    found = f"set({forbidden!r}) & {{name.split('.')[0] for name in sys.modules}}"
    script = f"import sys\n{statement}\nprint(*({found}))"
    ran = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(ROOT / "core")},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.split()


@pytest.mark.parametrize(
    "module",
    [
        "dataexplore.session.session",
        "dataexplore.session.funnel",
        "dataexplore.session.composition",
        "dataexplore.session.training",
        "dataexplore.selection.recipe",
    ],
)
def test_the_library_imports_no_screen_and_nothing_heavy(module: str) -> None:
    heavy = (
        "torch",
        "transformers",
        "sklearn",
        "sentence_transformers",
        "model2vec",
        "openai",
        "scipy",
        "peft",
    )
    assert imported(f"import {module}", "textual", "rich", "dataexplore_tui", *heavy) == []


def test_encoding_imports_no_screen_of_ours() -> None:
    statement = (
        "from dataexplore.vectors.encoder import find_encoder\nfind_encoder('static').encode(['a text'])"
    )
    # model2vec itself may bring rich, never textual.
    assert imported(statement, "textual", "dataexplore_tui") == []


@pytest.mark.parametrize(
    "module",
    [
        "dataexplore.jobs.run",
        "dataexplore.jobs.listing",
        "dataexplore.jobs.launch",
        "dataexplore.tune.worker",
    ],
)
def test_a_tune_worker_needs_nothing_of_the_base_install(module: str) -> None:
    missing = (
        "polars",
        "orjson",
        "numpy",
        "model2vec",
        "hnswlib",
        "openai",
        "tokenizers",
        "textual",
        "rich",
        "tomli_w",
    )
    hide = f"for name in {missing!r}: sys.modules[name] = None"
    show = f"for name in {missing!r}: del sys.modules[name]"
    statement = f"{hide}\nimport {module}\n{show}"
    assert imported(statement, *missing) == []
