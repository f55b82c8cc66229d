"""Settings with a source: the figures of the papers, and two of our own."""

from collections.abc import Callable
from typing import Any

from dataexplore.errors import JobError
from dataexplore.text import short
from dataexplore.tune.settings import TuneSettings


def lima(base: str) -> TuneSettings:
    """LIMA (Zhou et al. 2023, arXiv:2305.11206): 15 epochs, 1e-5 to 1e-6, 32 rows a step, 2,048 tokens.

    Every epoch's checkpoint is kept, for a person to choose by reading samples of epochs 5 to 10: the paper
    found that validation loss does not follow quality. Its rates are for all weights; a LoRA usually wants
    about ten times as much.
    """
    return TuneSettings(
        base,
        preset="lima",
        epochs=15,
        learning_rate=1e-5,
        final_rate=1e-6,
        schedule="linear",
        warmup=0.0,
        weight_decay=0.1,
        adam_beta2=0.95,
        batch_rows=32,
        max_tokens=2048,
        keep_checkpoints=None,
    )


def alpagasus(base: str) -> TuneSettings:
    """AlpaGasus (Chen et al. 2023, arXiv:2307.08701), as Alpaca: 3 epochs, 2e-5, 128 rows, 512 tokens.

    For a 13B base the paper takes 5 epochs and 1e-5. Its rates are for all weights.
    """
    return TuneSettings(
        base,
        preset="alpagasus",
        epochs=3,
        learning_rate=2e-5,
        schedule="cosine",
        warmup=0.03,
        batch_rows=128,
        max_tokens=512,
    )


def quick(base: str) -> TuneSettings:
    """A LoRA that learns: 3 epochs at 2e-4, the rate of QLoRA (Dettmers et al. 2023, arXiv:2305.14314)."""
    return TuneSettings(base)


def smoke(base: str) -> TuneSettings:
    """Does it learn at all: 20 steps on the first 8 rows, which must be learned by heart or the run fails."""
    return TuneSettings(
        base,
        preset="smoke",
        max_steps=20,
        max_rows=8,
        batch_rows=8,
        learning_rate=1e-3,
        schedule="constant",
        warmup=0.0,
        max_tokens=512,
        save_every=20,
    )


PRESETS: dict[str, Callable[[str], TuneSettings]] = {
    "quick": quick,
    "lima": lima,
    "alpagasus": alpagasus,
    "smoke": smoke,
}


def preset(name: str, base: str, **overrides: Any) -> TuneSettings:
    """Return a preset's settings with some fields replaced; raise JobError for an unknown name or field."""
    if name not in PRESETS:
        raise JobError(f"{short(name)}: there is no such preset; there are {', '.join(PRESETS)}")
    return PRESETS[name](base).with_changes(**overrides)
