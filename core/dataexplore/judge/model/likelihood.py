"""How likely a language model finds tokens: the one forward pass that all measures are made of."""

import gc
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dataexplore.errors import JudgeError
from dataexplore.jobs.context import reason_of
from dataexplore.judge.model.batching import batches
from dataexplore.judge.model.shared_prefix import SharedPrefix, shared_prefix
from dataexplore.text import short
from dataexplore.tune import model as models

_TOKENS = {"cpu": 512, "cuda": 32_768}
"""Tokens of a batch: a second of a small model on two cores, enough work for a large GPU."""
_LOGITS = {"cpu": 1 << 24, "cuda": 1 << 27}
"""Numbers of float32 that are held at once where a vocabulary of logits is: 64 and 512 MiB."""
_TOLERANCE = {"cpu": 1e-3, "cuda": 5e-2}


class Wanted(NamedTuple):
    """A sequence, and which tokens' probabilities are wanted after which of its places."""

    ids: list[int]
    places: NDArray[np.int64]
    """A token's probability is the one after the sequence up to and including this place."""
    tokens: NDArray[np.int64]
    """As many as places."""


class Likelihood:
    """A causal language model that only reads; bf16 on CUDA, fp32 on the CPU."""

    def __init__(self, base: str, batch_tokens: int | None = None) -> None:
        import torch

        self.shown = short(base, 200)
        self._kind = "cuda" if torch.cuda.is_available() else "cpu"
        self._model = _load(base, self.shown, self._kind)
        self.device = models.device()
        self._config = self._model.config.get_text_config()
        self.positions = int(getattr(self._config, "max_position_embeddings", None) or 1 << 30)
        """The longest sequence that the model can read, in tokens."""
        self.batch_tokens = batch_tokens or _TOKENS[self._kind]
        """Halved whenever a batch does not fit into memory."""
        self._prefix: SharedPrefix | None = None
        self._check()

    def share(self, ids: list[int]) -> None:
        """Read once what many sequences will begin with; where a model cannot, they are read whole."""
        self._prefix = shared_prefix(self._model, ids, self._kind, _TOLERANCE[self._kind])

    @property
    def shared(self) -> int:
        """How many tokens of each sequence are read already."""
        return len(self._prefix.ids) if self._prefix else 0

    def log_probabilities(
        self, wanted: Sequence[Wanted], pause: Callable[[], None] = lambda: None
    ) -> list[NDArray[np.float64] | None]:
        """Return natural logarithms for each sequence; None where it does not fit into memory by itself.

        `pause` is called before each forward pass and may raise.
        """
        import torch

        found: list[NDArray[np.float64] | None] = [None] * len(wanted)
        skip = self._skipped(wanted)
        waiting = list(range(len(wanted)))
        while waiting:
            left: list[int] = []
            for batch in batches([len(wanted[place].ids) - skip for place in waiting], self.batch_tokens):
                places = [waiting[place] for place in batch]
                pause()
                with torch.inference_mode():
                    values = self._fitting([wanted[place] for place in places], skip)
                if values is not None:
                    for place, value in zip(places, values, strict=True):
                        found[place] = value
                elif len(places) > 1:
                    left += places
            waiting = left
        return found

    def _skipped(self, wanted: Sequence[Wanted]) -> int:
        """Return how many tokens need not be read again, as all sequences begin with them."""
        if self._prefix is None:
            return 0
        ids = self._prefix.ids
        begins = (one.ids[: len(ids)] == ids and one.places.min() >= len(ids) for one in wanted)
        return len(ids) if all(begins) else 0

    def _fitting(self, wanted: Sequence[Wanted], skip: int) -> list[NDArray[np.float64]] | None:
        """Run a batch; None, and smaller batches from now on, when it does not fit into memory."""
        import torch

        try:
            return self._run(wanted, skip)
        except (torch.OutOfMemoryError, MemoryError):
            pass
        except RuntimeError as error:  # what the CPU's allocator raises has no type of its own
            if "allocate memory" not in str(error):
                raise
        if len(wanted) > 1:
            width = max(len(one.ids) for one in wanted) - skip
            self.batch_tokens = max(1, min(self.batch_tokens, width * len(wanted)) // 2)
        gc.collect()
        if self._kind == "cuda":
            torch.cuda.empty_cache()
        return None

    def _run(self, wanted: Sequence[Wanted], skip: int) -> list[NDArray[np.float64]]:
        import torch

        read = [one.ids[skip:] for one in wanted]
        width = max(map(len, read))
        # No attention mask: padding stands behind a sequence, where a causal model cannot see it.
        ids = torch.tensor([one + [0] * (width - len(one)) for one in read], device=self._kind)
        if skip and self._prefix is not None:
            hidden = self._prefix.hidden(ids)
        else:
            hidden = self._model.base_model(input_ids=ids, use_cache=False).last_hidden_state
        needed = [np.unique(one.places - skip, return_inverse=True) for one in wanted]
        rows = np.concatenate([np.full(len(places), row) for row, (places, _) in enumerate(needed)])
        columns = np.concatenate([places for places, _ in needed])
        ends = np.cumsum([len(places) for places, _ in needed])
        picked = hidden[torch.from_numpy(rows), torch.from_numpy(columns)]
        del hidden
        which = np.concatenate(
            [inverse + end - len(places) for (places, inverse), end in zip(needed, ends, strict=True)]
        )
        found = self._gather(picked, which, np.concatenate([one.tokens for one in wanted]))
        return np.split(found, np.cumsum([len(one.tokens) for one in wanted])[:-1])

    def _gather(
        self, hidden: Any, which: NDArray[np.int64], tokens: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return log probabilities of tokens, each after one of the hidden states."""
        import torch

        found = np.full(len(tokens), np.nan)
        step = max(1, _LOGITS[self._kind] // int(self._config.vocab_size))
        for begin in range(0, len(hidden), step):
            logits = self._logits(hidden[begin : begin + step])
            totals = torch.logsumexp(logits, -1)
            here = np.flatnonzero((which >= begin) & (which < begin + step))
            row = torch.from_numpy(which[here] - begin).to(self._kind)
            chosen = logits[row, torch.from_numpy(tokens[here]).to(self._kind)] - totals[row]
            found[here] = chosen.double().cpu().numpy()
        return found

    def _logits(self, hidden: Any) -> Any:
        """Return float32 logits, with what some families do to them behind the last layer."""
        import torch

        logits = self._model.get_output_embeddings()(hidden).float()
        if scale := getattr(self._config, "logit_scale", None):  # Cohere
            logits = logits * scale
        if scale := getattr(self._config, "logits_scaling", None):  # Granite
            logits = logits / scale
        if cap := getattr(self._config, "final_logit_softcapping", None):  # Gemma
            logits = torch.tanh(logits / cap) * cap
        return logits

    def _check(self) -> None:
        """Compare this way of computing logits with the model's own; raise JudgeError where they differ."""
        import torch

        ids = torch.arange(1, 9, device=self._kind).remainder(self._config.vocab_size)[None]
        try:
            with torch.inference_mode():
                own = self._model(input_ids=ids, use_cache=False).logits[0].float()
                ours = self._logits(self._model.base_model(input_ids=ids, use_cache=False)[0][0])
        except (torch.OutOfMemoryError, MemoryError):
            raise JudgeError(
                f"{self.shown}: the model does not fit into memory; take a smaller one"
            ) from None
        if not bool(torch.isfinite(own).all()):
            raise JudgeError(
                f"{self.shown}: the model's outputs are no finite numbers, so its weights are damaged or of "
                "another precision; get them anew or take another model"
            )
        if ours.shape != own.shape or not torch.allclose(
            ours, own, rtol=_TOLERANCE[self._kind], atol=_TOLERANCE[self._kind] * float(own.abs().max())
        ):
            raise JudgeError(f"{self.shown}: this family of models is not known here; take another model")


def _load(base: str, shown: str, kind: str) -> Any:
    import torch
    from transformers import AutoModelForCausalLM

    folder = Path(base)
    if folder.is_dir() and not any(folder.glob("*.safetensors")):
        raise JudgeError(f"{shown}: the folder has no weights (*.safetensors)")
    try:
        model = AutoModelForCausalLM.from_pretrained(
            base,
            dtype=torch.bfloat16 if models.uses_bf16() else torch.float32,
            use_safetensors=True,
            trust_remote_code=False,
        )
        return model.to(kind).eval()
    except (torch.OutOfMemoryError, MemoryError):
        raise JudgeError(f"{shown}: the model does not fit into memory; take a smaller one") from None
    except Exception as error:  # the libraries raise anything
        raise JudgeError(f"{shown}: the model cannot be loaded: {short(reason_of(error), 200)}") from None
