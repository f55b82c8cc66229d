"""Every file of the hostile corpus through `check`: an answer, one line, and nothing left behind."""

import json
import tarfile
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from .conftest import SHARED

BAD = SHARED / "badinputs"
CASES: list[dict[str, Any]] = json.loads((BAD / "EXPECT.json").read_text()) if BAD.is_dir() else []
NOT_READ_YET = (".gz", ".zst", ".parquet", ".arrow", ".csv")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    with tarfile.open(BAD / "corpus.tar.gz") as packed:
        packed.extractall(folder, filter="fully_trusted")  # it holds a fifo and an unreadable file on purpose
    return folder


def raw(text: str) -> set[str]:
    """Return the characters that a terminal would act on."""
    return {char for char in text if char != "\n" and unicodedata.category(char) in ("Cc", "Cf", "Cs")}


@pytest.mark.skipif(not CASES, reason="the folder of shared data is not here")
@pytest.mark.parametrize("case", CASES, ids=lambda case: ascii(case["name"])[1:-1])
def test_every_file_gets_an_answer(run, corpus, case):
    path = corpus / case["name"]
    before = {entry.name for entry in corpus.iterdir()}
    as_json, as_text = run("check", path, "--json"), run("check", path)
    assert as_json.code == as_text.code
    assert not raw(as_json.out + as_json.err + as_text.out + as_text.err)
    assert {entry.name for entry in corpus.iterdir()} == before, "nothing may be left behind"
    if as_json.code == 2:
        assert str(path.name)[:4] in as_json.refusal
        assert case["kind"] in ("REFUSE", "EITHER") or path.suffix in NOT_READ_YET
        return
    found = as_json.found
    assert as_json.err == ""
    assert as_json.code == (1 if found["unreadable"] or found["problems"] else 0)
    assert case["kind"] != "REFUSE" or path.name.startswith("a7"), "a privileged user may read a7"
    if case["kind"] in ("OPEN", "WARN"):
        assert case["rows"] is None or found["rows"] == case["rows"]
        cut = {4758} if path.name.startswith("53") else set()  # the line in which the compressed file ends
        assert {bad["line"] for bad in found["unreadable"]} <= set(case["bad"]) | cut
