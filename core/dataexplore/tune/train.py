"""The run itself: the stock Trainer over planned rows, from the newest whole checkpoint on."""

import shutil
from pathlib import Path
from typing import Any

from dataexplore.errors import JobError
from dataexplore.jobs.context import JobContext
from dataexplore.jobs.files import sync_folder
from dataexplore.tune.batches import padder
from dataexplore.tune.card import write_card
from dataexplore.tune.checkpoints import newest_complete, step_of
from dataexplore.tune.model import load_model, uses_bf16
from dataexplore.tune.plan import Plan
from dataexplore.tune.recorder import Recorder, as_callback
from dataexplore.tune.settings import TuneSettings


def train(context: JobContext, settings: TuneSettings, planned: Plan, pad: int) -> tuple[Any, Recorder]:
    """Train and return the model and its recorder, whose `stopping` tells that the run was asked to stop."""
    from transformers import PrinterCallback, Trainer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # the bars of saving a model heed no environment variable
    folder = context.folder / "checkpoints"
    checkpoint = newest_complete(folder)
    context.status("loading the model", step_of(checkpoint) if checkpoint else 0, planned.steps)
    model = load_model(settings)
    recorder = Recorder(context, planned.steps)
    if checkpoint is not None:
        context.event("resumed", step=step_of(checkpoint))
        if step_of(checkpoint) >= planned.steps:
            _load_adapter(model, checkpoint)
            return model, recorder
    if context.stop_requested():
        recorder.stopping = True
        return model, recorder
    trainer = Trainer(
        model=model,
        args=_arguments(settings, planned, folder),
        train_dataset=planned.encoded,
        data_collator=padder(pad),
        callbacks=[as_callback(recorder)],
    )
    trainer.remove_callback(PrinterCallback)  # every step is in metrics.jsonl already
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    return model, recorder


def publish(context: JobContext, model: Any, facts: dict[str, Any]) -> None:
    """Save the adapter with its card under another name, then give it its own: it is whole or not there."""
    if not _changed(model):
        raise JobError("training left the adapter as it was, so there is nothing to publish")
    context.status("saving the adapter")
    part, final = context.folder / "adapter.part", context.folder / "adapter"
    shutil.rmtree(part, ignore_errors=True)
    model.save_pretrained(str(part), safe_serialization=True, save_embedding_layers=False)
    write_card(part, context.spec, facts)
    shutil.rmtree(final, ignore_errors=True)
    part.rename(final)
    sync_folder(context.folder)


def _arguments(settings: TuneSettings, planned: Plan, folder: Path) -> Any:
    import torch
    from transformers import TrainingArguments

    schedule: dict[str, Any] = {"lr_scheduler_type": settings.schedule}
    if settings.schedule == "constant" and settings.warmup:
        schedule = {"lr_scheduler_type": "constant_with_warmup"}
    if settings.schedule == "linear" and settings.final_rate:
        last = {"lr_end": settings.final_rate, "power": 1.0}
        schedule = {"lr_scheduler_type": "polynomial", "lr_scheduler_kwargs": last}
    return TrainingArguments(
        output_dir=str(folder),
        max_steps=planned.steps,
        learning_rate=settings.learning_rate,
        per_device_train_batch_size=settings.micro_rows,
        gradient_accumulation_steps=settings.accumulation,
        warmup_steps=round(settings.warmup * planned.steps),
        weight_decay=settings.weight_decay,
        adam_beta2=settings.adam_beta2,
        bf16=uses_bf16(),
        use_cpu=not torch.cuda.is_available(),
        seed=settings.seed,
        data_seed=settings.seed,
        logging_steps=1,
        logging_nan_inf_filter=False,
        include_num_input_tokens_seen="non_padding",
        save_strategy="steps",
        save_steps=settings.save_every or settings.steps_per_epoch(planned.rows),
        save_total_limit=settings.keep_checkpoints,
        remove_unused_columns=False,
        label_names=["labels"],
        dataloader_pin_memory=torch.cuda.is_available(),
        report_to=[],
        disable_tqdm=True,
        **schedule,
    )


def _load_adapter(model: Any, checkpoint: Path) -> None:
    from peft import set_peft_model_state_dict
    from safetensors.torch import load_file

    set_peft_model_state_dict(model, load_file(str(checkpoint / "adapter_model.safetensors")))


def _changed(model: Any) -> bool:
    """Tell whether any of the LoRA matrices that start at zero has left it."""
    return any("lora_B" in name and bool(value.detach().any()) for name, value in model.named_parameters())
