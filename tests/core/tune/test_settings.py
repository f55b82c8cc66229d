"""Settings are checked where they are made, and presets carry the papers' figures."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.errors import JobError
from dataexplore.tune.optimizer import rate
from dataexplore.tune.order import rows_of_step
from dataexplore.tune.plan import Encoded
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
        ("token_budget", 0),
        ("method", "dora"),
        ("held_out", 1.5),
        ("held_out", -1),
        ("sample_prompts", "one"),
        ("sample_prompts", ["one", " "]),
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


@given(st.integers(1, 60), st.integers(1, 20), st.integers(0, 3))
def test_every_epoch_takes_each_row_once_in_an_order_of_its_own(rows: int, batch: int, seed: int) -> None:
    settings = preset("quick", "m", batch_rows=batch, epochs=2, seed=seed)
    encoded = [Encoded(number, [1], [1]) for number in range(rows)]
    steps = [rows_of_step(encoded, settings, step) for step in range(settings.steps(rows))]
    assert all(len(taken) <= batch for taken in steps)
    order = [row.row for taken in steps for row in taken]
    first, second = order[:rows], order[rows:]
    assert sorted(first) == sorted(second) == list(range(rows))
    assert rows < 20 or first != second


@pytest.mark.parametrize("schedule", ["constant", "linear", "cosine"])
def test_the_rate_rises_and_then_follows_its_schedule(schedule: str) -> None:
    final = 1e-5 if schedule == "linear" else 0.0
    changes = {"schedule": schedule, "final_rate": final, "warmup": 0.1, "learning_rate": 1e-4}
    settings = preset("quick", "m", **changes)
    rates = [rate(settings, 100, step) for step in range(100)]
    assert rates[:11] == pytest.approx([1e-5 * step for step in (*range(1, 11), 10)])
    if schedule == "constant":
        assert set(rates[9:]) == {1e-4}
    else:
        assert rates[10:] == sorted(rates[10:], reverse=True)
        assert rates[55] == pytest.approx((1e-4 + final) / 2)
        assert rates[-1] == pytest.approx(final, abs=2e-6)
