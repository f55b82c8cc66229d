"""OpenAI messages: {"messages": [{"role", "content"}, ...]}, the form that chat templates take."""

from collections.abc import Iterable

from dataexplore.dataset.parse import Record
from dataexplore.selection.convert.calls import as_openai
from dataexplore.selection.convert.example import Example, Said
from dataexplore.selection.convert.target import Needs, Usual

_TAKEN = frozenset({"role", "content", "name", "tool_calls", "tool_call_id"})


class Messages(Usual):
    """Holds every turn: system, tool calls with their ids, tool answers."""

    name = "messages"
    fields = ("messages",)
    tools = "list"

    def unfit(self, example: Example) -> Iterable[str]:
        """Yield turns with fields of their own that have a message's names."""
        return taken_names(example.said)

    def write(self, example: Example, needs: Needs) -> Record:
        """Return the messages."""
        return {"messages": [as_message(one) for one in example.said]}


def as_message(one: Said) -> Record:
    """Return a turn as a message."""
    message: Record = {"role": one.role, "content": one.text}
    if one.name:
        message["name"] = one.name
    if one.calls:
        message["tool_calls"] = [as_openai(call) for call in one.calls]
    if one.call_id:
        message["tool_call_id"] = one.call_id
    return message | one.more


def taken_names(turns: Iterable[Said]) -> Iterable[str]:
    """Yield the turns' own fields that have a message's names."""
    for one in turns:
        for name in one.more.keys() & _TAKEN:
            if one.more[name] or name in ("role", "content"):
                yield f"a turn's own field {name!r} has the name of one of the target's"
