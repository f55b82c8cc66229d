"""What is read and what is learned, and that text from data never becomes a control token."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tune import tiny
from dataexplore.errors import JobError
from dataexplore.tune.template import IGNORED, Template

SPECIAL = ["<pad>", "<s>", "</s>", "<|im_start|>", "<|im_end|>"]


def talk(*texts: str, system: str | None = None) -> list[dict[str, str]]:
    said = [{"role": ("user", "assistant")[n % 2], "content": text} for n, text in enumerate(texts)]
    return ([{"role": "system", "content": system}] if system is not None else []) + said


def learned(words: Any, ids: list[int], labels: list[int]) -> str:
    assert len(ids) == len(labels)
    assert all(label in (IGNORED, token) for token, label in zip(ids, labels, strict=True))
    return str(words.decode([token for token, label in zip(ids, labels, strict=True) if label != IGNORED]))


@pytest.fixture(scope="module")
def chat() -> Any:
    return tiny.tokenizer(chat=True)


@pytest.fixture(scope="module")
def plain() -> Any:
    return tiny.tokenizer(chat=False, bos=True)


def test_a_chat_template_is_followed_and_only_the_answer_is_learned(chat: Any) -> None:
    messages = talk("hello sea", "calm tonight", system="be calm")
    ids, labels = Template(chat).render(messages)
    assert chat.decode(ids) == chat.apply_chat_template(messages, tokenize=False)
    assert learned(chat, ids, labels) == "calm tonight<|im_end|>"


def test_ids_are_those_the_tokenizer_gives_the_whole_text(chat: Any) -> None:
    messages = talk("name a color", "blue", "and one", "red")
    ids, _ = Template(chat).render(messages)
    assert (
        ids == chat(chat.apply_chat_template(messages, tokenize=False), add_special_tokens=False)["input_ids"]
    )


def test_every_turn_is_learned(chat: Any) -> None:
    ids, labels = Template(chat).render(talk("one", "two", "three", "red"))
    assert learned(chat, ids, labels) == "two<|im_end|>red<|im_end|>"


def test_without_a_chat_template_plain_headers(plain: Any) -> None:
    ids, labels = Template(plain).render(talk("name a color", "blue"))
    assert plain.decode(ids) == "<s>### Instruction:\nname a color\n\n### Response:\nblue</s>"
    assert learned(plain, ids, labels) == "blue</s>"


def test_plain_turns_and_system(plain: Any) -> None:
    ids, labels = Template(plain).render(talk("one", "two", "three", "red", system="be calm"))
    assert plain.decode(ids).startswith(
        "<s>be calm\n\n### Instruction:\none\n\n### Response:\ntwo</s>\n\n### Ins"
    )
    assert learned(plain, ids, labels) == "two</s>red</s>"


@pytest.mark.parametrize("kind", ["chat", "plain"])
@pytest.mark.parametrize("token", SPECIAL)
def test_a_special_token_in_data_stays_text(kind: str, token: str, request: pytest.FixtureRequest) -> None:
    words = request.getfixturevalue(kind)
    clean, _ = Template(words).render(talk("one", "two", system="three"))
    hostile = talk(f"one{token}", f"{token}two {token}", system=f"{token}{token}three")
    ids, labels = Template(words).render(hostile)
    controls = {words.convert_tokens_to_ids(name) for name in SPECIAL}
    assert sum(i in controls for i in ids) == sum(i in controls for i in clean)
    assert words.decode(ids).count(token) >= 5  # and none of the text is lost
    assert learned(words, ids, labels).startswith(f"{token}two {token}")


@given(
    st.lists(
        st.sampled_from([*SPECIAL, "<", "|", "im_end", ">", "a", " ", "\n", "é", "\t0qj7zx\t"]), max_size=8
    )
)
def test_no_text_makes_a_control_token_or_is_lost(chat: Any, parts: list[str]) -> None:
    text = "".join(parts)
    clean, _ = Template(chat).render(talk("one", "two"))
    ids, labels = Template(chat).render(talk(text, text or "two"))
    controls = {chat.convert_tokens_to_ids(name) for name in SPECIAL}
    assert [i for i in ids if i in controls] == [i for i in clean if i in controls]
    assert learned(chat, ids, labels) == (text or "two") + "<|im_end|>"


def test_a_template_that_trims_gets_trimmed_text() -> None:
    words = tiny.tokenizer()
    words.chat_template = tiny.CHAT.replace("m['content']", "(m['content'] | trim)")
    messages = talk("  one \n", "\n two ")
    ids, _ = Template(words).render(messages)
    assert words.decode(ids) == words.apply_chat_template(messages, tokenize=False)


def test_a_template_without_an_end_token_gets_one() -> None:
    words = tiny.tokenizer()
    words.chat_template = "{% for m in messages %}{{ m['role'] + ': ' + m['content'] + '\n' }}{% endfor %}"
    ids, labels = Template(words).render(talk("one", "two"))
    assert learned(words, ids, labels) == "two</s>"


def test_a_tokenizer_that_prefixes_words_is_not_given_extra_spaces() -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(set("▁abcdefghijklmnopqrstuvwxyz#:\nIR0123456789"))
    vocabulary = {"<unk>": 0, "</s>": 1, **{char: place for place, char in enumerate(alphabet, 2)}}
    backend = Tokenizer(models.BPE(vocabulary, [], unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    words = PreTrainedTokenizerFast(tokenizer_object=backend, eos_token="</s>", unk_token="<unk>")
    ids, labels = Template(words).render(talk("abc", "de"))
    answer = [token for token, label in zip(ids, labels, strict=True) if label != IGNORED]
    assert words.convert_ids_to_tokens(answer) == ["d", "e", "</s>"]


TOOLS = [
    {"role": "user", "content": "one"},
    {"role": "assistant", "content": "<tool_call>\n{}\n</tool_call>"},
    {"role": "tool", "content": "three"},
    {"role": "assistant", "content": "red"},
]


def test_what_a_tool_answers_is_read_and_the_call_is_learned(chat: Any, plain: Any) -> None:
    ids, labels = Template(chat).render(TOOLS)
    assert chat.decode(ids) == chat.apply_chat_template(TOOLS, tokenize=False)
    assert learned(chat, ids, labels) == "<tool_call>\n{}\n</tool_call><|im_end|>red<|im_end|>"
    ids, labels = Template(plain).render(TOOLS)
    assert "</s>\n\n### Tool:\nthree\n\n### Response:\nred</s>" in plain.decode(ids)


@pytest.mark.parametrize(
    "known",
    [
        "{% if m['role'] == 'tool' %}{{ raise_exception('no tools') }}{% endif %}",
        "{% if m['role'] == 'tool' %}{{ m['content'] | tojson }}{% else %}",
    ],
)
def test_a_template_that_knows_no_tools_gets_their_answers_from_the_user(known: str) -> None:
    words = tiny.tokenizer()
    inner = tiny.CHAT.removeprefix("{% for m in messages %}").removesuffix("{% endfor %}")
    end = "{% endif %}" if known.endswith("{% else %}") else ""
    words.chat_template = "{% for m in messages %}" + known + inner + end + "{% endfor %}"
    ids, labels = Template(words).render(TOOLS)
    answer = "<|im_start|>user\n<tool_response>\nthree\n</tool_response><|im_end|>"
    assert answer in words.decode(ids)
    assert learned(words, ids, labels) == "<tool_call>\n{}\n</tool_call><|im_end|>red<|im_end|>"


def test_a_refusing_template_is_named() -> None:
    words = tiny.tokenizer()
    words.chat_template = "{{ raise_exception('System role not supported') }}"
    with pytest.raises(JobError, match="System role not supported"):
        Template(words).render(talk("one", "two"))


def test_a_tokenizer_without_an_end_is_named() -> None:
    with pytest.raises(JobError, match="no end token"):
        Template(tiny.tokenizer(chat=False, eos=False)).render(talk("one", "two"))
