"""An export that is killed leaves each file old or new, never half, and the rows are the last to change."""

import hashlib
import json
import signal
from pathlib import Path

import pytest

from processes import ended

EXPORT = """
import os, signal, sys
from pathlib import Path
from dataexplore.journal.decision import DROP
from dataexplore.selection import files, formats
from dataexplore.selection.convert.conversion import Conversion
from dataexplore.selection.split import Split
from dataexplore.selection.writing import Wishes
from dataexplore.session.publish import publish
from dataexplore.session.session import Session
import numpy as np

data, out, share, die = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), sys.argv[4]

def dying(what):
    def at(count, before=[0]):
        before[0] += 1
        if before[0] == count:
            os.kill(os.getpid(), signal.SIGKILL)
    return at

if die.startswith("put"):
    put, at = files.put, dying("put")
    def put_or_die(temporary, path):
        at(int(die[3:]))
        put(temporary, path)
    files.put = put_or_die
elif die.startswith("line"):
    at = dying("line")
    lines = formats._write_lines
    def lines_or_die(found, file, shape):
        def some():
            for line in found:
                at(int(die[4:]))
                yield line
        lines(some(), file, shape)
    formats._write_lines = lines_or_die

session = Session.open(data, out.parent.parent / "w")
session.decide(np.array([0]), DROP, f"seed {share}")
done = publish(session, out, Wishes(Conversion("messages"), split=Split(share), card=True, config="axolotl"))
print(*(one.path for one in done.written.outputs), sep="\\n")
session.close()
"""
FILES = (
    "README.md",
    "a.train.jsonl",
    "a.validation.jsonl",
    "axolotl.yaml",
    "dropped.jsonl",
    "recipe.toml",
)


def run(tmp_path: Path, share: float, die: str = "") -> int:
    return ended(EXPORT, tmp_path / "a.jsonl", tmp_path / "out" / "a.jsonl", share, die).returncode


def contents(tmp_path: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir() if path.name[0] != "."}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    rows = [{"instruction": f"question {row}", "output": f"answer {row}"} for row in range(60)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path / "a.jsonl"


@pytest.mark.parametrize("die", ["line7", "line59", "put1", "put2", "put4", "put5", "put6"])
def test_killed_while_it_takes_the_place_of_an_older_one(tmp_path: Path, source: Path, die: str) -> None:
    assert run(tmp_path, 0.2) == 0
    old = contents(tmp_path)
    assert set(old) == set(FILES)
    assert run(tmp_path, 0.6, die) == -signal.SIGKILL
    found = contents(tmp_path)
    placed = int(die[3:]) - 1 if die.startswith("put") else 0
    assert set(found) == set(FILES)
    assert run(tmp_path, 0.6) == 0
    new = contents(tmp_path)
    for name, content in found.items():
        assert content in (old[name], new[name]), f"{name} is half"
    changed = [name for name in FILES if found[name] != old[name]]
    assert len(changed) <= placed
    assert "a.train.jsonl" not in changed, "the rows to train on are the last to change"
    if die.startswith("line"):
        assert found == old


@pytest.mark.parametrize("die", ["line1", "put1", "put5"])
def test_killed_the_first_time(tmp_path: Path, source: Path, die: str) -> None:
    assert run(tmp_path, 0.2, die) == -signal.SIGKILL
    assert "a.train.jsonl" not in contents(tmp_path), "no rows without what belongs to them"
    assert run(tmp_path, 0.2) == 0
    assert set(contents(tmp_path)) >= set(FILES)
    train = contents(tmp_path)["a.train.jsonl"]
    assert any(hashlib.sha256(train).hexdigest() in text.decode() for text in contents(tmp_path).values())
