"""Answers that decline are told by how they begin; those that only speak of refusing are not."""

import polars as pl
import pytest

from dataexplore.report.refusals import declines, speaks_as_machine


@pytest.mark.parametrize(
    "answer",
    [
        "I'm sorry, but I can't help with that.",
        "I’m sorry, but as an AI language model, I cannot browse the web.",
        "I apologize, but I am unable to open links.",
        "Sorry, I can't play the song Despacito on the keyboard.",
        "Unfortunately, I cannot provide medical advice.",
        "I cannot fulfill your request.",
        '  \n"I can\'t assist with that."',
        "As an AI, I don't have personal feelings.",
        "This type of instruction cannot be fulfilled by a GPT model.",
        "Sorry, the task involves a visual output which the model cannot generate.",
        "I'm sorry, but as an AI, I don't have the capability to order a pizza.",
        "No output as GPT models cannot create visual or audio output.",
        "<nooutput>",
        "Output: <no output> (a picture)",
        "很抱歉，我无法访问您所提及的文章。",
        "作为一个人工智能助手，我无法亲自购物。",
        "Es tut mir leid, dabei kann ich dir nicht helfen.",
        "Je suis désolé, mais je ne peux pas répondre.",
        "Lo siento, pero no puedo ayudarte con eso.",
        "Извините, но я не могу ответить на этот вопрос.",
        "申し訳ありませんが、そのご質問にはお答えできません。",
        "죄송하지만 그 질문에는 답변할 수 없습니다.",
    ],
)
def test_it_declines(answer: str) -> None:
    assert declines(pl.Series([answer])).to_list() == [True]


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "I'm sorry to hear that you are not feeling well. Try to rest.",
        "I apologize for being late to the meeting.",
        "I can't believe it's already Friday!",
        "I cannot resist a good ice cream.",
        "Dear Sir,\n\nI am writing to say that I am unable to attend. I cannot help it.",
        "The patient cannot provide a sample.",
        "No, the above statement cannot be considered a valid syllogism.",
        "Sorry is a word of regret.",
        "Paris is the capital of France.",
        "人工智能可以帮助医生。",
        "x" * 300 + " I'm sorry, but I can't help with that.",
    ],
)
def test_it_does_not(answer: str) -> None:
    assert declines(pl.Series([answer])).to_list() == [False]


def test_speaking_as_a_machine_is_told_apart_from_declining() -> None:
    answers = pl.Series(
        [
            "As an AI assistant, I suggest three strategies.",
            "I was trained by OpenAI, and this is what I know.",
            "作为一名人工智能助手，我会这样做。",
            "You are as dimwitted as an AI-generated insult.",
            "GPT-3 is a language model developed by OpenAI.",
            "I am an aide to the mayor.",
        ]
    )
    assert speaks_as_machine(answers).to_list() == [True, True, True, False, False, False]
    assert not declines(answers[1:]).any()


def test_nothing_said_is_nothing_found() -> None:
    assert declines(pl.Series([None, ""], dtype=pl.String)).to_list() == [False, False]
