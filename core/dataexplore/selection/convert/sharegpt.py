"""ShareGPT as LLaMA-Factory reads it: {"conversations": [{"from", "value"}, ...], "tools": text}."""

from collections.abc import Iterable

from dataexplore.dataset.parse import Record
from dataexplore.dataset.roles import ASSISTANT, SYSTEM, TOOL, USER
from dataexplore.selection.convert.calls import as_text, read_text
from dataexplore.selection.convert.example import Example, Said
from dataexplore.selection.convert.target import Needs, Usual
from dataexplore.selection.convert.turns import SPELLING

_WORDS = {USER: "human", ASSISTANT: "gpt", SYSTEM: "system", TOOL: "observation"}
_TAKEN = frozenset({"from", "value", "role", "content"})


class ShareGpt(Usual):
    """Holds every turn; a call is a turn of its own whose text is JSON."""

    name = "sharegpt"
    fields = ("conversations",)
    tools = "text"

    def unfit(self, example: Example) -> Iterable[str]:
        """Yield calls beside text, and turns with fields of their own that have a turn's names."""
        for one in example.said:
            if one.calls and one.text:
                yield "text beside a tool call in one turn"
            for name in one.more.keys() & _TAKEN:
                yield f"a turn's own field {name!r} has the name of one of the target's"

    def notes(self, example: Example) -> Iterable[str]:
        """Yield calls whose text would be another one when they are read again."""
        if any(one.calls and read_text(as_text(one.calls)) != one.calls for one in example.said):
            yield SPELLING

    def write(self, example: Example, needs: Needs) -> Record:
        """Return the conversation."""
        return {"conversations": [_turn(one) for one in example.said]}


def _turn(one: Said) -> Record:
    turn: Record = {"from": _WORDS[one.role], "value": one.text}
    if one.calls:
        turn = {"from": "function_call", "value": as_text(one.calls)}
    if one.name:
        turn["name"] = one.name
    if one.call_id:
        turn["tool_call_id"] = one.call_id
    return turn | one.more
