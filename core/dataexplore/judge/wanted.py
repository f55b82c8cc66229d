"""Which texts a judge has to be asked about: those of the wanted rows that it has no reply for."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dataexplore.dataset.dataset import Dataset
from dataexplore.duplicates.groups import Groups
from dataexplore.judge.asked import Asked, Said, hash_of
from dataexplore.judge.folder import Judgements
from dataexplore.judge.judge import Judge
from dataexplore.judge.replies import ERROR, SCORED, UNPARSED, Hash

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Wanted:
    """Rows to be judged, and what is known about their texts already."""

    judge: Judge
    rows: Rows
    keys: NDArray[np.uint64]
    """Per row, the key that its score is kept by."""
    hashes: Sequence[Hash]
    """Per row, the text whose score it gets."""
    inferred: NDArray[np.bool_]
    """Per row, whether that is another row's text."""
    missing: Sequence[Asked] = field(repr=False)
    """Texts without a reply, each once."""
    blank: int
    """Rows in which nothing is said: they are not asked about."""


@dataclass(frozen=True)
class Standing:
    """How the wanted rows stand; each of them is in one of these."""

    rows: int
    scored: int
    inferred: int
    """Of the scored: rows whose duplicate was asked about."""
    unparsed: int
    errors: dict[str, int]
    """Rows that ended in an error, by its name."""
    left: int
    """Rows that were not asked about yet, or in which nothing is said."""


def said_in(dataset: Dataset, row: int) -> Said:
    """Return role and text of a row's turns; of a preference pair the chosen answer."""
    return tuple((turn.role, turn.spoken) for turn in dataset.turns(row))


def input_of(dataset: Dataset, row: int) -> str:
    """Return the text of a row's input field, "" where its schema has none."""
    name = dataset.schema_of(row).input
    text = dataset.record(row).get(name) if name else ""
    return text if isinstance(text, str) else ""


def score_keys(dataset: Dataset) -> NDArray[np.uint64]:
    """Return the keys that scores are kept by: an edited row's comes from what it says now."""
    keys = np.array(dataset.keys, np.uint64)
    for row in dataset.edits:
        keys[row] = text_key(hash_of(said_in(dataset, row)))
    return keys


def text_key(text: Hash) -> int:
    """Return the key that the score of an edited row is kept by."""
    return int.from_bytes(text[:8], "little")


def wanted(
    judge: Judge, judgements: Judgements, dataset: Dataset, rows: Rows, groups: Groups | None = None
) -> Wanted:
    """Look up what a judge knows about some rows; nothing is written.

    With `groups` the first wanted row of each duplicate group is asked about, and the others get its score,
    unless they have one of their own.
    """
    said = {row: said_in(dataset, row) for row in rows.tolist()}
    own = {row: hash_of(text) for row, text in said.items() if any(part.strip() for _, part in text)}
    rows = np.array([row for row in rows.tolist() if row in own], np.int64)
    known = replied(judge, judgements)
    stand_in = _stand_ins(groups, own, known) if groups is not None else {}
    hashes = [own[stand_in.get(row, row)] for row in rows.tolist()]
    missing: dict[Hash, Asked] = {}
    for row, one in zip(rows.tolist(), hashes, strict=True):
        if one not in known and one not in missing:
            other = stand_in.get(row, row)
            missing[one] = Asked(one, said[other], input_of(dataset, other) if judge.kind == "checks" else "")
    inferred = np.array([row in stand_in for row in rows.tolist()], bool)
    blank = len(said) - len(own)
    return Wanted(judge, rows, score_keys(dataset)[rows], hashes, inferred, list(missing.values()), blank)


def replied(judge: Judge, judgements: Judgements) -> set[Hash]:
    """Return the texts that a judge has replied to, with a score or without."""
    replies = judgements.replies(judge)
    if replies is None:
        return set()
    with replies:
        return replies.hashes(SCORED, UNPARSED)


def standing(asked: Wanted, judgements: Judgements) -> Standing:
    """Count the wanted rows by what became of them."""
    replies = judgements.replies(asked.judge)
    found: dict[Hash, tuple[str, str]] = {}
    if replies is not None:
        with replies:
            found = replies.outcomes()
    outcomes = [found.get(one, ("left", "")) for one in asked.hashes]
    states = Counter(state for state, _ in outcomes)
    scored = np.array([state == SCORED for state, _ in outcomes], bool)
    return Standing(
        len(asked.rows) + asked.blank,
        states[SCORED],
        int(np.count_nonzero(scored & asked.inferred)),
        states[UNPARSED],
        dict(Counter(reason for state, reason in outcomes if state == ERROR).most_common()),
        states["left"] + asked.blank,
    )


def _stand_ins(groups: Groups, own: dict[int, Hash], known: set[Hash]) -> dict[int, int]:
    """Return for rows of groups the row that is asked about in their place."""
    found: dict[int, int] = {}
    for group in range(len(groups)):
        members = [row for row in groups[group].tolist() if row in own]
        asked = next((row for row in members if own[row] in known), members[0] if members else -1)
        found |= {row: asked for row in members if row != asked and own[row] not in known | {own[asked]}}
    return found
