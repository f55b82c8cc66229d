"""The figures before a run are those of the arrays that are trained."""

from typing import Any

import pytest

from core.tune import tiny
from core.tune.conftest import settings
from dataexplore.errors import JobError
from dataexplore.tune.plan import plan
from dataexplore.tune.template import IGNORED


def row(number: int, question: str, answer: str) -> dict[str, Any]:
    messages = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return {"row": number, "key": str(number), "messages": messages}


ROWS = [
    row(0, "name a color", "blue"),
    row(1, "name a color", "  "),
    row(2, "sea " * 200, "calm"),
    row(3, "add one", "three " * 200),
    row(4, "add one and two", "three"),
    {"row": 5, "key": "5", "messages": [{"role": "user", "content": "hello"}]},
]


def test_truncated_and_untrainable_rows_are_counted_by_number(tmp_path: Any) -> None:
    planned = plan(ROWS, tiny.tokenizer(), settings(tmp_path, max_tokens=64))
    assert planned.untrainable == [1, 2, 5]
    assert [encoded.row for encoded in planned.encoded] == [0, 3, 4]
    assert (planned.given, planned.rows, planned.truncated, planned.longest) == (6, 3, 1, 64)
    assert planned.tokens == sum(len(encoded.input_ids) for encoded in planned.encoded)
    assert planned.supervised == sum(x != IGNORED for encoded in planned.encoded for x in encoded.labels)
    assert planned.steps == 20
    lengths = sorted(len(encoded.input_ids) for encoded in planned.encoded)
    assert (planned.p50, planned.p95) == (lengths[1], lengths[2])
    assert planned.template == "chat template"


def test_rows_without_anything_to_learn_make_an_empty_plan(tmp_path: Any) -> None:
    planned = plan(ROWS[1:2], tiny.tokenizer(), settings(tmp_path))
    assert (planned.rows, planned.steps, planned.longest, planned.untrainable) == (0, 0, 0, [1])


def test_only_the_first_rows_when_asked(tmp_path: Any) -> None:
    planned = plan(ROWS, tiny.tokenizer(), settings(tmp_path, max_rows=2, max_tokens=64))
    assert [encoded.row for encoded in planned.encoded] == [0, 3]
    assert planned.given == 6


def test_a_row_that_is_none_is_named(tmp_path: Any) -> None:
    bad = {"row": 6, "key": "6", "messages": [{"role": "narrator", "content": "x"}]}
    with pytest.raises(JobError, match="row 7"):
        plan([bad], tiny.tokenizer(), settings(tmp_path))


def test_rows_whose_order_the_template_refuses_are_left_out_unless_that_is_all(tmp_path: Any) -> None:
    words = tiny.tokenizer()
    words.chat_template = (
        "{% if messages[0]['role'] == 'assistant' %}{{ raise_exception('late') }}{% endif %}" + (tiny.CHAT)
    )
    odd = {"row": 7, "key": "7", "messages": [{"role": "assistant", "content": "hello"}]}
    planned = plan([ROWS[0], odd], words, settings(tmp_path))
    assert ([encoded.row for encoded in planned.encoded], planned.untrainable) == ([0], [7])
    with pytest.raises(JobError, match="refuses assistant messages: late"):
        plan([odd], words, settings(tmp_path))


def test_a_row_without_messages_is_left_out(tmp_path: Any) -> None:
    planned = plan([ROWS[0], {"row": 8, "key": "8", "messages": []}], tiny.tokenizer(), settings(tmp_path))
    assert planned.untrainable == [8]


def test_the_ends_of_answers_and_what_is_cut_away_are_counted(tmp_path: Any) -> None:
    whole = plan(ROWS[:1] + ROWS[3:5], tiny.tokenizer(), settings(tmp_path, max_tokens=4096))
    assert (whole.lost, whole.unended, whole.stop_supervised) == (0, 0, True)
    planned = plan(ROWS[:1] + ROWS[3:5], tiny.tokenizer(), settings(tmp_path, max_tokens=64))
    assert (planned.lost, planned.unended, planned.stop_supervised) == (whole.longest - 64, 1, True)


def test_rows_held_out_are_no_part_of_the_training_figures(tmp_path: Any) -> None:
    everything = plan(tiny.rows(), tiny.tokenizer(), settings(tmp_path))
    planned = plan(tiny.rows(), tiny.tokenizer(), settings(tmp_path, held_out=0.25))
    assert (planned.given, planned.rows, len(planned.held_out)) == (12, 9, 3)
    assert planned.steps == planned.rows // 4 * 20 + 20
    assert planned.tokens + sum(len(row.input_ids) for row in planned.held_out) == everything.tokens
    assert {row.row for row in planned.encoded}.isdisjoint(row.row for row in planned.held_out)
    again = plan(tiny.rows(), tiny.tokenizer(), settings(tmp_path, held_out=3))
    assert [row.row for row in again.held_out] == [row.row for row in planned.held_out]
    other = plan(tiny.rows(), tiny.tokenizer(), settings(tmp_path, held_out=3, seed=1))
    assert [row.row for row in other.held_out] != [row.row for row in planned.held_out]


def test_rows_that_ask_the_same_stay_on_one_side(tmp_path: Any) -> None:
    rows = [row(number, f"name {number % 3}", f"color {number}") for number in range(12)]
    planned = plan(rows, tiny.tokenizer(), settings(tmp_path, held_out=5))
    assert len(planned.held_out) == 4
    assert len({encoded.row % 3 for encoded in planned.held_out}) == 1
    assert {e.row % 3 for e in planned.held_out}.isdisjoint(e.row % 3 for e in planned.encoded)


@pytest.mark.parametrize(("wanted", "says"), [(12, "leaves none"), (0.01, "none can be held out")])
def test_holding_out_all_or_nothing_is_refused(tmp_path: Any, wanted: float, says: str) -> None:
    with pytest.raises(JobError, match=f"^held_out: .*{says}"):
        plan(tiny.rows(), tiny.tokenizer(), settings(tmp_path, held_out=wanted))
