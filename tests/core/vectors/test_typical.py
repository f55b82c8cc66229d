"""What a threshold means is measured on the rows: it is another one for every encoder."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.vectors.real_data import prompts
from dataexplore.errors import EncoderError
from dataexplore.vectors import typical as module
from dataexplore.vectors.encoder import find_encoder
from dataexplore.vectors.typical import typical


def unit(
    rows: int, dimensions: int = 32, offset: float = 0.0
) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    vectors = np.random.default_rng(0).normal(size=(rows, dimensions)) + offset
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_nearest_neighbours_are_those_of_all_rows_and_never_the_row_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_BLOCK", 64)
    vectors = unit(300)
    products = vectors @ vectors.T
    np.fill_diagonal(products, -1)
    assert typical(vectors, "e").nearest == pytest.approx(np.sort(products.max(axis=1)), abs=1e-6)


def test_shares_are_counted_from_the_threshold_on() -> None:
    vectors = np.concatenate([np.eye(90, dtype=np.float32), np.eye(90, dtype=np.float32)[:10]])
    found = typical(vectors, "e")
    assert found.share(1.0) == found.share(0.5) == pytest.approx(0.2)
    assert found.share(0.0) == 1
    assert found.at_share(0.1) == pytest.approx(1)
    assert 0 < found.by_chance(1.0) < 0.01
    assert found.sentence(0.9).startswith(
        "0.90 = top 20 % of the rows' nearest-neighbour similarities with the encoder e; 0."
    )


def test_an_encoder_that_finds_everything_alike_gets_a_higher_threshold() -> None:
    apart, together = typical(unit(500), "apart"), typical(unit(500, offset=2.0), "together")
    assert apart.threshold == pytest.approx(0.87, abs=0.02)
    assert together.threshold > 0.95
    assert together.share(0.8) > apart.share(0.8)


def test_rows_without_a_vector_are_left_out_and_two_rows_are_needed() -> None:
    vectors = unit(5)
    vectors[1:] = 0
    found = typical(vectors, "e")
    assert (len(found.nearest), found.threshold, found.share(0.5)) == (0, 0.9, 0)
    assert found.sentence(0.9) == "0.90: there are no two rows with a vector to compare"


def test_nan_is_one_sentence() -> None:
    with pytest.raises(EncoderError, match="NaN"):
        typical(np.full((4, 3), np.nan, np.float32), "e")


def test_the_usual_threshold_of_the_shipped_encoder_is_that_of_the_docs(real: Callable[[str], Path]) -> None:
    found = typical(find_encoder("static").encode(prompts(real("alpaca.jsonl"), 20_000)), "static")
    assert found.threshold == pytest.approx(0.9, abs=0.01)
    assert 0.01 < found.share(0.9) < 0.06
    assert found.by_chance(0.9) < 0.001
