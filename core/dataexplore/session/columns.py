"""All that is known about the rows as one frame: what filters, sorts and histograms see."""

import difflib
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.keys import key_text
from dataexplore.dataset.scores import is_score_name, read_scores
from dataexplore.errors import FilterError, SignalError
from dataexplore.journal.decision import Decision, Decisions
from dataexplore.journal.ledger import Rows
from dataexplore.selection.rule import Mask
from dataexplore.session.condition import condition, over_rows
from dataexplore.signals.signal import Scores, Signal, as_scores, field_signals
from dataexplore.text import short

_SIDES = ("prompt", "response")
_WORDS = [decision.word for decision in Decision]


class Columns:
    """Fields, signals and decisions by name; a field of the file goes before a computed column."""

    def __init__(self, dataset: Dataset, imported: dict[str, Signal]) -> None:
        self._dataset = dataset
        table = dataset.table
        self.signals = field_signals(
            table.column(name)
            for name, kind in table.kinds.items()
            if kind.is_numeric() or is_score_name(name)
        )
        self._were_numbers = _were_numbers(dataset)
        for name in self._were_numbers:
            scores = as_scores(read_scores(table.column(name)))
            self.signals[name] = Signal(name, scores, "field", "numbers; text in an edited row is unscored")
        self._computed: dict[str, pl.Series] = {}
        self.add_computed("response_chars", dataset.response_chars, "characters of the response")
        self.add_computed("tokens", dataset.tokens, "estimated: bytes / 4")
        for signal in imported.values():
            self.add(signal)

    def edited(self, dataset: Dataset) -> "Columns":
        """Return the same columns of a dataset whose rows were edited."""
        own = ("response_chars", "tokens")
        others = [one for one in self.signals.values() if one.origin != "field" and one.name not in own]
        columns = Columns(dataset, {signal.name: signal for signal in others})
        columns._computed = {name: self._computed[name] for name in ("row", "key") if name in self._computed}
        return columns

    def add(self, signal: Signal) -> None:
        """Add a signal, or put it in place of the one of the same name."""
        if signal.name not in self._dataset.table.fields:
            self.signals[signal.name] = signal

    def add_computed(self, name: str, scores: Scores, note: str) -> None:
        """Add a signal that was computed from the rows."""
        self.add(Signal(name, scores, "computed", note))

    @property
    def names(self) -> list[str]:
        """Every name that a filter or a sort may use."""
        own = ["row", "key", "decision", "problems", "schema", "edited", "prompt", "response"]
        return list(dict.fromkeys([*self._dataset.table.fields, *self.signals, *own]))

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
            asked = condition(sql)
            names = list(dict.fromkeys(asked.meta.root_names()))
            missing = [name for name in names if name not in self.names]
            if missing:
                raise FilterError(self._no_column(missing[0]))
            texts = [name for name in names if self._is_text(name)]
            if texts and not over_rows(sql):
                others = self._whole([name for name in names if name not in texts], decisions)
                masks = self._in_parts(lambda part: self._asked(asked, self._part(texts, part, others)))
            else:
                masks = [self._asked(asked, self._whole(names, decisions))]
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, ValueError) as error:
            first = short(str(error).split("\n")[0], 120)
            raise FilterError(
                f"the filter is not understood: {first}; a column's name may need double quotes"
            ) from None
        found: Mask = np.concatenate([np.empty(0, bool), *masks])
        return found

    @staticmethod
    def _asked(asked: pl.Expr, frame: pl.DataFrame) -> Mask:
        answer = frame.select(asked.alias("_condition")).to_series()
        if answer.dtype != pl.Boolean:
            raise FilterError(
                f"the filter gives {answer.dtype} and not true or false; compare it with something"
            )
        found: Mask = answer.fill_null(False).to_numpy()
        if len(found) == frame.height:
            return found
        if len(found) == 1:
            return np.full(frame.height, found[0])
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

        def search(part: int) -> Mask:
            found = [side.str.contains(pattern) for side in self._dataset.table.texts(part)]
            return (found[0] | found[1]).to_numpy()

        try:
            masks = self._in_parts(search)
        except (pl.exceptions.PolarsError, ValueError):
            raise FilterError(f"{len(text):,} characters cannot be searched for; try fewer") from None
        return np.concatenate([np.empty(0, bool), *masks])

    def _in_parts(self, look: Callable[[int], Mask]) -> list[Mask]:
        """Look at each part of the table, two at the same time."""
        parts = range(self._dataset.table.parts)
        if len(parts) < 2:
            return [look(part) for part in parts]
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(look, parts))

    def _is_text(self, name: str) -> bool:
        """Tell whether a column is so large that it is not looked at whole."""
        kinds = self._dataset.table.kinds
        if name in self._were_numbers:
            return False
        return not kinds[name].is_numeric() if name in kinds else name in _SIDES

    def _part(self, texts: Sequence[str], part: int, others: pl.DataFrame) -> pl.DataFrame:
        """Return the columns of text of one part of the table, and as many rows of others."""
        table = self._dataset.table
        first, last = table.first[part], table.first[part + 1]
        fields = [name for name in texts if name in table.fields]
        columns = dict(zip(fields, table.part(part, fields), strict=True))
        if len(fields) < len(texts):
            sides = dict(zip(_SIDES, table.texts(part), strict=True))
            columns |= {name: sides[name] for name in texts if name not in fields}
        return pl.DataFrame(columns | dict(zip(others.columns, others[first:last], strict=True)))

    def _whole(self, names: Sequence[str], decisions: Decisions) -> pl.DataFrame:
        """Return columns of all rows."""
        columns = {name: self._column(name, decisions) for name in names}
        return pl.DataFrame(columns) if columns else pl.DataFrame(height=len(self._dataset))

    def _column(self, name: str, decisions: Decisions) -> pl.Series:
        if name in self._dataset.table.fields and name not in self._were_numbers:
            return self._dataset.table.column(name)
        if name in self.signals:
            return pl.Series(self.signals[name].scores).cast(pl.Float64).fill_nan(None)
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
            elif name == "edited":
                made = pl.Series(np.isin(np.arange(len(data)), list(data.edits)))
            elif name == "schema":
                made = pl.Series(self._schema_words(), dtype=pl.String)
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

    def _schema_words(self) -> list[str]:
        data = self._dataset
        if data.codes is None:
            return [data.schema.kind] * len(data)
        words: list[str] = np.array([schema.kind for schema in data.schemas])[data.codes].tolist()
        return words

    def _no_column(self, name: str) -> str:
        near = difflib.get_close_matches(name, self.names, 1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(self.names)}"
        return f"no column is called {short(name, 60)!r}; {short(hint, 200)}"


def _were_numbers(dataset: Dataset) -> list[str]:
    """Return the fields that are numbers in the source and hold something else in an edited row."""
    if dataset.base is None:
        return []
    now = dataset.table.kinds
    before = dataset.base.table.kinds
    return [name for name in before if before[name].is_numeric() and now.get(name) == pl.String]
