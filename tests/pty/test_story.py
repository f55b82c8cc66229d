"""The whole story on the sample with real keys: look, score, prune, decide, export, tune, hang up, return."""

import json
import re
from pathlib import Path

from dataexplore.jobs.status import FINISHED

from . import files
from .conftest import Open
from .terminal import Terminal

ROWS = 405


def counts(screen: Terminal) -> tuple[int, int, int]:
    """Return keep, drop and undecided as the header says, once they are every row."""
    found: list[tuple[int, int, int]] = []

    def complete() -> bool:
        line = screen.screen_text().partition("\n")[0].replace(",", "")
        match = re.search(r"(?:keep|K) (\d+) +(?:drop|D) (\d+) +(?:undecided|·) (\d+)", line)
        if match:
            keep, drop, undecided = map(int, match.groups())
            found.append((keep, drop, undecided))
        return bool(match) and sum(found[-1]) == ROWS

    screen.until(complete, f"the header does not count {ROWS} rows")
    return found[-1]


def header_is(screen: Terminal, keep: int, drop: int, undecided: int) -> None:
    """Wait until the header, wide or narrow, shows these counts."""
    wanted = (keep, drop, undecided)
    screen.until(lambda: counts(screen) == wanted, f"the header does not say {wanted}")


def look_filter_and_search(screen: Terminal) -> None:
    header_is(screen, 0, 0, ROWS)
    screen.shows("I drive 432 km", "6.25 litres per 100 km.")
    screen.press("f")
    screen.type("strict_judge >= 4")
    screen.shows("strict_judge >= 4 · 276 of 405", "276 rows in view")
    screen.press("F")
    screen.shows("all rows · 405 of 405")
    screen.press("/")
    screen.type("floorboard")
    screen.shows("match 1 of 3 for floorboard")
    screen.press("n")
    screen.shows("match 2 of 3 for floorboard")
    screen.press("g")


def make_a_rule_of_the_scores(screen: Terminal) -> None:
    screen.press("2")
    screen.shows("strict_judge · 400 scored, 5 not", "at strict_judge >= 5")
    screen.press("left")
    screen.shows("at strict_judge >= 4.5", "158 rows", "242 rows", "95 rows share 4.5", "keep 158")
    screen.press("left")
    screen.shows("118 rows share 4")
    screen.press("right")
    screen.shows("at strict_judge >= 4.5")
    header_is(screen, 0, 0, ROWS)
    screen.press("enter")
    screen.shows("rule: strict_judge >= 4.5")
    header_is(screen, 158, 242, 5)


def prune_duplicates(screen: Terminal) -> None:
    before = counts(screen)
    screen.press("3")
    screen.shows("20 duplicates in 17 groups at >= 0.90", "How long should I boil an egg")
    screen.press(*["left"] * 10)
    screen.shows("25 duplicates in 20 groups at >= 0.80")
    screen.press(*["right"] * 10)
    screen.shows("20 duplicates in 17 groups at >= 0.90")
    screen.press("E")
    screen.shows("rule: ")
    screen.until(lambda: counts(screen)[1] > before[1], "no duplicate was dropped")


def drop_a_cluster(screen: Terminal) -> None:
    before = counts(screen)
    screen.press("4")
    screen.shows("clusters · k-means", " 0 ")
    screen.press("j", "X")
    screen.shows("rule: drop cluster 1")
    screen.until(lambda: counts(screen)[1] > before[1], "the cluster was not dropped")


def decide_rows(screen: Terminal) -> None:
    """Row 1 kept, row 2 dropped, rows 3 to 5 dropped together, row 6 kept."""
    screen.press("1")
    screen.shows("all rows · 405 of 405")
    screen.press("g", "a", "x", "space", "space", "space")
    screen.shows("3 marked")
    screen.press("x")
    screen.shows("drop: 3 marked rows")
    screen.press("a")
    for row, letter in enumerate("KDDDDK", 1):
        screen.until(lambda row=row, letter=letter: _line(screen, row, letter), f"row {row} is not {letter}")


def _line(screen: Terminal, row: int, letter: str) -> bool:
    return bool(re.search(rf"^[│ ]? ?{letter}[ !] +{row} ", screen.screen_text(), re.MULTILINE))


def undo_and_redo_everything(screen: Terminal, acts: int) -> None:
    after = counts(screen)
    screen.press(*["u"] * acts)
    header_is(screen, 0, 0, ROWS)
    screen.press("u")
    screen.shows("nothing to undo")
    screen.press(*["ctrl+r"] * acts)
    header_is(screen, *after)
    screen.press("ctrl+r")
    screen.shows("nothing to redo")


def leave(screen: Terminal) -> None:
    screen.press("q")
    assert screen.leaves() == 0


def export(screen: Terminal, data: Path) -> None:
    keep, drop, undecided = counts(screen)
    screen.press("5")
    screen.shows("how 405 became", "strict_judge >= 4.5", "drop cluster 1")
    screen.press("w")
    screen.shows("export rows not dropped to")
    screen.press("enter")
    screen.shows(f"{keep + undecided} rows in starter.subset.jsonl", f"{drop} in dropped.jsonl")
    screen.press("W")
    screen.shows("export kept rows to")
    screen.press("enter")
    screen.shows(f"{keep} rows in starter.kept.jsonl")

    source = data.read_bytes().splitlines(keepends=True)
    decided = files.records(data.with_name("dropped.jsonl"))
    dropped = {one["row"] for one in decided}
    rest = [line for row, line in enumerate(source) if row not in dropped]
    assert data.with_name("starter.subset.jsonl").read_bytes() == b"".join(rest)
    kept = data.with_name("starter.kept.jsonl").read_bytes().splitlines(keepends=True)
    assert kept == [line for line in rest if line in set(kept)]
    assert (len(kept), len(dropped), len(rest) - len(kept)) == (keep, drop, undecided)
    assert keep + drop + undecided == len(source)
    assert all(one["record"] == json.loads(source[one["row"]]) and one["reason"] for one in decided)
    by_hand = {one["row"] for one in decided if one["by"] == "hand"}
    assert by_hand == {1, 2, 3, 4}
    assert b"strict_judge" in data.with_name("recipe.toml").read_bytes()


def launch(screen: Terminal, model: Path, epochs: int) -> None:
    screen.press("6")
    screen.shows("no run yet" if "runs · 0" in screen.screen_text() else "runs · ")
    screen.press("T")
    screen.shows("base model", "enter counts rows and tokens")
    screen.type("/nowhere/at/all")
    screen.shows("/nowhere/at/all", "no such")
    screen.press("ctrl+u")
    screen.write(str(model))
    screen.press("down", "down")
    screen.write(str(epochs))
    screen.press("down")
    screen.write("0.01")
    screen.press("down")
    screen.write("96")
    screen.press("enter")
    screen.shows("tokens, ", "steps on cpu", "rows are cut", "enter launches")
    screen.press("enter")
    screen.shows("it goes on when you leave")


def test_from_opening_to_an_adapter_across_a_dropped_line(
    open_terminal: Open, starter: Path, model: Path
) -> None:
    untouched = starter.read_bytes()
    screen = open_terminal(starter)
    look_filter_and_search(screen)
    make_a_rule_of_the_scores(screen)
    prune_duplicates(screen)
    drop_a_cluster(screen)
    decide_rows(screen)
    undo_and_redo_everything(screen, acts=7)
    decided = counts(screen)
    leave(screen)

    screen = open_terminal(starter)
    header_is(screen, *decided)
    export(screen, starter)
    launch(screen, model, epochs=12)
    screen.shows("running", "loss ", "tok/s", within=90)
    screen.hang_up()
    job = files.only_job(starter)
    assert job.status().alive, job.log_tail()
    reached = job.status().done

    screen = open_terminal(starter)
    header_is(screen, *decided)
    screen.press("6")
    screen.shows(job.id)
    files.wait(lambda: job.status().done > reached, "the run stood still after the line was dropped")
    screen.shows("finished", "adapter", within=90)
    leave(screen)

    assert job.status().state == FINISHED
    losses = [line["loss"] for line in job.metrics()[0] if "loss" in line]
    assert losses[-1] < losses[0]
    assert _learned(model, job.folder / "adapter")
    assert starter.read_bytes() == untouched


def _learned(model: Path, adapter: Path) -> bool:
    """Whether the adapter loads on its base and is not the zero that it started as."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    tuned = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(model), adapter)
    return any(bool(weight.any()) for name, weight in tuned.named_parameters() if "lora_B" in name)


def test_the_main_parts_on_a_small_screen(open_terminal: Open, starter: Path, model: Path) -> None:
    small = (80, 24)
    screen = open_terminal(starter, size=small)
    header_is(screen, 0, 0, ROWS)
    screen.shows("→ 27 / 432")
    screen.press("enter")
    screen.shows("consumption per 100 km?", "instruction", "output", "travel")
    screen.press("esc")
    screen.shows("all rows · 405 of 405")
    screen.press("f")
    screen.type("strict_judge >= 4")
    screen.shows("strict_judge >= 4 · 276 of 405")
    screen.press("F")
    make_a_rule_of_the_scores(screen)
    screen.press("3")
    screen.shows("20 duplicates in 17 groups at >= 0.90")
    screen.press("tab")
    screen.shows("group 1 · 3 rows", "best score", "[-to get][+for] a soft yolk?")
    screen.press("esc")
    screen.shows("duplicates in 17 groups")
    screen.press("E")
    screen.shows("rule: ")
    screen.press("4")
    screen.shows("14 clusters · k-means")
    screen.press("tab")
    screen.shows("cluster 0 ·", "nearest")
    screen.press("j")
    screen.shows("cluster 1 ·")
    screen.press("k", "tab")
    drop_a_cluster(screen)
    decide_rows(screen)
    undo_and_redo_everything(screen, acts=7)
    export(screen, starter)
    launch(screen, model, epochs=3)
    screen.press("tab")
    screen.shows("finished", "loss ", "adapter", within=90)
    decided = counts(screen)
    leave(screen)
    screen = open_terminal(starter, size=small)
    header_is(screen, *decided)
    leave(screen)


def test_keys_that_arrive_in_one_piece_are_taken_one_by_one(open_terminal: Open, starter: Path) -> None:
    """A line that stutters delivers `/`, the text and Enter at once: none of its letters may decide a row."""
    screen = open_terminal(starter)
    header_is(screen, 0, 0, ROWS)
    screen.write("/axXA.\r")
    screen.shows("nothing in view contains axXA.")
    screen.press("esc")
    screen.lacks("search axXA.")
    screen.write("fstrict_judge >= 4\r/soup\rn2\r")
    screen.shows("rule: strict_judge >= 5")
    header_is(screen, 63, 337, 5)
    leave(screen)
