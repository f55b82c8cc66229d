"""Reads a row of any known schema into turns and the fields beside them."""

from collections.abc import Mapping

from dataexplore.dataset.roles import ASSISTANT, SYSTEM, USER
from dataexplore.dataset.schema import Schema
from dataexplore.selection.convert.calls import read_tools
from dataexplore.selection.convert.example import Example, Said
from dataexplore.selection.convert.roles import Roles
from dataexplore.selection.convert.turns import Findings, read_turns, text_of

_JOINED = "instruction and input joined by a line end"
_REJECTED = "the rejected answer of a pair"


def read(
    record: Mapping[str, object], schema: Schema, roles: Roles | None = None, *, chosen_only: bool = False
) -> Example:
    """Return what a row holds; `chosen_only` leaves out the rejected answer of a pair, and notes it."""
    reader = _Reader(record, schema, roles or {})
    said = reader.said()
    if schema.rejected:
        reader.taken.add(schema.rejected)
        if chosen_only:
            reader.found.notes[_REJECTED + " is left out"] = None
        else:
            reader.found.unfit[_REJECTED + " (--chosen-only leaves it out)"] = None
    if schema.label:
        reader.found.notes["its label, which tells good answers from bad ones, becomes a field beside"] = None
    if not said and not reader.found.unfit:
        reader.found.unfit["no turns"] = None
    return Example(
        tuple(said),
        {name: value for name, value in record.items() if name not in reader.taken},
        schema.tools,
        read_tools(record.get(schema.tools)) if schema.tools else None,
        reader.own,
        tuple(reader.found.unfit),
        tuple(reader.found.notes),
    )


class _Reader:
    """Takes a row's fields one by one and remembers which were taken."""

    def __init__(self, record: Mapping[str, object], schema: Schema, roles: Roles) -> None:
        self.record, self.schema, self.roles = record, schema, roles
        self.found = Findings()
        self.taken: set[str] = set()

    def said(self) -> list[Said]:
        """Return all turns, those of a chosen answer included."""
        schema = self.schema
        if schema.kind in ("unknown", "text"):
            text = schema.kind == "text"
            self.found.unfit["plain text, which has no turns" if text else "no known prompt and response"] = (
                None
            )
            return []
        answer = self._answer()
        if schema.rejected and any(one.role == USER for one in answer):
            return answer if any(one.role == SYSTEM for one in answer) else [*self._system(), *answer]
        return [*self._context(), *answer]

    def _context(self) -> list[Said]:
        schema = self.schema
        said = self._system()
        if schema.turns:
            said += read_turns(self._take(schema.turns), self.roles, self.found)
        if schema.history:
            said += self._past(self._take(schema.history))
        if not (schema.prompt or schema.input):
            return said
        asked = self._take(schema.prompt)
        if isinstance(asked, list):
            said += read_turns(asked, self.roles, self.found)
            asked = ""
        parts = [text_of(asked, "a prompt", self.found)]
        parts.append(text_of(self._take(schema.input), "an input", self.found))
        if all(parts):
            self.found.notes[_JOINED] = None
        text = "\n".join(part for part in parts if part)
        return [*said, Said(USER, text)] if text else said

    def _answer(self) -> list[Said]:
        if not self.schema.response:
            return []
        value = self._take(self.schema.response)
        if isinstance(value, dict) or (isinstance(value, list) and not _parts(value)):
            return read_turns(value, self.roles, self.found, ASSISTANT)
        if value is None:
            self.found.notes["a missing response becomes an empty one"] = None
        return [Said(ASSISTANT, text_of(value, "a response", self.found))]

    def _system(self) -> list[Said]:
        text = text_of(self._take(self.schema.system), "a system text", self.found)
        return [Said(SYSTEM, text)] if text else []

    def _past(self, pairs: object) -> list[Said]:
        """Return earlier turns: LLaMA-Factory's Alpaca has them in pairs."""
        said: list[Said] = []
        for pair in pairs if isinstance(pairs, list) else []:
            if isinstance(pair, dict):
                said += read_turns(pair, self.roles, self.found)
            elif isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, str) for one in pair):
                said += [Said(USER, str(pair[0])), Said(ASSISTANT, str(pair[1]))]
            else:
                self.found.unfit["a history that is not pairs of texts"] = None
        if pairs is not None and not isinstance(pairs, list):
            self.found.unfit["a history that is not pairs of texts"] = None
        return said

    def _take(self, name: str) -> object:
        self.taken.add(name)
        return self.record.get(name) if name else None

    @property
    def own(self) -> str:
        """The target whose form the row has already, "" for none."""
        schema, found = self.schema, self.found
        if schema.rejected or found.words & self.roles.keys():
            return ""
        if schema.turns:
            form = found.form
            names = {"messages": "messages", "sharegpt": "conversations"}
            return form if names.get(form) == schema.turns and not schema.response else ""
        sides = schema.prompt, schema.response
        if sides == ("instruction", "output") and schema.input in ("", "input"):
            return "alpaca"
        values = [self.record.get(side) for side in sides]
        if sides != ("prompt", "completion") or schema.input or schema.history or schema.system:
            return ""
        if all(isinstance(value, str) for value in values):
            return "prompt-completion"
        lists = all(isinstance(value, list) for value in values)
        return "prompt-completion of messages" if lists and found.form == "messages" else ""


def _parts(value: list[object]) -> bool:
    return bool(value) and all(isinstance(one, dict) and "type" in one and "role" not in one for one in value)
