"""AdamW over what is trained, its rate at every step, and its state as named tensors."""

from math import cos, pi
from typing import Any

from dataexplore.tune.settings import TuneSettings


def rate(settings: TuneSettings, steps: int, step: int) -> float:
    """Return the learning rate of a step (from 0) of `steps`."""
    warmup = round(settings.warmup * steps)
    if step < warmup:
        return settings.learning_rate * (step + 1) / warmup
    if settings.schedule == "constant":
        return settings.learning_rate
    left = 1 - (step - warmup) / max(1, steps - warmup)
    if settings.schedule == "linear":
        return settings.final_rate + (settings.learning_rate - settings.final_rate) * left
    return settings.learning_rate * 0.5 * (1 - cos(pi * left))


class Optimizer:
    """AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101); biases and norms do not decay."""

    def __init__(self, model: Any, settings: TuneSettings, steps: int) -> None:
        import torch

        self._settings, self._steps = settings, steps
        self.named = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
        decaying = [weight for weight in self.weights if weight.ndim > 1]
        others = [weight for weight in self.weights if weight.ndim <= 1]
        groups = [
            {"params": decaying, "weight_decay": settings.weight_decay},
            *([{"params": others, "weight_decay": 0.0}] if others else []),
        ]
        self._adam = torch.optim.AdamW(
            groups, lr=settings.learning_rate, betas=(0.9, settings.adam_beta2), fused=True
        )

    @property
    def weights(self) -> list[Any]:
        """What is trained."""
        return list(self.named.values())

    def step(self, step: int) -> float:
        """Change the weights by their gradients, forget these and return the rate of this step (from 0)."""
        rate_now = rate(self._settings, self._steps, step)
        for group in self._adam.param_groups:
            group["lr"] = rate_now
        self._adam.step()
        self.forget()
        return rate_now

    def forget(self) -> None:
        """Drop all gradients."""
        self._adam.zero_grad(set_to_none=True)

    def state(self) -> dict[str, Any]:
        """Return moments and counts as tensors named `<weight>/<what>`."""
        return {
            f"{name}/{what}": value
            for name, weight in self.named.items()
            for what, value in self._adam.state.get(weight, {}).items()
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take back what `state` returned."""
        for name, value in state.items():
            weight, _, what = name.rpartition("/")
            device = self.named[weight].device
            self._adam.state.setdefault(self.named[weight], {})[what] = value.to(device, copy=True)
