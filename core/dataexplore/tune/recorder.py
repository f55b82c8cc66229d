"""Writes what a run does into its job folder, one metric line per step."""

import time
from typing import Any

from dataexplore.jobs.context import JobContext
from dataexplore.tune.gpu import Gpu
from dataexplore.tune.loop import Step
from dataexplore.tune.team import Silent

_FLOPS = {"lora": 4, "qlora": 4, "full": 6}
"""Per weight and token: twice forward, twice for the activations' gradients, twice more for all weights'."""


class Recorder:
    """The clocks and counters of one attempt at a run."""

    def __init__(
        self, context: JobContext | Silent, steps: int, per_epoch: int, method: str, weights: int
    ) -> None:
        self.context = context
        self._steps, self._per_epoch = steps, per_epoch
        self._flops = _FLOPS[method] * weights
        self._gpu = Gpu()
        self._began = self._last = time.monotonic()

    def step(self, step: Step) -> None:
        """Write the step's line and how far the run is."""
        now = time.monotonic()
        speed = step.tokens / max(now - self._last, 1e-6)
        self.context.metric(
            step=step.number,
            epoch=self._epoch(step.number),
            loss=step.loss,
            learning_rate=step.learning_rate,
            grad_norm=step.grad_norm,
            tokens=step.tokens,
            supervised=step.supervised,
            tokens_per_second=round(speed, 1),
            seconds=round(now - self._began, 3),
            **self._gpu.reading(speed * self._flops),
        )
        self._last = now
        self.context.status("training", step.number, self._steps)

    def held_out(self, step: int, loss: float) -> None:
        """Write what the rows that are not trained on cost after a step."""
        self.context.metric(step=step, epoch=self._epoch(step), held_out_loss=loss)

    def resume_clock(self) -> None:
        """Leave out of the speed what was not training: measuring, answering, saving."""
        self._last = time.monotonic()

    def facts(self) -> dict[str, Any]:
        """Return what the device was and gave at most."""
        return self._gpu.facts()

    def close(self) -> None:
        """Stop looking at the GPU."""
        self._gpu.close()

    def _epoch(self, step: int) -> float:
        return round(step / self._per_epoch, 4)
