"""The training loop: optimizer steps over rows, each the mean over the learned tokens of all its rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from dataexplore.errors import JobError
from dataexplore.tune.forward import Forward
from dataexplore.tune.memory import Budget, fits
from dataexplore.tune.optimizer import Optimizer
from dataexplore.tune.order import rows_of_step, step_seed
from dataexplore.tune.pack import split
from dataexplore.tune.plan import Encoded, supervised
from dataexplore.tune.ranks import Ranks
from dataexplore.tune.settings import TuneSettings

_CLIP = 1.0
"""The largest norm of a step's gradient; a larger one is scaled down to it."""
_PATIENCE = 3
"""Steps without any gradient before a run is given up."""


@dataclass(frozen=True)
class Step:
    """What one optimizer step did."""

    number: int
    """From 1."""
    loss: float
    """Mean over the learned tokens of its rows, before the step."""
    learning_rate: float
    grad_norm: float
    """Before it was clipped."""
    tokens: int
    supervised: int


@dataclass
class Loop:
    """A model, its optimizer and its rows, one step after the other."""

    forward: Forward
    optimizer: Optimizer
    budget: Budget
    rows: Sequence[Encoded]
    settings: TuneSettings
    steps: int
    ranks: Ranks
    _without_gradient: int = 0

    def probe(self) -> None:
        """Compute the longest rows once, so that short memory shows before the first step."""
        import torch

        longest = sorted(self.rows, key=lambda row: -len(row.input_ids))[: self.settings.batch_rows]
        largest = split(longest, self.budget.tokens, self.forward.packed)[0]
        # AdamW will hold two numbers for each weight, which a first step does not show
        moments = [torch.empty_like(weight) for weight in self.optimizer.weights for _ in range(2)]
        self.forward.model.train()
        enough = fits(lambda: self.forward.loss(largest).backward())
        del moments
        self.optimizer.forget()
        if self.ranks.any(not enough, self.forward.device):
            self.budget.save_memory()

    def step(self, number: int) -> Step:
        """Take step `number` (from 0); raise JobError where training makes no sense any more."""
        import torch

        rows = rows_of_step(self.rows, self.settings, number)
        learned = supervised(rows)

        def begin() -> None:
            torch.manual_seed(step_seed(self.settings, number, self.ranks.rank))
            self.optimizer.forget()

        def backward(part: Sequence[Encoded]) -> Any:
            loss = self.forward.loss(part) / learned
            loss.backward()
            return loss.detach()

        self.forward.model.train()
        loss = self._over(rows, backward, begin)
        self.ranks.add_gradients(self.optimizer.weights)
        norm = float(torch.nn.utils.clip_grad_norm_(self.optimizer.weights, _CLIP))
        self._judge(number + 1, loss, norm)
        rate = self.optimizer.step(number)
        return Step(number + 1, loss, rate, norm, sum(len(row.input_ids) for row in rows), learned)

    def measure(self, rows: Sequence[Encoded]) -> float:
        """Return the mean loss over the learned tokens of rows that are not trained on."""
        import torch

        self.forward.model.eval()
        with torch.no_grad():
            return self._over(rows, self.forward.loss) / supervised(rows)

    def _over(
        self,
        rows: Sequence[Encoded],
        compute: Callable[[Sequence[Encoded]], Any],
        begin: Callable[[], object] = lambda: None,
    ) -> float:
        """Return the sum of what `compute` finds for all micro-batches; all again where memory was short."""
        import torch

        while True:
            begin()
            parts = split(rows, self.budget.tokens, self.forward.packed)
            found: list[Any] = []
            mine = parts[self.ranks.rank :: self.ranks.world]

            def attempt(mine: Sequence[Any] = mine, found: list[Any] = found) -> None:
                for part in mine:
                    found.append(compute(part))  # noqa: PERF401 # what was found before a failure counts

            enough = fits(attempt)
            if not self.ranks.any(not enough, self.forward.device):
                total = float(torch.stack(found).double().sum()) if found else 0.0
                return self.ranks.add(total, self.forward.device)
            alone = not enough and len(mine[len(found)]) == 1
            largest = max(sum(len(row.input_ids) for row in part) for part in parts)
            self.budget.shrink(self.ranks.any(alone, self.forward.device), largest)

    def _judge(self, step: int, loss: float, norm: float) -> None:
        if not isfinite(loss) or not isfinite(norm):
            what = "loss" if not isfinite(loss) else "gradient"
            raise JobError(f"the {what} is no finite number at step {step}; lower the learning rate")
        self._without_gradient = 0 if norm > 0 else self._without_gradient + 1
        if self._without_gradient >= min(_PATIENCE, self.steps):
            raise JobError(
                f"no gradient reaches the weights (step {step}); this base cannot be tuned like that"
            )
