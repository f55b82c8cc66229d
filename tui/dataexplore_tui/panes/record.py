"""One row, whole: its text, its other fields, what is known about it and who decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from dataexplore.dataset.fitting import own_schema
from dataexplore.dataset.parse import Record
from dataexplore.dataset.schema import Schema
from dataexplore.dataset.turns import value_text
from dataexplore.journal.journal import Entry
from dataexplore.session.state import State
from dataexplore_tui.panes.reading import reading
from dataexplore_tui.panes.rows import EDITED, letter, score_text
from dataexplore_tui.widgets.ink import DIM, TITLE, WARN, line, shown, squeezed
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.strips import wrapped

if TYPE_CHECKING:  # these bring Polars, which the first screen does not wait for
    from dataexplore.dataset.dataset import Dataset
    from dataexplore.signals.signal import Signal

CHECK = "check_"
"""What the signals of rule checks begin with: they are flags, and told where they are raised."""
_SAID = 600
"""Characters of what a judge said that are shown."""


class RecordPane(Lines):
    """Shows a row; scrolls by `[` and `]` from the list."""

    MORE = "]"

    def __init__(self) -> None:
        super().__init__(id="record")

    def show_row(
        self,
        dataset: Dataset,
        state: State,
        row: int,
        signals: Sequence[Signal],
        entry: Entry | None,
        found: str = "",
        edit: Entry | None = None,
        original: bool = False,
        said: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Show one row with everything that is known about it; `original` is as the file has it.

        `said` is what judges said of it, by the names of their signals.
        """
        title = line((f"row {row + 1:,}", TITLE), (f" · {dataset.key(row)[:8]:<8}  ", DIM))
        title = line(title, self._decided(state, row, entry))
        if edit is not None and original and dataset.base is not None:
            dataset = dataset.base
        record, schema = dataset.record(row), dataset.schema_of(row)
        fields = self._fields(record, schema, {signal.name for signal in signals})

        def lay_out(width: int, height: int) -> list[Text]:
            known = self._known(dataset, row, signals, width)
            return [
                Text(),
                title,
                *_edited(edit, original),
                *known,
                *_said(said, width),
                Text(),
                *reading(record, schema, width, found),
                *fields,
            ]

        self.flow(lay_out)

    def show_record(self, record: Record, schema: Schema, row: int) -> None:
        """Show a row of which only the text is known yet."""
        title = line((f"row {row + 1:,}", TITLE))
        own = own_schema(record, schema)
        self.flow(lambda width, height: [Text(), title, Text(), *reading(record, own, width)])

    def _known(self, dataset: Dataset, row: int, signals: Sequence[Signal], width: int) -> list[Text]:
        """Two signals a line: always in the same place, so that few characters change from row to row."""
        abreast = 2 if width >= 46 else 1
        room = max(12, width // abreast - 9)
        cells = []
        for signal in signals:
            if signal.name.startswith(CHECK) and signal.origin == "computed":
                continue
            score = score_text(float(signal.scores[row])).removesuffix(".0")
            name = shown(f"{squeezed(signal.name, room):<{room}}", DIM)
            cells.append(line(name, f"{score:>7}  " if score else ("      –  ", WARN)))
        lines = [line(*cells[place : place + abreast]) for place in range(0, len(cells), abreast)]
        flags = [name for name, rows in dataset.problems.items() if row in rows]
        flags += [one.name for one in signals if one.name.startswith(CHECK) and one.scores[row] == 1]
        if flags:
            lines.append(line(("! ", WARN), shown(", ".join(flags), WARN)))
        return lines

    def _fields(self, record: Record, schema: Schema, known: set[str]) -> list[Text]:
        if schema.kind == "unknown":  # then all fields are text
            return []
        rest = {
            name: value
            for name, value in record.items()
            if name not in schema.text_fields and name not in known
        }
        lines = []
        for name, value in list(rest.items())[:30]:
            text = value_text(value)
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


def _said(said: Sequence[tuple[str, str]], width: int) -> list[Text]:
    lines = [line(shown(f"{name} ", DIM), shown(words[:_SAID])) for name, words in said if words.strip()]
    return [part for one in lines for part in wrapped(one, max(20, width))]


def _edited(edit: Entry | None, original: bool) -> list[Text]:
    if edit is None:
        return []
    if original:
        return [line(EDITED, (" as the file has it · O shows the edited row", WARN))]
    return [line(EDITED, " ", shown(edit.act.reason), (" · O original · R restores", DIM))]
