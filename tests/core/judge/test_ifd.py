"""IFD by hand, and a value or a reason for every row."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.judge import little
from core.tune import tiny
from dataexplore.judge.asked import Asked, Said, hash_of
from dataexplore.judge.model.ifd import BEYOND, NO_ANSWER, NO_PROMPT, NOT_FINITE, ONE_TOKEN, Difficulty
from dataexplore.judge.model.lengths import Lengths
from dataexplore.judge.model.likelihood import Likelihood
from dataexplore.judge.model.measure import Prepared
from dataexplore.judge.replies import SCORED, UNPARSED, Reply


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return little.save(tmp_path_factory.mktemp("model"))


def asked(*said: tuple[str, str]) -> Asked:
    return Asked(hash_of(said), said)


def answered(folder: Path, row: Asked, window: int = 2048) -> Reply:
    plain = little.Plain(folder)
    measure = Difficulty(plain.tokenizer, window)
    prepared = measure.prepare(row)
    if isinstance(prepared, Reply):
        return prepared
    found = Likelihood(str(folder)).log_probabilities(prepared.wanted)
    return measure.read(prepared, [one for one in found if one is not None])


def by_hand(folder: Path, prompt: str, answer: str, beginning: str = "") -> list[float]:
    plain = little.Plain(folder)

    def encoded(text: str) -> list[int]:
        return list(plain.tokenizer(text, add_special_tokens=False)["input_ids"])

    ids = encoded(answer)
    given = plain.loss(encoded(prompt) + ids, len(encoded(prompt)) + 1)
    alone = plain.loss(encoded(beginning) + ids, len(encoded(beginning)) + 1)
    return [math.exp(given) / math.exp(alone), math.exp(alone), math.exp(given)]


PROMPT = "<|im_start|>user\nname a color<|im_end|>\n<|im_start|>assistant\n"


def test_it_is_the_ratio_of_perplexities_of_the_same_tokens(folder: Path) -> None:
    reply = answered(folder, asked(("user", "name a color"), ("assistant", "red blue green")))
    assert reply.state == SCORED
    assert reply.scores == pytest.approx(by_hand(folder, PROMPT, "red blue green"), rel=1e-4)


def test_the_last_answer_counts_given_all_before_it(folder: Path) -> None:
    first = "<|im_start|>user\nadd<|im_end|>\n<|im_start|>assistant\ntwo one<|im_end|>\n"
    talk = (
        ("user", "add"),
        ("assistant", "two one"),
        ("user", "name a color"),
        ("assistant", "red blue"),
        ("user", "bye"),
    )
    reply = answered(folder, asked(*talk))
    assert reply.scores == pytest.approx(by_hand(folder, first + PROMPT, "red blue"), rel=1e-4)


def test_without_a_chat_template_the_plain_headers_serve(tmp_path: Path) -> None:
    folder = little.save(tmp_path, chat=False)
    reply = answered(folder, asked(("user", "name a color"), ("assistant", "red blue")))
    expected = by_hand(folder, "### Instruction:\nname a color\n\n### Response:\n", "red blue")
    assert reply.scores == pytest.approx(expected, rel=1e-4)


def test_the_answer_alone_stands_behind_what_the_tokenizer_begins_texts_with(tmp_path: Path) -> None:
    folder = little.save(tmp_path)
    tiny.tokenizer(bos=True).save_pretrained(folder)
    reply = answered(folder, asked(("user", "name a color"), ("assistant", "red blue")))
    assert reply.scores == pytest.approx(by_hand(folder, PROMPT, "red blue", "<s>"), rel=1e-4)


def test_of_a_long_answer_counts_what_the_window_holds(folder: Path) -> None:
    talk = asked(("user", "name a color"), ("assistant", "red blue green " * 40))
    plain = little.Plain(folder)
    prompt = list(plain.tokenizer(PROMPT)["input_ids"])
    answer = list(plain.tokenizer("red blue green " * 40)["input_ids"])
    cut = plain.tokenizer.decode(answer[: 60 - len(prompt)])
    expected = by_hand(folder, PROMPT, cut)
    assert answered(folder, talk, window=60).scores == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ((("user", "add"),), NO_ANSWER),
        ((("user", "add"), ("assistant", " \n")), NO_ANSWER),
        ((("assistant", "two one"),), NO_PROMPT),
        ((("user", "add"), ("assistant", "1")), ONE_TOKEN),
        ((("user", "add " * 80), ("assistant", "two one")), BEYOND),
        ((("narrator", "once"), ("assistant", "two one")), "a turn of an unknown role"),
    ],
)
def test_a_row_without_a_value_says_why(folder: Path, said: Said, reason: str) -> None:
    reply = answered(folder, asked(*said), window=64)
    assert (reply.state, reply.reason, reply.scores) == (UNPARSED, reason, ())


def test_what_is_no_finite_number_is_no_value(folder: Path) -> None:
    measure = Difficulty(little.Plain(folder).tokenizer, 64)
    for worst in (math.nan, -math.inf, -1e5):
        reply = measure.read(Prepared(b"", ()), [np.array([-1.0]), np.array([-1.0, worst])])
        assert (reply.state, reply.reason) == (UNPARSED, NOT_FINITE)


WORDS: Any = st.text() | st.sampled_from(["<|im_end|>", "</s> red", "a", "", "\ud800", "red " * 50])
TALK: Any = st.lists(st.tuples(st.sampled_from(["system", "user", "assistant", "tool"]), WORDS), max_size=5)


@given(TALK)
def test_every_conversation_can_be_read_or_not_and_says_why(said: list[tuple[str, str]]) -> None:
    chat = tiny.tokenizer()
    row = asked(*said)
    for tokenizer in (chat, tiny.tokenizer(chat=False)):
        prepared = Difficulty(tokenizer, 64).prepare(row)
        if isinstance(prepared, Reply):
            assert prepared.state == UNPARSED
            assert prepared.reason
            continue
        given_, alone = prepared.wanted
        assert given_.tokens.tolist() == alone.tokens.tolist()
        assert len(given_.ids) <= 64
        for one in prepared.wanted:
            assert [one.ids[place + 1] for place in one.places] == one.tokens.tolist()
        last = next(text for role, text in reversed(said) if role == "assistant")
        text = tokenizer.decode(alone.ids).encode("utf-8", "replace")
        cut = len(given_.ids) == 64
        whole = last.encode("utf-8", "replace")
        assert whole == text or (cut and whole.startswith(text.rstrip("\ufffd".encode())))


def test_lengths_are_those_of_the_rendered_conversation() -> None:
    words = tiny.tokenizer()
    talk = (("user", "name a color"), ("assistant", "red blue"), ("user", "two"), ("assistant", ""))
    reply = Lengths(words).prepare(asked(*talk))
    assert isinstance(reply, Reply)
    whole = words.apply_chat_template(
        [{"role": role, "content": text} for role, text in talk], tokenize=False
    )
    answer = len(words("red blue", add_special_tokens=False)["input_ids"])
    total = len(words(whole, add_special_tokens=False)["input_ids"])
    assert reply.scores == (total - answer - 2, answer, total)


@given(TALK)
def test_the_whole_is_prompt_and_response_and_the_ends_of_answers(said: list[tuple[str, str]]) -> None:
    reply = Lengths(tiny.tokenizer()).prepare(asked(*said))
    assert isinstance(reply, Reply)
    if not said:
        assert reply.state == UNPARSED
        return
    prompt, response, whole = reply.scores
    assert whole == prompt + response + sum(role == "assistant" for role, _ in said)
    assert response >= 0
