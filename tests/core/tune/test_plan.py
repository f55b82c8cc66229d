"""The figures before a run are those of the arrays that are trained."""

from typing import Any

import pytest

from core.tune import tiny
from core.tune.conftest import settings
from dataexplore.errors import JobError
from dataexplore.tune.batches import padder
from dataexplore.tune.checkpoints import is_complete, mark_complete, newest_complete
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


def test_padding_is_neither_read_nor_learned(tmp_path: Any) -> None:
    planned = plan([ROWS[0], ROWS[4]], tiny.tokenizer(), settings(tmp_path))
    batch = padder(0)(planned.encoded)
    for place, encoded in enumerate(planned.encoded):
        width = len(encoded.input_ids)
        assert batch["input_ids"][place, :width].tolist() == encoded.input_ids
        assert batch["attention_mask"][place].sum() == width
        assert (batch["labels"][place, width:] == IGNORED).all()


def test_the_newest_whole_checkpoint_counts_and_torn_ones_go(tmp_path: Any) -> None:
    for step in (9, 10, 20):
        (tmp_path / f"checkpoint-{step}").mkdir()
        (tmp_path / f"checkpoint-{step}" / "adapter_model.safetensors").write_bytes(b"x" * step)
        mark_complete(tmp_path / f"checkpoint-{step}")
    (tmp_path / "checkpoint-30").mkdir()
    (tmp_path / "checkpoint-20" / "adapter_model.safetensors").write_bytes(b"torn")
    (tmp_path / "other").mkdir()
    found = newest_complete(tmp_path)
    assert found == tmp_path / "checkpoint-10"
    assert found is not None
    assert is_complete(found)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint-10", "checkpoint-9", "other"]
    assert newest_complete(tmp_path / "nowhere") is None
