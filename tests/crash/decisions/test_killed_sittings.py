"""kill -9 at any moment: what was acknowledged is there, and a file is old or complete."""

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from crash.decisions.sittings import kill, said_before_death
from dataexplore.journal.decision import DROP, KEEP, UNDECIDED
from dataexplore.session.session import Session
from processes import started

_DECIDES = """
import sys
import numpy as np
from dataexplore.journal.decision import DROP, KEEP
from dataexplore.session.session import Session
session = Session.open(sys.argv[1])
print("open", flush=True)
for row in range(200):
    session.decide(np.array([row]), KEEP if row % 3 else DROP, f"row {row}")
    print(row, flush=True)
"""
_EXPORTS = """
import sys
from pathlib import Path
import numpy as np
from dataexplore.journal.decision import DROP
from dataexplore.session.session import Session
session = Session.open(sys.argv[1], Path(sys.argv[2]))
session.decide(np.arange(0, len(session.dataset), 2), DROP, "every other row")
print("ready", flush=True)
while True:
    session.export(Path(sys.argv[3]))
    print("done", flush=True)
"""


@pytest.mark.parametrize("seed", range(5))
def test_no_acknowledged_decision_is_lost(alpaca: Callable[..., Path], seed: int) -> None:
    path = alpaca(200)
    lines = random.Random(seed).randrange(1, 190)
    acknowledged = said_before_death(lines, _DECIDES, path) - 1  # the first line says that it is open
    assert acknowledged < 200

    session = Session.open(path)
    assert session.workspace.writable
    decisions = session.state.decisions
    expected = np.where(np.arange(200) % 3, KEEP, DROP)
    assert np.array_equal(decisions[:acknowledged], expected[:acknowledged])
    decided = len(session.acts)
    assert decided in (acknowledged, acknowledged + 1)  # one may be on disk without having been said
    assert np.all(decisions[decided:] == UNDECIDED)
    session.decide(np.array([199]), KEEP, "the journal goes on")
    session.close()


@pytest.mark.parametrize("seed", range(5))
def test_an_export_is_old_or_complete(alpaca: Callable[..., Path], tmp_path: Path, seed: int) -> None:
    path = alpaca(["x" * 5000] * 2000)
    out = tmp_path / "out" / "kept.jsonl"
    out.parent.mkdir()
    out.write_bytes(b"old\n")
    lines = path.read_bytes().splitlines(keepends=True)
    complete = b"".join(lines[1::2])
    process = started(_EXPORTS, path, tmp_path / "w", out)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    chance = random.Random(seed)
    # Without a clock: so many looks at the folder until a temporary file is seen so many times.
    looks = chance.randrange(1, 60)
    while looks:
        assert process.poll() is None
        looks -= any(one.name.startswith(".") for one in out.parent.iterdir())
        assert out.read_bytes() in (b"old\n", complete)
    kill(process)
    assert out.read_bytes() in (b"old\n", complete)
    dropped = out.parent / "dropped.jsonl"
    assert not dropped.exists() or len(dropped.read_bytes().splitlines()) == 1000
    assert path.read_bytes() == b"".join(lines)
