"""kill -9 right after an edit was acknowledged: it is there."""

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from crash.decisions.sittings import said_before_death
from dataexplore.journal.decision import KEEP
from dataexplore.session.session import Session

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
    lines = random.Random(seed).randrange(2, 90)
    acknowledged = said_before_death(lines, _EDITS, path) - 1  # the first line says that it is open

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
