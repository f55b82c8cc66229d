"""What happens when memory is short: a smaller budget of tokens, and for a single row less kept of it."""

import gc
from collections.abc import Callable

from dataexplore.errors import JobError
from dataexplore.tune.forward import Forward

BUDGETS = {"cpu": 2048, "cuda": 16_384}
"""Tokens of a micro-batch: enough to keep the device busy; below 16k a large GPU waits for launches."""


def fits(attempt: Callable[[], None]) -> bool:
    """Run `attempt` and tell whether memory was enough; what a failed one held is given back."""
    import torch

    try:
        attempt()
    except (MemoryError, RuntimeError) as error:
        typed = isinstance(error, torch.OutOfMemoryError | MemoryError)
        if not typed and "allocate memory" not in str(error):  # what the CPU's allocator raises has no type
            raise
    else:
        return True
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    return False


class Budget:
    """How many tokens are computed at once, and what is given up when they are too many."""

    def __init__(self, forward: Forward, tokens: int | None, tell: Callable[..., object]) -> None:
        self.tokens = tokens or BUDGETS[forward.device]
        self._forward, self._tell = forward, tell

    def shrink(self, alone: bool, largest: int) -> None:
        """Give up something after micro-batches of `largest` tokens did not fit, in one case a row `alone`.

        Raise JobError where nothing is left to give up.
        """
        if not alone:
            self.tokens = max(1, min(self.tokens, largest) // 2)
            self._tell("memory is short", token_budget=self.tokens, doing="the same again in smaller parts")
        elif not self._forward.checkpointing:
            self.save_memory()
        else:
            raise JobError(
                f"one row of {largest:,} tokens does not fit into memory: cut rows with --max-tokens, tune "
                "with lora, or take a smaller model"
            )

    def save_memory(self) -> None:
        """Have activations computed again instead of kept, which takes about a third more time."""
        self._forward.save_memory()
        self._tell("memory is short", token_budget=self.tokens, doing="the same again, keeping less of it")
