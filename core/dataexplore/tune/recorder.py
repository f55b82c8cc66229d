"""Watches a training run: writes what happens into the job folder and hears requests to stop."""

import time
from math import isfinite
from pathlib import Path
from typing import Any

from dataexplore.errors import JobError
from dataexplore.jobs.context import JobContext
from dataexplore.tune.checkpoints import mark_complete

_PATIENCE = 3  # steps without any gradient before a run is given up


class Recorder:
    """The hooks of a transformers callback; `as_callback` gives it the library's base class."""

    def __init__(self, context: JobContext, steps: int) -> None:
        self.context = context
        self.steps = steps
        self.stopping = False
        self.first_loss: float | None = None
        self.last_loss: float | None = None
        self._without_gradient = 0
        self._began = self._last = time.monotonic()
        self._tokens = 0

    def on_train_begin(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        """Start the clocks."""
        self._began = self._last = time.monotonic()
        self._tokens = int(state.num_input_tokens_seen)
        self.context.status("training", int(state.global_step), self.steps)

    def on_step_end(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        """Have the run save and stop where someone asked for it; the last step is rather finished."""
        if state.global_step < self.steps and self.context.stop_requested():
            self.stopping = True
            control.should_save = True
            control.should_training_stop = True
        elif state.global_step >= self.steps:
            control.should_save = True

    def on_log(
        self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **rest: Any
    ) -> None:
        """Write one metric line per optimizer step; raise JobError when training makes no sense any more."""
        if not logs or "loss" not in logs:
            return
        step, loss, norm = int(state.global_step), float(logs["loss"]), float(logs.get("grad_norm", 0.0))
        now, tokens = time.monotonic(), int(state.num_input_tokens_seen)
        self.context.metric(
            step=step,
            epoch=round(float(state.epoch or 0), 4),
            loss=loss,
            learning_rate=logs.get("learning_rate"),
            grad_norm=norm,
            tokens_per_second=round((tokens - self._tokens) / max(now - self._last, 1e-6), 1),
            seconds=round(now - self._began, 3),
        )
        self._last, self._tokens = now, tokens
        self._judge(step, loss, norm)
        self.first_loss = loss if self.first_loss is None else self.first_loss
        self.last_loss = loss
        self.context.status(None, step, self.steps)

    def on_save(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        """Mark the checkpoint as whole."""
        checkpoint = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        mark_complete(checkpoint)
        self.context.event("checkpoint", step=int(state.global_step))

    def _judge(self, step: int, loss: float, norm: float) -> None:
        if not isfinite(loss) or not isfinite(norm):
            what = "loss" if not isfinite(loss) else "gradient"
            raise JobError(f"the {what} is no finite number at step {step}; lower the learning rate")
        self._without_gradient = 0 if norm > 0 else self._without_gradient + 1
        if self._without_gradient >= min(_PATIENCE, self.steps):
            raise JobError(
                f"no gradient reaches the adapter (step {step}); this base cannot be tuned like that"
            )


def as_callback(recorder: Recorder) -> Any:
    """Return the recorder as a callback of the installed transformers."""
    from transformers import TrainerCallback

    hooks = type("RecorderCallback", (TrainerCallback,), {})()
    for name in ("on_train_begin", "on_step_end", "on_log", "on_save"):
        setattr(hooks, name, getattr(recorder, name))
    return hooks
