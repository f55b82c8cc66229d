"""One row, whole: its text, its other fields, what is known about it and who decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import orjson
from rich.text import Text

from dataexplore.dataset.keys import key_text
from dataexplore.dataset.parse import Record
from dataexplore.dataset.schema import Schema, turns
from dataexplore.journal.journal import Entry
from dataexplore.session.state import State
from dataexplore_tui.panes.rows import letter, score_text
from dataexplore_tui.widgets.ink import ACCENT, DIM, FOUND, TITLE, WARN, line, shown, shown_lines
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.strips import wrapped

if TYPE_CHECKING:  # these bring Polars, which the first screen does not wait for
    from dataexplore.dataset.dataset import Dataset
    from dataexplore.signals.signal import Signal

_LONGEST = 20_000
"""Characters of one field that are laid out; the rest is said to be there."""


class RecordPane(Lines):
    """Shows a row; scrolls by `[` and `]` from the list."""

    MORE = "]"

    def __init__(self) -> None:
        super().__init__(id="record")
        self._found = ""

    def show_row(
        self,
        dataset: Dataset,
        state: State,
        row: int,
        signals: Sequence[Signal],
        entry: Entry | None,
        found: str = "",
    ) -> None:
        """Show one row with everything that is known about it."""
        self._found = found
        title = line((f"row {row + 1:,}", TITLE), (f" · {key_text(int(dataset.keys[row]))[:8]}  ", DIM))
        title = line(title, self._decided(state, row, entry))
        record = dataset.record(row)
        fields = self._fields(record, dataset.schema, {signal.name for signal in signals})

        def lay_out(width: int, height: int) -> list[Text]:
            known = self._known(dataset, row, signals, width)
            return [Text(), title, *known, Text(), *self._texts(record, dataset.schema, width), *fields]

        self.flow(lay_out)

    def show_record(self, record: Record, schema: Schema, row: int) -> None:
        """Show a row of which only the text is known yet."""
        title = line((f"row {row + 1:,}", TITLE))
        self.flow(lambda width, height: [Text(), title, Text(), *self._texts(record, schema, width)])

    def _texts(self, record: Record, schema: Schema, width: int) -> list[Text]:
        lines: list[Text] = []
        if schema.turns:
            for turn in turns(record, schema):
                lines += self._block(turn.role, turn.text, width)
            return lines
        for name in schema.text_fields:
            value = record.get(name)
            if name not in record:
                lines.append(line(shown(name, ACCENT), ("  missing", WARN)))
            elif value is None or value == "":
                if name == schema.response or value is None:
                    lines.append(line(shown(name, ACCENT), ("  null" if value is None else "  empty", WARN)))
            else:
                lines += self._block(name, value if isinstance(value, str) else _json(value), width)
        return lines

    def _block(self, name: str, text: str, width: int) -> list[Text]:
        count = f"  {len(text):,} characters" if len(text) > 400 else ""
        lines = [line(shown(name, ACCENT), (count, DIM))]
        for part in shown_lines(text[:_LONGEST]):
            if self._found:
                part.highlight_words([self._found], FOUND, case_sensitive=False)
            lines += [line("  ", piece) for piece in wrapped(part, max(8, width - 2))]
        if len(text) > _LONGEST:
            lines.append(line((f"  … {len(text) - _LONGEST:,} more characters", WARN)))
        lines.append(Text(end=""))
        return lines

    def _known(self, dataset: Dataset, row: int, signals: Sequence[Signal], width: int) -> list[Text]:
        """Two signals a line: always in the same place, so that few characters change from row to row."""
        abreast = 2 if width >= 46 else 1
        room = max(12, width // abreast - 9)
        cells = []
        for signal in signals:
            score = score_text(float(signal.scores[row]))
            name = shown(f"{signal.name[:room]:<{room}}", DIM)
            cells.append(line(name, f"{score:>7}  " if score else ("      –  ", WARN)))
        lines = [line(*cells[place : place + abreast]) for place in range(0, len(cells), abreast)]
        flags = [name for name, rows in dataset.problems.items() if row in rows]
        if flags:
            lines.append(line(("! ", WARN), shown(", ".join(flags), WARN)))
        return lines

    def _fields(self, record: Record, schema: Schema, known: set[str]) -> list[Text]:
        rest = {
            name: value
            for name, value in record.items()
            if name not in schema.text_fields and name not in known
        }
        lines = []
        for name, value in list(rest.items())[:30]:
            text = value if isinstance(value, str) else _json(value)
            lines.append(line(shown(f"{name:<24.24} ", DIM), shown(text[:200])))
        if len(rest) > 30:
            lines.append(line((f"… {len(rest) - 30:,} more fields", DIM)))
        return [*lines, Text(end="")] if lines else []

    def _decided(self, state: State, row: int, entry: Entry | None) -> Text:
        decision = state.decision(row)
        words = line(letter(decision), " ", decision.word)
        if entry is not None and decision:
            from dataexplore.selection.reasons import reason_of  # brings Polars

            words = line(words, (": ", DIM), shown(reason_of(entry, decision), DIM))
        return words


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
