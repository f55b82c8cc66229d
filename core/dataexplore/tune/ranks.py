"""Several processes that train one model: each takes a share of a step's rows, gradients are added up."""

import os
from collections.abc import Sequence
from typing import Any


class Ranks:
    """A process among `world` ones; alone, nothing is exchanged."""

    def __init__(self, rank: int = 0, world: int = 1) -> None:
        self.rank, self.world = rank, world

    @classmethod
    def from_environment(cls) -> "Ranks":
        """Join the others that torchrun's RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT speak of."""
        world = int(os.environ.get("WORLD_SIZE") or 1)
        if world == 1:
            return cls()
        import torch

        local = int(os.environ.get("LOCAL_RANK") or 0)
        if torch.cuda.is_available():
            torch.cuda.set_device(local)
        torch.distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
        return cls(torch.distributed.get_rank(), world)

    @property
    def first(self) -> bool:
        """Whether this is the process that reports and saves."""
        return self.rank == 0

    def any(self, here: bool, device: str) -> bool:
        """Tell whether it holds in any of the processes."""
        return here if self.world == 1 else self.add(float(here), device) > 0

    def add(self, value: float, device: str) -> float:
        """Return the sum of all processes' values."""
        if self.world == 1:
            return value
        import torch

        total = torch.tensor(value, dtype=torch.float64, device=device)
        torch.distributed.all_reduce(total)
        return float(total)

    def add_gradients(self, weights: Sequence[Any]) -> None:
        """Replace the gradients by their sum over all processes, in one exchange."""
        if self.world == 1:
            return
        import torch

        for weight in weights:
            if weight.grad is None:  # this process had no rows in this step
                weight.grad = torch.zeros_like(weight)
        together = torch.cat([weight.grad.flatten() for weight in weights])
        torch.distributed.all_reduce(together)
        at = 0
        for weight in weights:
            weight.grad.copy_(together[at : at + weight.numel()].view_as(weight))
            at += weight.numel()

    def leave(self) -> None:
        """End the exchange."""
        if self.world > 1:
            import torch

            torch.distributed.destroy_process_group()
