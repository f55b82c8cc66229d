"""Settings are checked where they are made, and presets carry the papers' figures."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.errors import JobError
from dataexplore.tune.presets import PRESETS, preset
from dataexplore.tune.settings import TuneSettings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 0),
        ("epochs", 1.5),
        ("learning_rate", 0.0),
        ("learning_rate", float("nan")),
        ("learning_rate", "1e-4"),
        ("micro_rows", 3),
        ("max_tokens", 1),
        ("lora_dropout", 1.0),
        ("schedule", "zigzag"),
        ("seed", -1),
        ("max_steps", 0),
        ("base", " "),
        ("epochs", True),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(JobError, match=f"^{name}: "):
        preset("quick", "m", **{name: value}) if name != "base" else TuneSettings(value)


def test_an_unknown_field_or_preset_is_refused() -> None:
    with pytest.raises(JobError, match="learning_speed"):
        preset("quick", "m", learning_speed=1)
    with pytest.raises(JobError, match="lima"):
        preset("slow", "m")


@pytest.mark.parametrize("name", list(PRESETS))
def test_every_preset_comes_back_from_json(name: str) -> None:
    settings = preset(name, "m")
    assert settings.preset == name
    assert TuneSettings.from_json(settings.to_json()) == settings


def test_the_papers_figures() -> None:
    lima, alpagasus = preset("lima", "m"), preset("alpagasus", "m")
    assert (lima.epochs, lima.learning_rate, lima.batch_rows, lima.max_tokens) == (15, 1e-5, 32, 2048)
    figures = (alpagasus.epochs, alpagasus.learning_rate, alpagasus.batch_rows, alpagasus.max_tokens)
    assert figures == (3, 2e-5, 128, 512)
    assert lima.steps(1000) == 15 * 32
    assert alpagasus.steps(9229) == 3 * 73


@given(st.integers(1, 500), st.integers(1, 64), st.integers(1, 9))
def test_steps_are_those_of_a_trainer_that_counts_micro_batches(rows: int, micro: int, times: int) -> None:
    settings = preset("quick", "m", batch_rows=micro * times, micro_rows=micro, epochs=2)
    batches = -(-rows // micro)
    assert settings.steps(rows) == 2 * -(-batches // times)


def test_a_smaller_batch_takes_a_micro_batch_that_fits() -> None:
    assert preset("quick", "m", batch_rows=6).micro_rows == 3
