"""Mode 2: judges against each other, against the length, and together."""

import gzip
import json
from pathlib import Path
from random import Random

import pytest

from tui.driver import Driver, opened, write_rows

_REAL = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture
def judged(tmp_path: Path) -> Path:
    """Sixty rows and five judges; the last two give the same scores."""
    draw = Random(7)
    rows = []
    for number in range(60):
        true = draw.randint(0, 5)
        scores = {f"judge_{one}": min(5, max(0, true + draw.randint(-1, 1))) for one in "abc"}
        rows.append(
            {
                "instruction": f"Question {number}",
                "output": "word " * (1 + 3 * true + draw.randint(0, 3)),
                **scores,
                "judge_d": true,
                "judge_e": true,
            }
        )
    return write_rows(tmp_path / "judged.jsonl", rows)


async def test_many_judges_are_a_heat_map_and_a_pair_opens_in_full(judged: Path) -> None:
    async with opened(judged) as screen:
        await screen.press("2")
        await screen.shows("agreement of 5 judges · exact, %", "█100", "judge_a and")
        await screen.press("m", "m")
        await screen.shows("agreement of 5 judges · Spearman", "1.00")
        await screen.press("c")
        await screen.shows("10 pairs of 5 judges · by Spearman", "judge_d · judge_e", "60 rows have both")
        await screen.shows("judge_d ↑  judge_e →", "100.0 %", "= rows to which both gave the same score")
        await screen.press("j", "enter")
        await screen.shows("ranks_apart > 0", "ranks_apart ↓")
        await screen.press("escape")
        await screen.shows("10 pairs")
        await screen.press("escape")
        await screen.shows("at judge_a >= ")


async def test_disagreements_are_opened_the_largest_first(judged: Path) -> None:
    async with opened(judged) as screen:
        await screen.press("2")
        await screen.shows("agreement of 5 judges")
        await screen.press("d")
        await screen.shows("disagreement > 0", "disagreement ↓")
        rows = screen.session.state.view.rows
        differences = screen.session.scores("disagreement")[rows]
        assert (differences[:-1] >= differences[1:]).all()


async def test_some_judges_become_one_signal_that_stays(judged: Path) -> None:
    async with opened(judged) as screen:
        await screen.press("2")
        await screen.shows("agreement of 5 judges")
        await screen.press("C")
        await screen.shows("one signal of several judges", "✓ judge_a", "mean rank")
        await screen.press("space", "space", "space", "m")
        await screen.shows("mean: the mean score", "of judge_d, judge_e")
        await screen.press("enter")
        await screen.shows("mean_judge_d_judge_e is kept", "mean_judge_d_judge_e · 60 scored, 0 not")
        assert (
            screen.session.scores("mean_judge_d_judge_e").tolist()
            == screen.session.scores("judge_d").tolist()
        )
    async with opened(judged) as screen:
        signal = screen.session.columns.signals["mean_judge_d_judge_e"]
        assert signal.note == "consensus: mean of judge_d, judge_e"
        await screen.press("2")
        await screen.shows("agreement of 5 judges")  # what is made of judges is none itself


async def test_one_judge_alone_is_said_to_be_no_agreement(tiny: Path) -> None:
    async with opened(tiny) as screen:
        await screen.press("2")
        await screen.shows("One judge is no agreement", "judge against length (Spearman 1.000)")
        await screen.press("c")
        await screen.shows("there is only one judge to compare")
        await screen.press("d")
        await screen.shows("one judge disagrees with nobody")


async def test_the_score_is_shown_in_each_cluster(starter: Path) -> None:
    async with opened(starter) as screen:
        await screen.press("2", "y")
        await screen.shows("strict_judge in 14 clusters", "mean", "y against length")
        await screen.press("tab")
        await screen.shows("lenient_judge in 14 clusters")
        await screen.press("y")
        await screen.shows("lenient_judge against length")


async def test_a_signal_that_comes_in_another_mode_is_compared_too(judged: Path) -> None:
    async with opened(judged) as screen:
        await screen.press("2")
        await screen.shows("agreement of 5 judges")
        ratings = judged.with_name("more.csv")
        ratings.write_text("row,judge_f\n" + "".join(f"{row},{row % 6}\n" for row in range(60)))
        screen.session.import_scores(ratings)
        await screen.press("1", "2")
        await screen.shows("agreement of 6 judges")


async def test_the_real_ratings_say_what_is_known_of_them(tmp_path: Path) -> None:
    if not (_REAL / "alpaca_ratings.jsonl.gz").is_file():
        pytest.skip("the real data is not beside the repository")
    path = _rated(tmp_path / "rated.jsonl")
    async with opened(path, size=(120, 48)) as screen:
        await screen.press("2")
        await screen.shows("gpt4omini_overall against length (Spearman .520)")
        await screen.ask("t", "5")
        await screen.shows("16 of 28 empty response", "15,973 rows share 5: choose a second key")
        await screen.press("c")
        await _shows_pair(screen, "gpt4omini · llama31_8b", "24.1 %", ".212")
        await _shows_pair(screen, "gpt4omini · mistral_7b", "22.2 %", ".209")
        await _shows_pair(screen, "llama31_8b · mistral_7b", "33.2 %", ".188")


async def _shows_pair(screen: Driver, pair: str, *figures: str) -> None:
    await screen.shows(pair)
    said = next(text for text in screen.text().splitlines() if pair in text)
    assert all(figure in said for figure in figures), said


def _rated(path: Path) -> Path:
    """Join the real ratings to the rows that they are of."""
    with (
        gzip.open(_REAL / "alpaca.jsonl.gz", "rt") as rows,
        gzip.open(_REAL / "alpaca_ratings.jsonl.gz", "rt") as ratings,
    ):
        judged = {rating.pop("row"): rating for rating in map(json.loads, ratings)}
        write_rows(path, (json.loads(row) | judged.get(at, {}) for at, row in enumerate(rows)))
    return path
