"""All that is known about the rows as one frame: what filters, sorts and histograms see."""

import difflib
import re

import numpy as np
import polars as pl

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.keys import key_text
from dataexplore.errors import FilterError, SignalError
from dataexplore.journal.decision import Decision, Decisions
from dataexplore.journal.ledger import Rows
from dataexplore.selection.rule import Mask
from dataexplore.session.condition import condition
from dataexplore.signals.signal import Scores, Signal, field_signals
from dataexplore.text import short

_WORDS = [decision.word for decision in Decision]


class Columns:
    """Fields, signals and decisions by name; a field of the file goes before a computed column."""

    def __init__(self, dataset: Dataset, imported: dict[str, Signal]) -> None:
        self._dataset = dataset
        self.signals = field_signals(dataset.frame)
        self._computed: dict[str, pl.Series] = {}
        self.add_computed(
            "response_chars", dataset.response_chars.astype(np.float64), "characters of the response"
        )
        self.add_computed("tokens", dataset.tokens.astype(np.float64), "estimated: bytes / 4")
        for signal in imported.values():
            self.add(signal)

    def add(self, signal: Signal) -> None:
        """Add a signal, or put it in place of the one of the same name."""
        if signal.name not in self._dataset.frame.columns:
            self.signals[signal.name] = signal

    def add_computed(self, name: str, scores: Scores, note: str) -> None:
        """Add a signal that was computed from the rows."""
        self.add(Signal(name, scores, "computed", note))

    @property
    def names(self) -> list[str]:
        """Every name that a filter or a sort may use."""
        own = ["row", "key", "decision", "problems", "prompt", "response"]
        return list(dict.fromkeys([*self._dataset.frame.columns, *self.signals, *own]))

    def scores(self, name: str) -> Scores:
        """Return a signal's scores; raise SignalError naming the nearest signal."""
        signal = self.signals.get(name)
        if signal is None:
            near = difflib.get_close_matches(name, self.signals, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(self.signals)}"
            raise SignalError(f"no signal is called {short(name, 60)!r}; {hint}")
        return signal.scores

    def where(self, sql: str, decisions: Decisions) -> Mask:
        """Return the rows for which a Polars SQL condition is true; null is not true."""
        try:
            frame = self._frame(sql, decisions)
            mask = frame.select(condition(sql).alias("_condition")).to_series()
        except pl.exceptions.ColumnNotFoundError as error:
            raise FilterError(self._no_column(_column_of(str(error)))) from None
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, ValueError) as error:
            first = short(str(error).split("\n")[0], 120)
            raise FilterError(
                f"the filter is not understood: {first}; a column's name may need double quotes"
            ) from None
        if mask.dtype != pl.Boolean:
            raise FilterError(
                f"the filter gives {mask.dtype} and not true or false; compare it with something"
            )
        found: Mask = mask.fill_null(False).to_numpy()
        if len(found) == len(self._dataset):
            return found
        if len(found) == 1:
            return np.full(len(self._dataset), found[0])
        raise FilterError("the filter does not give one answer for each row; compare columns with something")

    def order(self, name: str, rows: Rows, decisions: Decisions, *, descending: bool) -> Rows:
        """Return `rows` sorted by a column, rows without a value last; equal ones keep their order."""
        if name not in self.names:
            raise FilterError(self._no_column(name))
        column = self._column(name, decisions)[rows]
        order = (
            column.to_frame("_")
            .with_row_index("_place")
            .sort("_", descending=descending, nulls_last=True, maintain_order=True)
        )
        sorted_rows: Rows = rows[order["_place"].to_numpy()]
        return sorted_rows

    def search(self, text: str) -> Mask:
        """Return the rows whose prompt or response contains a text, whatever its case."""
        pattern = re.escape(text)
        # Folding ASCII case only is several times faster than folding all of Unicode.
        pattern = f"(?i-u){pattern}" if text.isascii() else f"(?i){pattern}"
        try:
            found = [side.str.contains(pattern) for side in (self._dataset.prompts, self._dataset.responses)]
        except (pl.exceptions.PolarsError, ValueError):
            raise FilterError(f"{len(text):,} characters cannot be searched for; try fewer") from None
        return (found[0] | found[1]).to_numpy()

    def _frame(self, sql: str, decisions: Decisions) -> pl.DataFrame:
        plain = sql.replace('""', '"')
        names = [name for name in self.names if name in plain or name in self._dataset.frame.columns]
        return pl.DataFrame({name: self._column(name, decisions) for name in names or ["row"]})

    def _column(self, name: str, decisions: Decisions) -> pl.Series:
        if name in self._dataset.frame.columns:
            return self._dataset.frame[name]
        if name in self.signals:
            return pl.Series(self.signals[name].scores).fill_nan(None)
        if name == "decision":
            return pl.Series(np.array(_WORDS)[decisions])
        return self._own(name)

    def _own(self, name: str) -> pl.Series:
        if name not in self._computed:
            data = self._dataset
            if name == "row":
                made = pl.Series(np.arange(1, len(data) + 1))
            elif name == "key":
                made = pl.Series([key_text(int(key)) for key in data.keys], dtype=pl.String)
            elif name == "problems":
                made = pl.Series(self._problem_words(), dtype=pl.String)
            else:
                made = data.prompts if name == "prompt" else data.responses
            self._computed[name] = made
        return self._computed[name]

    def _problem_words(self) -> list[str]:
        words = [""] * len(self._dataset)
        for name, rows in self._dataset.problems.items():
            for row in rows.tolist():
                words[row] = f"{words[row]}, {name}" if words[row] else name
        return words

    def _no_column(self, name: str) -> str:
        near = difflib.get_close_matches(name, self.names, 1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(self.names)}"
        return f"no column is called {short(name, 60)!r}; {short(hint, 200)}"


def _column_of(message: str) -> str:
    found = re.search(r'unable to find column "((?:[^"\\]|\\.)*)"', message)
    return found[1].replace('\\"', '"') if found else message
