"""What a person sees of a row is what is trained: the same tokens, and of them the learned ones marked."""

from core.tune import tiny
from dataexplore.tune.mask import TOKENS, masks
from dataexplore.tune.model import load_tokenizer
from dataexplore.tune.plan import plan
from dataexplore.tune.presets import preset
from dataexplore.tune.template import IGNORED


def shown(model, rows):
    tokenizer = load_tokenizer(str(model))
    planned = plan(rows, tokenizer, preset("quick", str(model)))
    return planned.encoded, masks(planned.encoded, tokenizer)


def test_the_answers_are_marked_and_nothing_else(model):
    rows = tiny.rows()
    encoded, found = shown(model, rows)
    assert [row for row, _ in found] == [
        encoded[place].row for place in (0, len(encoded) // 2, len(encoded) - 1)
    ]
    for number, tokens in found:
        row = next(one for one in encoded if one.row == number)
        assert sum(taught for _, taught in tokens) == sum(label != IGNORED for label in row.labels[1:])
        learned = "".join(text for text, taught in tokens if taught)
        said = next(one for one in rows if one["row"] == number)["messages"]
        assert said[-1]["content"].strip().replace(" ", "") in learned.replace(" ", "")
        assert said[0]["content"].replace(" ", "") not in learned.replace(" ", "")


def test_long_rows_are_shown_in_part(model):
    answer = "word " * 4000
    messages = [{"role": "user", "content": "long"}, {"role": "assistant", "content": answer}]
    _, ((_, tokens),) = shown(model, [{"row": 0, "key": "0" * 16, "messages": messages}])
    assert len(tokens) <= TOKENS


def test_without_rows_there_is_nothing_to_show(model):
    assert masks([], load_tokenizer(str(model))) == []
