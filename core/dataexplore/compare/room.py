"""Batches that fit into memory: one that does not is halved, and what does not fit alone is said so."""

import gc
from collections.abc import Callable, Sequence

from dataexplore.judge.model.batching import batches


class Room:
    """The tokens that are held at once; fewer after a batch that did not fit."""

    def __init__(self, tokens: int, told: Callable[[int], None]) -> None:
        """`told` hears of every halving."""
        self.tokens = tokens
        self._told = told

    def work(
        self, lengths: Sequence[int], do: Callable[[list[int]], None], cannot: Callable[[int], None]
    ) -> None:
        """Call `do` with the places of each batch, longest first, and `cannot` for what never fits."""
        waiting = list(range(len(lengths)))
        while waiting:
            done: set[int] = set()
            for batch in batches([lengths[place] for place in waiting], self.tokens):
                places = [waiting[place] for place in batch]
                if self._fits(do, places):
                    done.update(places)
                    continue
                if len(places) == 1:
                    cannot(places[0])
                    done.update(places)
                else:
                    self.tokens = max(1, min(self.tokens, lengths[places[0]] * len(places)) // 2)
                    self._told(self.tokens)
                break
            waiting = [place for place in waiting if place not in done]

    def _fits(self, do: Callable[[list[int]], None], places: list[int]) -> bool:
        import torch

        try:
            do(places)
            return True
        except (torch.OutOfMemoryError, MemoryError):
            pass
        except RuntimeError as error:  # what the CPU's allocator raises has no type of its own
            if "allocate memory" not in str(error):
                raise
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        return False
