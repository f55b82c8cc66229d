"""Puts rows of different lengths into one rectangular batch."""

from collections.abc import Callable, Sequence
from typing import Any

from dataexplore.tune.plan import Encoded
from dataexplore.tune.template import IGNORED


def padder(pad: int) -> Callable[[Sequence[Encoded]], dict[str, Any]]:
    """Return a collator that pads to the longest row on the right; padding is neither read nor learned."""
    import torch

    def batch(rows: Sequence[Encoded]) -> dict[str, Any]:
        width = max(len(row.input_ids) for row in rows)

        def filled(lists: Sequence[list[int]], value: int) -> Any:
            return torch.tensor([values + [value] * (width - len(values)) for values in lists])

        return {
            "input_ids": filled([row.input_ids for row in rows], pad),
            "attention_mask": filled([[1] * len(row.input_ids) for row in rows], 0),
            "labels": filled([row.labels for row in rows], IGNORED),
        }

    return batch
