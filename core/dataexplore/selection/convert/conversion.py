"""Rows of a dataset in another schema: looked at first, written only when they all fit."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import orjson
from numpy.typing import NDArray

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.parse import Record
from dataexplore.dataset.repeats import REPEATED
from dataexplore.dataset.schema import Schema
from dataexplore.selection.convert.calls import tools_as_text
from dataexplore.selection.convert.exact import exact_record
from dataexplore.selection.convert.example import Example
from dataexplore.selection.convert.reading import read
from dataexplore.selection.convert.report import Report, add
from dataexplore.selection.convert.target import TOOLS, Needs, Target, clashes, tool_notes, whole
from dataexplore.selection.convert.targets import target_of

Progress = Callable[[int, int], None]
_EVERY = 5000
_DEEP = "nesting too deep to be written"
_BRACKETS = 200
"""A row with fewer of them is nested less deeply than orjson can write (254 levels)."""


@dataclass(frozen=True)
class Conversion:
    """What a person asked for."""

    to: str
    roles: dict[str, str] = field(default_factory=dict)
    """Words of the file's own, by role."""
    leave_out: tuple[str, ...] = ()
    """Fields that do not come along."""
    chosen_only: bool = False
    """Whether the rejected answer of a preference pair is left out."""


class Converted:
    """The rows of a dataset as a target has them."""

    def __init__(
        self,
        dataset: Dataset,
        rows: NDArray[np.int64],
        asked: Conversion,
        progress: Progress | None = None,
    ) -> None:
        """Look at every row: `report`, `rows` and `unfit` are complete afterwards."""
        self.target: Target = target_of(asked.to)
        self.needs = Needs()
        self.report = Report(self.target.name)
        self.has_tools = False
        """Whether a fitting row has tool definitions."""
        self._dataset = dataset
        self._asked = asked
        self._twice = frozenset(dataset.problems.get(REPEATED, np.empty(0, np.int64)).tolist())
        fits = np.ones(len(rows), bool)
        for place, row in enumerate(rows.tolist()):
            if progress and place % _EVERY == 0:
                progress(place, len(rows))
            fits[place] = self._look(row)
        self.rows = rows[fits]
        """Rows that the target can hold."""
        self.unfit = rows[~fits]
        if self.target.name == "prompt-completion":
            self.report.form = "messages" if self.needs.as_messages else "texts"
            if not self.needs.as_messages:
                self.report.notes.pop(TOOLS, None)  # beside texts they stay as they are

    @property
    def schema(self) -> Schema:
        """The fields of the rows as they are written."""
        needs = self.needs
        tools = "tools" if self.has_tools else ""
        if self.target.name == "alpaca":
            system, history = "system" if needs.system else "", "history" if needs.history else ""
            return Schema("alpaca", "instruction", "input", "output", system, history=history, tools=tools)
        if self.target.name == "prompt-completion":
            return Schema("prompt-completion", "prompt", "", "completion", tools=tools)
        return Schema(self.target.name, turns=self.target.fields[0], tools=tools)

    def reasons(self, row: int) -> list[str]:
        """Return why the target cannot hold a row."""
        return [_DEEP] if self._is_deep(row) else self._reasons(row, self._read(row))

    def record(self, row: int, *, table: bool = False) -> Record:
        """Return a fitting row as the target has it; in a table, tool definitions are text."""
        example = self._read(row, numbers=table)
        if self._stays(example):
            record = exact_record(self._dataset.raw(row), numbers=table)
            if table and example.tools is not None:
                record[example.tools_field] = example.tools_text or tools_as_text(example.tools)
            return record
        return whole(self.target, example, self.needs, tools_as_json=table)

    def records(self, rows: NDArray[np.int64]) -> Iterator[tuple[int, Record]]:
        """Yield rows as a table takes them."""
        return ((row, self.record(row, table=True)) for row in rows.tolist())

    def lines(self, rows: NDArray[np.int64]) -> Iterator[bytes]:
        """Yield rows as JSON; one that has the target's form already keeps its bytes."""
        for row in rows.tolist():
            example = self._read(row)
            if self._stays(example):
                yield self._dataset.raw(row)
            else:
                yield orjson.dumps(whole(self.target, example, self.needs))

    def _look(self, row: int) -> bool:
        """Count a row in the report; return whether it fits."""
        if self._is_deep(row):
            return self._leave(row, [_DEEP])
        example = self._read(row)
        if reasons := self._reasons(row, example):
            return self._leave(row, reasons)
        self.report.fit += 1
        self.target.need(example, self.needs)
        self.has_tools |= example.tools is not None
        stays = example.own.startswith(self.target.name) and self._stays(example)
        self.report.as_they_are += stays
        if not stays:
            notes = (*example.notes, *self.target.notes(example), *tool_notes(self.target, example))
            for words in dict.fromkeys(notes):
                add(self.report.notes, words, row)
        return True

    def _leave(self, row: int, reasons: list[str]) -> bool:
        self.report.unfit += 1
        for words in reasons:
            add(self.report.reasons, words, row)
        return False

    def _is_deep(self, row: int) -> bool:
        """Tell whether a row cannot be written: orjson reads deeper nesting than it writes."""
        raw = self._dataset.raw(row)
        if raw.count(b"[") + raw.count(b"{") < _BRACKETS:
            return False
        try:
            orjson.dumps([[[[orjson.loads(raw)]]]])  # a target adds levels of its own
        except orjson.JSONEncodeError:
            return True
        return False

    def _reasons(self, row: int, example: Example) -> list[str]:
        if self.target.one_form and self._stays(example):
            return []
        known = example.said and all(one.role for one in example.said)
        own = self.target.unfit(example) if known else ()
        reasons = [*example.unfit, *own, *clashes(self.target, example)]
        if row in self._twice and not self._stays(example):
            reasons.append("a field that is named twice")
        return list(dict.fromkeys(reasons))

    def _stays(self, example: Example) -> bool:
        return not self._asked.leave_out and self.target.is_own(example.own, self.needs)

    def _read(self, row: int, *, numbers: bool = False) -> Example:
        asked = self._asked
        record = exact_record(self._dataset.raw(row), numbers=numbers)
        for name in asked.leave_out:
            record.pop(name, None)
        return read(record, self._dataset.schema_of(row), asked.roles, chosen_only=asked.chosen_only)
