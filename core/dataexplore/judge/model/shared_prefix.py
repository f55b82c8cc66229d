"""What a model made of the words that all sequences begin with, so that it reads them once."""

import copy
from typing import Any

_LEAST = 32
"""Fewer tokens are sooner read again than copied."""


class SharedPrefix:
    """Keys and values of a prefix, and hidden states of what follows it."""

    def __init__(self, model: Any, ids: list[int], device: str) -> None:
        import torch

        self.ids = ids
        self._model = model.base_model
        with torch.inference_mode():
            read = self._model(input_ids=torch.tensor([ids], device=device), use_cache=True)
        self._cache = read.past_key_values

    def hidden(self, following: Any) -> Any:
        """Return the last hidden states of token ids, sequences by places, that follow the prefix."""
        cache = copy.deepcopy(self._cache)  # reading on writes into it
        cache.batch_repeat_interleave(len(following))
        return self._model(input_ids=following, past_key_values=cache, use_cache=True).last_hidden_state


def shared_prefix(model: Any, ids: list[int], device: str, tolerance: float) -> SharedPrefix | None:
    """Return the prefix if it pays and the model computes the same with it as without, else None."""
    import torch

    if len(ids) < _LEAST:
        return None
    try:
        made = SharedPrefix(model, ids, device)
        following = torch.tensor([ids[:8], ids[8:16]], device=device)
        with torch.inference_mode():
            ours = made.hidden(following)
            whole = torch.cat([torch.tensor([ids, ids], device=device), following], 1)
            own = model.base_model(input_ids=whole, use_cache=False).last_hidden_state[:, len(ids) :]
    except Exception:  # families whose state cannot be copied raise anything
        return None
    fits = torch.allclose(ours.float(), own.float(), rtol=tolerance, atol=tolerance * float(own.abs().max()))
    return made if fits else None
