"""Prices come from a person's file, and a dry run says what will be sent."""

from pathlib import Path

import pytest

from dataexplore.errors import JudgeError
from dataexplore.judge.endpoint.estimate import estimate
from dataexplore.judge.endpoint.prices import Price, find_price
from dataexplore.judge.prompt import messages
from dataexplore.judge.rubric import load_rubric

LIST = """
currency = "EUR"
[prices."gpt-4o-mini"]
input = 0.15
output = 0.6
[prices."org/model"]
input = 1
output = 2
batch = 0.25
currency = "USD"
"""


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    path = tmp_path / "prices.toml"
    path.write_text(LIST)
    return path


def test_a_price_is_per_million_tokens_in_the_lists_currency(prices: Path) -> None:
    price = find_price("gpt-4o-mini", prices)
    assert price == Price(0.15, 0.6, "EUR", 0.5)
    assert price is not None
    assert price.of(1_000_000, 100_000) == pytest.approx(0.21)
    assert price.of(1_000_000, 100_000, batch=True) == pytest.approx(0.105)
    assert find_price("org/model", prices) == Price(1.0, 2.0, "USD", 0.25)
    assert Price.from_json(price.to_json()) == price


def test_no_price_is_invented(prices: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_price("another", prices) is None
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert find_price("gpt-4o-mini") is None
    (tmp_path / "dataexplore").mkdir()
    prices.rename(tmp_path / "dataexplore/prices.toml")
    assert find_price("gpt-4o-mini") is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[prices.m]\ninput = 1", "output is missing"),
        ("[prices.m]\ninput = -1\noutput = 1", "input is -1"),
        ("[prices.m]\ninput = nan\noutput = 1", "input is nan"),
        ("[prices.m]\ninput = true\noutput = 1", "input is missing or no number"),
        ("[prices.m]\ninput = 1\noutput = 1\nper = 5", "per is no part of a price"),
        ("[prices]\nm = 3", "is no table"),
        ("prices = 3", "are tables"),
        ("prices", "cannot be read as TOML"),
    ],
)
def test_a_list_that_makes_no_sense_is_refused_by_name(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "prices.toml"
    path.write_text(text)
    with pytest.raises(JudgeError, match=said):
        find_price("m", path)
    with pytest.raises(JudgeError, match="cannot be read"):
        find_price("m", tmp_path / "none.toml")


def test_a_dry_run_counts_what_would_be_sent() -> None:
    rubric = load_rubric("accuracy")
    texts = [(("user", "What is up?" * number), ("assistant", "The sky.")) for number in range(1, 20)]
    found = estimate(rubric, texts, 120, Price(1.0, 2.0, "EUR"))
    exact = sum(
        len(part["content"]) for said in texts for part in messages(rubric, said, bytes(32), bytes(16))
    )
    assert found.texts == found.requests == 19
    assert found.prompt_tokens == pytest.approx(exact / 4 + 8 * 19, rel=0.02)
    assert (found.completion_tokens, found.most_tokens) == (19 * 50, found.prompt_tokens + 19 * 120)
    assert found.cost == pytest.approx((found.prompt_tokens + 2 * 950) / 1e6)
    assert found.most_cost == pytest.approx((found.prompt_tokens + 2 * 19 * 120) / 1e6)
    half = estimate(rubric, texts, 120, Price(1.0, 2.0, "EUR"), batch=True)
    assert half.cost == pytest.approx((found.cost or 0) / 2)
    assert estimate(rubric, texts, 120).cost is None
