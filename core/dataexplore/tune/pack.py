"""Lays rows end to end, or side by side with padding where a model cannot keep them apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dataexplore.tune.plan import Encoded
from dataexplore.tune.template import IGNORED


@dataclass(frozen=True)
class MicroBatch:
    """Rows that are computed at once, as tensors."""

    input_ids: Any
    """Shape [1, tokens] end to end, [rows, longest] padded."""
    position_ids: Any
    """As input_ids; every row begins at 0."""
    attention_mask: Any
    """None end to end; 0 on padding otherwise."""
    places: Any
    """Shape [supervised]: where in the flattened input a token stands whose follower is learned."""
    targets: Any
    """Shape [supervised]: those followers."""
    lengths: tuple[int, ...]
    """Tokens of each row."""


def split(rows: Sequence[Encoded], budget: int, packed: bool) -> list[list[Encoded]]:
    """Return the rows, longest first, in groups of at most `budget` tokens, padding included.

    A row that is longer than the budget is a group of its own.
    """
    groups: list[list[Encoded]] = []
    room = 0
    for row in sorted(rows, key=lambda row: -len(row.input_ids)):
        # the first of a group is its longest: padded, every other takes as much
        needs = len(row.input_ids) if packed or not groups else len(groups[-1][0].input_ids)
        if not groups or needs > room:
            groups.append([])
            needs, room = len(row.input_ids), max(budget, len(row.input_ids))
        groups[-1].append(row)
        room -= needs
    return groups


def micro_batch(rows: Sequence[Encoded], packed: bool, device: str = "cpu") -> MicroBatch:
    """Return the rows as tensors on `device`."""
    import torch

    lengths = tuple(len(row.input_ids) for row in rows)
    width = 0 if packed else max(lengths)
    ids: list[int] = []
    positions: list[int] = []
    places: list[int] = []
    targets: list[int] = []
    for row in rows:
        start, fill = len(ids), max(0, width - len(row.input_ids))
        ids += row.input_ids + [0] * fill
        positions += range(len(row.input_ids) + fill)
        learned = [at for at in range(1, len(row.labels)) if row.labels[at] != IGNORED]
        places += [start + at - 1 for at in learned]
        targets += [row.labels[at] for at in learned]

    def shaped(values: list[int]) -> Any:
        return torch.tensor(values, device=device).view(1 if packed else len(rows), -1)

    mask = None
    if not packed:
        mask = shaped([int(at < length) for length in lengths for at in range(width)])
    return MicroBatch(
        shaped(ids),
        shaped(positions),
        mask,
        torch.tensor(places, device=device),
        torch.tensor(targets, device=device),
        lengths,
    )
