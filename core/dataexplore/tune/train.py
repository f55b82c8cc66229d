"""A run from the newest whole checkpoint to its last step: training, measuring, answering, saving."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dataexplore.errors import JobError
from dataexplore.jobs.context import JobContext
from dataexplore.jobs.files import sync_folder
from dataexplore.tune import checkpoints
from dataexplore.tune.card import write_card
from dataexplore.tune.forward import Forward
from dataexplore.tune.loop import Loop
from dataexplore.tune.memory import Budget
from dataexplore.tune.model import load_model
from dataexplore.tune.optimizer import Optimizer
from dataexplore.tune.plan import Plan
from dataexplore.tune.ranks import Ranks
from dataexplore.tune.recorder import Recorder
from dataexplore.tune.samples import answer
from dataexplore.tune.settings import TuneSettings
from dataexplore.tune.team import Silent


@dataclass
class Run:
    """What a run works with."""

    context: JobContext | Silent
    settings: TuneSettings
    planned: Plan
    tokenizer: Any
    loop: Loop
    recorder: Recorder
    done: int
    """Steps that are in the weights."""

    @property
    def complete(self) -> bool:
        """Whether all steps are done; a run that was asked to stop is not."""
        return self.done == self.planned.steps

    def train(self) -> None:
        """Take the steps that are left; return early, with a checkpoint, when the run is asked to stop."""
        if self.complete or self._asked_to_stop():
            return
        if self.done == 0:
            self._look()
            self.recorder.resume_clock()
        per_epoch = self.settings.steps_per_epoch(self.planned.rows)
        every = self.settings.save_every or per_epoch
        stopping = False
        while not self.complete and not stopping:
            self.recorder.step(self.loop.step(self.done))
            self.done += 1
            stopping = self._asked_to_stop()
            if self.done % per_epoch == 0 or self.complete:
                self._look()
            if self.done % every == 0 or self.complete or stopping:
                self._save()
            self.recorder.resume_clock()

    def _asked_to_stop(self) -> bool:
        return self.loop.ranks.any(self.context.stop_requested(), self.loop.forward.device)

    def _look(self) -> None:
        """Measure the rows held out and answer the sample prompts."""
        if self.planned.held_out:
            self.context.status("measuring the rows held out")
            self.recorder.held_out(self.done, self.loop.measure(self.planned.held_out))
        if self.settings.sample_prompts and self.loop.ranks.first:
            self.context.status("answering the sample prompts")
            answer(self.context, self.loop.forward, self.tokenizer, self.settings, self.done)

    def _save(self) -> None:
        """Save all that the rest of the run depends on."""
        from safetensors.torch import save_file

        def write(part: Path) -> None:
            save_weights(self.loop.forward, part)
            save_file(self.loop.optimizer.state(), str(part / "optimizer.safetensors"))
            budget, forward = self.loop.budget, self.loop.forward
            state = {"step": self.done, "token_budget": budget.tokens, "checkpointing": forward.checkpointing}
            (part / "state.json").write_text(json.dumps(state), "utf-8")

        if not self.loop.ranks.first:
            return
        folder = self.context.folder / "checkpoints"
        checkpoints.save(folder, self.done, write)
        checkpoints.prune(folder, self.settings.keep_checkpoints)
        self.context.event("checkpoint", step=self.done)


def prepare(
    context: JobContext | Silent,
    settings: TuneSettings,
    planned: Plan,
    tokenizer: Any,
    found: Path | None,
    ranks: Ranks,
) -> Run:
    """Load the model and what the checkpoint `found` holds, if there is one."""
    from safetensors.torch import load_file

    done = checkpoints.step_of(found) if found else 0
    context.status("loading the model", done, planned.steps)
    forward = Forward(load_model(settings, found))
    if not forward.packed:
        context.event("padded", reason=f"rows cannot be laid end to end in this model: {forward.why_padded}")
    optimizer = Optimizer(forward.model, settings, planned.steps)
    budget = Budget(forward, settings.token_budget, context.event)
    loop = Loop(forward, optimizer, budget, planned.encoded, settings, planned.steps, ranks)
    if found is not None:
        optimizer.load(load_file(str(found / "optimizer.safetensors")))
        state = json.loads((found / "state.json").read_bytes())
        budget.tokens = state["token_budget"]
        if state["checkpointing"]:
            forward.save_memory()
        context.event("resumed", step=done)
    elif forward.device == "cuda":
        context.status("trying the longest rows")
        loop.probe()
    per_epoch = settings.steps_per_epoch(planned.rows)
    recorder = Recorder(context, planned.steps, per_epoch, settings.method, forward.parameters // ranks.world)
    return Run(context, settings, planned, tokenizer, loop, recorder, done)


def publish(context: JobContext, run: Run, facts: dict[str, Any]) -> str:
    """Save the adapter or the model with its card and return its folder's name: it is whole or not there."""
    forward = run.loop.forward
    full = run.settings.method == "full"
    if not full and not _changed(forward.model):
        raise JobError("training left the adapter as it was, so there is nothing to publish")
    name = "model" if full else "adapter"
    context.status(f"saving the {name}")
    part, final = context.folder / f"{name}.part", context.folder / name
    shutil.rmtree(part, ignore_errors=True)
    with checkpoints.full_disk_named(name):
        save_weights(forward, part)
        if full:
            run.tokenizer.save_pretrained(str(part))
        write_card(part, context.spec, facts)
    shutil.rmtree(final, ignore_errors=True)
    part.rename(final)
    sync_folder(context.folder)
    return name


def save_weights(forward: Forward, folder: Path) -> None:
    """Save what is trained as transformers or peft read it."""
    adapter = {} if forward.model is forward.causal else {"save_embedding_layers": False}
    with forward.plain():
        forward.model.save_pretrained(str(folder), **adapter)


def _changed(model: Any) -> bool:
    """Tell whether any of the LoRA matrices that start at zero has left it."""
    return any("lora_B" in name and bool(value.detach().any()) for name, value in model.named_parameters())
