"""kill -9 right after an edit was acknowledged: it is there."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dataexplore.journal.decision import KEEP
from dataexplore.session.session import Session
from paths import ROOT

_EDITS = """
import sys
import numpy as np
from dataexplore.journal.decision import KEEP
from dataexplore.session.session import Session
session = Session.open(sys.argv[1])
print("open", flush=True)
for row in range(100):
    session.edit(row, b'{"instruction": "edited", "output": "%d"}' % row)
    session.decide(np.array([row]), KEEP, "mended")
    print(row, flush=True)
"""


@pytest.mark.parametrize("seed", range(4))
def test_no_acknowledged_edit_is_lost(alpaca: Callable[..., Path], seed: int) -> None:
    path = alpaca(100)
    untouched = path.read_bytes()
    process = subprocess.Popen(
        [sys.executable, "-c", _EDITS, str(path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT / "core"), "OMP_NUM_THREADS": "1"},
    )
    assert process.stdout is not None
    lines = random.Random(seed).randrange(2, 90)
    seen = [process.stdout.readline() for _ in range(lines)]
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate()
    assert process.returncode == -signal.SIGKILL
    acknowledged = len(seen) + rest.count(b"\n") - 1  # the first line says that it is open

    session = Session.open(path)
    for row in range(acknowledged):
        assert session.dataset.raw(row) == b'{"instruction": "edited", "output": "%d"}' % row
        assert session.state.decision(row) is KEEP
    assert session.state.edited in (acknowledged, acknowledged + 1)  # one may be on disk without being said
    assert int(np.count_nonzero(session.state.decisions)) in (acknowledged, acknowledged + 1)
    for _ in range(session.state.acts):
        session.undo()
    assert session.state.edited == 0
    session.close()
    assert path.read_bytes() == untouched
