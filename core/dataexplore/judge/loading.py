"""What judges said as signals, lined up with the rows that are in the file now."""

import numpy as np

from dataexplore.dataset.dataset import Dataset
from dataexplore.errors import JudgeError
from dataexplore.judge.folder import Judgements
from dataexplore.judge.judge import Judge
from dataexplore.judge.replies import Judged
from dataexplore.judge.wanted import score_keys
from dataexplore.signals.signal import Origin, Signal


def judged_signals(judgements: Judgements, dataset: Dataset) -> dict[str, Signal]:
    """Return every signal of every judge that can be read."""
    signals: dict[str, Signal] = {}
    edited = {int(key): row for row, key in _edited_keys(dataset)}
    for judge in judgements.judges():
        try:
            replies = judgements.replies(judge)
            if replies is None:
                continue
            with replies:
                judged = replies.judged(len(judge.signals))
        except JudgeError:
            continue
        if len(judged.keys):
            signals |= _signals(judge, judged, dataset, edited)
    return signals


def _edited_keys(dataset: Dataset) -> list[tuple[int, np.uint64]]:
    if not dataset.edits:
        return []
    keys = score_keys(dataset)
    return [(row, keys[row]) for row in dataset.edits]


def _signals(judge: Judge, judged: Judged, dataset: Dataset, edited: dict[int, int]) -> dict[str, Signal]:
    rows = dataset.rows_of(judged.keys)
    if edited:  # the scores of such a row are of what it said before, unless it was asked about again
        rows = np.where(np.isin(rows, list(edited.values())), -1, rows)
        for place in np.flatnonzero(np.isin(judged.keys, np.array(list(edited), np.uint64))).tolist():
            rows[place] = edited[int(judged.keys[place])]
    here = rows >= 0
    origin: Origin = "judged" if judge.rubric else "computed"
    note = _note(judge, judged)
    found = {}
    for place, name in enumerate(judge.signals):
        scores = np.full(len(dataset), np.nan)
        scores[rows[here]] = judged.values[here, place]
        found[name] = Signal(name, scores, origin, note)
    return found


def _note(judge: Judge, judged: Judged) -> str:
    parts = [f"{judge.model or 'rules'}"]
    if judge.rubric:
        parts.append("rubric " + "/".join(judge.rubric.split("/")[:2]))
    for count, word in (
        (int(np.count_nonzero(judged.inferred)), "inferred from a duplicate"),
        (judged.unparsed, "unparsed"),
        (judged.errors, "without a reply"),
    ):
        if count:
            parts.append(f"{count:,} {word}")
    return "; ".join(parts)
