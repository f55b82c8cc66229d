"""The rows a model is tuned on, as conversations."""

from typing import Any

import numpy as np

from dataexplore.dataset.keys import key_text
from dataexplore.journal.decision import DROP, KEEP
from dataexplore.session.session import Session


def training_rows(session: Session, only_kept: bool = False) -> list[dict[str, Any]]:
    """Return row (from 0), key and messages of each row not dropped, or of the kept ones only."""
    decisions, dataset = session.state.decisions, session.dataset
    wanted = decisions == KEEP if only_kept else decisions != DROP
    return [
        {
            "row": row,
            "key": key_text(int(dataset.keys[row])),
            "messages": [{"role": turn.role, "content": turn.text} for turn in dataset.turns(row)],
        }
        for row in np.flatnonzero(wanted).tolist()
    ]
