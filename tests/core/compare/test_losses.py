"""Held-out loss of two models, with figures that are known."""

import pytest

from core.compare.lifelike import prompts
from dataexplore.compare.answers import Loss
from dataexplore.compare.losses import losses

MEASURED = [one for one in prompts() if one.reference]


def test_both_are_measured_on_the_same_references() -> None:
    first = {one.reference_key: Loss(10.0, 5) for one in MEASURED}
    second = {one.reference_key: Loss(15.0, 5) for one in MEASURED[:-2]}
    second[MEASURED[-2].reference_key] = Loss(None, 0)
    found = losses(prompts(), first, second)
    assert found is not None
    assert (found.references, found.first, found.second) == (len(MEASURED) - 2, 2.0, 3.0)
    assert (found.lower, found.difference, found.interval) == (found.references, -1.0, (-1.0, -1.0))
    assert found.comparable


def test_the_loss_is_that_of_a_token_and_the_interval_that_of_references() -> None:
    some = MEASURED[:2]
    first = dict(zip((one.reference_key for one in some), (Loss(2.0, 1), Loss(9.0, 9)), strict=True))
    second = {one.reference_key: Loss(1.0, 1) for one in some}
    found = losses(some, first, second)
    assert found is not None
    assert found.first == pytest.approx(1.1)
    assert found.difference == pytest.approx(0.5)
    assert found.interval == (0.0, 1.0)
    assert not found.comparable


def test_without_references_there_is_nothing_to_tell() -> None:
    assert losses(prompts(["only one"]), {}, {}) is None
