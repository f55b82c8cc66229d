"""The known answers on the real Alpaca with its real ratings."""

import gzip
import json
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def alpaca(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alpaca")
    for name in ("alpaca.jsonl", "alpaca_ratings.jsonl"):
        (folder / name).write_bytes(gzip.decompress((shared / "data" / f"{name}.gz").read_bytes()))
    return folder / "alpaca.jsonl"


@pytest.fixture
def rated(run, alpaca: Path) -> Path:
    if not (alpaca.parent / ".dataexplore").exists():
        found = run("scores", alpaca, "--import", alpaca.parent / "alpaca_ratings.jsonl", "--json").found
        assert (found["matched"], found["unmatched"]) == (52_002, 0)
    return alpaca


def test_empty_outputs_and_inputs_are_counted(run, alpaca):
    ran = run("check", alpaca, "--json")
    assert ran.code == 1
    assert ran.found["rows"] == 52_002
    assert ran.found["problems"]["empty response"] == 28
    assert ran.found["empty"] == {"instruction": 0, "input": 31_323, "output": 28}


@pytest.mark.parametrize(
    ("signal", "at", "kept", "unscored"),
    [("gpt4omini_overall", 7, 9_131, 27), ("llama31_8b", 4, 6_621, 0), ("mistral_7b", 4, 6_800, 0)],
)
def test_thresholds_keep_the_known_numbers_of_rows(run, rated, signal, at, kept, unscored):
    found = run("scores", rated, "--signal", signal, "--at", at, "--json").found
    assert (found["kept"], found["unscored"]) == (kept, unscored)
    assert found["scored"] + found["unscored"] == 52_002
    if signal == "gpt4omini_overall":
        counts = (10, 184, 1_557, 6_496, 15_973, 18_624, 8_017, 1_092, 22)
        assert found["values"] == {str(value): count for value, count in enumerate(counts, 1)}


def test_judges_agree_as_far_as_is_known(run, rated):
    found = run("scores", rated, "--agreement", "--json").found["agreement"]
    pairs = {frozenset((one["first"], one["second"])): one for one in found}
    known = {
        ("gpt4omini", "llama31_8b"): (0.241, 0.212),
        ("gpt4omini", "mistral_7b"): (0.222, 0.209),
        ("llama31_8b", "mistral_7b"): (0.332, 0.188),
    }
    for pair, expected in known.items():
        one = pairs[frozenset(pair)]
        assert (one["rows"], round(one["exact"], 3), round(one["kappa"], 3)) == (52_002, *expected)
    by_length = {"gpt4omini_overall": 0.52, "gpt4omini_informativeness": 0.586, "llama31_8b": 0.38}
    for name, spearman in by_length.items():
        assert round(pairs[frozenset((name, "response_chars"))]["spearman"], 3) == spearman


def test_three_judges_agree_on_the_known_number_of_rows(run, rated, tmp_path):
    where = "gpt4omini >= 3 and llama31_8b >= 3 and mistral_7b >= 3"
    asked = ("--where", where, "-o", tmp_path / "agreed.jsonl", "--no-decide", "--json")
    assert run("select", rated, *asked).found["rows"] == 5_353


def test_what_is_exported_is_the_source_byte_for_byte(run, rated, tmp_path):
    recipe = tmp_path / "r.toml"
    recipe.write_text('[[step]]\nkind = "threshold"\nsignal = "gpt4omini_overall"\nat = 7\n')
    chosen = run("select", rated, "--recipe", recipe, "-o", tmp_path / "chosen.jsonl", "--json").found
    assert (chosen["rows"], chosen["undecided"]) == (9_131 + 27, 27)
    out = tmp_path / "out" / "alpaca.jsonl"
    found = run("export", rated, "-o", out, "--json").found
    counts = [found[name] for name in ("kept", "dropped", "undecided", "unreadable")]
    assert counts == [9_131, 42_844, 27, 0]
    source = rated.read_bytes().splitlines(keepends=True)
    assert sum(counts) == len(source)
    dropped = {
        json.loads(line)["row"] for line in (tmp_path / "out" / "dropped.jsonl").read_bytes().splitlines()
    }
    assert len(dropped) == 42_844
    assert out.read_bytes() == b"".join(line for row, line in enumerate(source) if row not in dropped)


def test_duplicates_are_found_in_all_of_it(run, rated):
    found = run("duplicates", rated, "--top", 0, "--json").found
    assert found["exact"]
    assert found["rows_left"] == 52_002 - found["duplicates"]
    assert found["groups"] == pytest.approx(
        823, abs=3
    )  # measured; sums differ in the last bit between machines
    assert found["duplicates"] == pytest.approx(1_756, abs=5)
