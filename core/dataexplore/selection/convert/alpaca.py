"""Alpaca as LLaMA-Factory reads it: instruction, input, output, and `system` and `history` where needed."""

from collections.abc import Iterable

from dataexplore.dataset.parse import Record
from dataexplore.dataset.roles import ASSISTANT, USER
from dataexplore.selection.convert.example import Example
from dataexplore.selection.convert.target import Needs, Usual, beside_text


class Alpaca(Usual):
    """Holds questions and answers in turn, in texts."""

    name = "alpaca"
    fields = ("instruction", "input", "output", "system", "history")
    tools = ""

    def unfit(self, example: Example) -> Iterable[str]:
        """Yield what is no text, and turns that are not question and answer in turn."""
        beside = list(beside_text(example.said))
        yield from beside
        roles = [one.role for one in example.words]
        if not roles or roles[-1] != ASSISTANT:
            yield "a last turn that is no answer"
        elif not beside and roles != [ASSISTANT] and roles != [USER, ASSISTANT] * (len(roles) // 2):
            yield "turns that are not question and answer in turn"

    def notes(self, example: Example) -> Iterable[str]:
        """Yield where the system turn and earlier turns go, and empty turns."""
        if example.system:
            yield "the system turn goes into `system`" if example.system.text else "an empty turn is left out"
        if len(example.words) > 2:
            yield "earlier turns go into `history`"
        if len(example.words) > 1 and not example.words[-2].text:
            yield "an empty turn is left out"

    def need(self, example: Example, needs: Needs) -> None:
        """Give all rows a system text and a history where one has it: loaders want the same fields."""
        needs.system |= example.system is not None
        needs.history |= len(example.words) > 2

    def write(self, example: Example, needs: Needs) -> Record:
        """Return the fields: the last question and answer, and what came before."""
        *before, answer = example.words
        question = before.pop().text if before else ""
        record: Record = {"instruction": question, "input": "", "output": answer.text}
        if needs.system:
            record["system"] = example.system.text if example.system else ""
        if needs.history:
            texts = [one.text for one in before]
            record["history"] = [list(pair) for pair in zip(texts[::2], texts[1::2], strict=True)]
        return record
