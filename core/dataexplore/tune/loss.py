"""The loss at learned places alone, in chunks: logits of a token that is not learned are never made."""

from collections.abc import Callable
from functools import cache
from typing import Any

_NUMBERS = {"cpu": 1 << 24, "cuda": 1 << 28}
"""Logits that are held at once: 64 MiB on the CPU, 1 GiB on CUDA, as float32."""

Logits = Callable[[Any], Any]


def head(model: Any) -> Logits:
    """Return what makes float32 logits of hidden states, with what some families do behind the last layer."""
    import torch

    config = model.config.get_text_config()
    output = model.get_output_embeddings()
    times = getattr(config, "logit_scale", None)  # Cohere
    over = getattr(config, "logits_scaling", None)  # Granite
    cap = getattr(config, "final_logit_softcapping", None)  # Gemma

    def logits(hidden: Any) -> Any:
        found = output(hidden).float()
        found = found * times if times else found
        found = found / over if over else found
        return torch.tanh(found / cap) * cap if cap else found

    return logits


def agrees(model: Any, logits: Logits) -> bool:
    """Tell whether `logits` of the last hidden states are the model's own; it must be in evaluation mode."""
    import torch

    ids = torch.arange(1, 9, device=model.device).remainder(model.config.get_text_config().vocab_size)[None]
    with torch.no_grad():
        own = model(input_ids=ids, use_cache=False).logits.float()
        ours = logits(model.base_model(input_ids=ids, use_cache=False).last_hidden_state)
    if not bool(torch.isfinite(own).all()):
        return True  # damaged weights are told by the loss
    tolerance = 1e-3 if model.dtype == torch.float32 else 5e-2
    return bool(torch.allclose(ours, own, rtol=tolerance, atol=tolerance * float(own.abs().max())))


def summed(hidden: Any, targets: Any, logits: Logits, weights: list[Any], vocabulary: int) -> Any:
    """Return the summed cross-entropy of hidden states [supervised, size] and their targets.

    `weights` are the head's own trained parameters. Gradients are made chunk by chunk on the way forward.
    """
    import torch

    chunk = max(1, _NUMBERS[hidden.device.type] // vocabulary)
    if torch.is_grad_enabled():
        return _function().apply(hidden, targets, logits, chunk, *weights)
    places = range(0, len(hidden), chunk)
    parts = [_loss(logits(hidden[at : at + chunk]), targets[at : at + chunk]) for at in places]
    return torch.stack(parts).sum()


def _loss(logits: Any, targets: Any) -> Any:
    import torch

    return torch.nn.functional.cross_entropy(logits, targets, reduction="sum")


@cache
def _function() -> Any:
    """Return the autograd function; torch is imported by workers alone, so it cannot stand at the top."""
    import torch

    class ChunkedLoss(torch.autograd.Function):  # type: ignore[misc] # torch is not followed
        @staticmethod
        def forward(ctx: Any, hidden: Any, targets: Any, logits: Logits, chunk: int, *weights: Any) -> Any:
            total = torch.zeros((), device=hidden.device)
            by_hidden = torch.empty_like(hidden)
            by_weights = [torch.zeros_like(weight) for weight in weights]
            for at in range(0, len(hidden), chunk):
                part = hidden[at : at + chunk].detach().requires_grad_()
                with torch.enable_grad():
                    loss = _loss(logits(part), targets[at : at + chunk])
                found = torch.autograd.grad(loss, [part, *weights])
                total += loss.detach()
                by_hidden[at : at + chunk] = found[0]
                for kept, new in zip(by_weights, found[1:], strict=True):
                    kept += new
            ctx.save_for_backward(by_hidden, *by_weights)
            return total

        @staticmethod
        def backward(ctx: Any, *given: Any) -> Any:
            by_hidden, *by_weights = ctx.saved_tensors
            scaled = [weight * given[0] for weight in by_weights]
            return by_hidden * given[0], None, None, None, *scaled

    return ChunkedLoss
