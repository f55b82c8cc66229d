"""Which text of a row is compared: what is asked, answered, both, or one turn."""

import re
from dataclasses import dataclass
from hashlib import blake2b

import polars as pl

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.roles import SYSTEM, USER
from dataexplore.dataset.turns import Turn
from dataexplore.errors import EncoderError
from dataexplore.text import short
from dataexplore.vectors.arrays import KeyArray
from dataexplore.vectors.shared import Shared, stripped

FIELDS = ("prompt", "response", "both", "first", "last", "turn:N")
"""`first` and `last` are turns of the user; `turn:2` is the second one that is no system message."""
_SAMPLE = 500
_TURN = re.compile(r"turn:(-?[1-9][0-9]{0,5})")


@dataclass(frozen=True)
class Texts:
    """The text of every row that is compared, and what was taken away from it."""

    field: str
    column: pl.Series
    """Per row, as it is encoded; blank where the row has no such text."""
    whole: pl.Series
    """Per row, nothing taken away."""
    shared: tuple[Shared, ...] = ()
    """What many rows begin or end with, which was taken away."""
    system: float = 0.0
    """The share of rows (of a sample) with a system message, which is no part of any text."""

    @property
    def blank(self) -> int:
        """Rows without text: they have no vector."""
        return len(self.column) - int(self.column.str.contains(r"\S").sum())


def texts_of(dataset: Dataset, field: str, *, strip: bool = True) -> Texts:
    """Return the text of each row; raise EncoderError for a field that does not exist.

    System messages are in none of them.
    """
    check_field(field)
    sides = [side.fill_null("") for side in _sides(dataset, field)]
    found = [stripped(side) if strip else (side, ()) for side in sides]
    shared = tuple(one for _, some in found for one in some)
    whole = _joined(sides)
    column = _joined([texts for texts, _ in found]) if shared else whole
    return Texts(field, column, whole, shared, _with_system(dataset))


def text_of(dataset: Dataset, field: str, row: int) -> str:
    """Return the text of one row, nothing taken away."""
    if field == "prompt":
        return dataset.prompt(row)
    if field == "response":
        return dataset.response(row)
    if field == "both":
        return f"{dataset.prompt(row)}\n{dataset.response(row)}"
    return _turn(dataset.turns(row), field)


def keys_of(dataset: Dataset, texts: Texts) -> KeyArray:
    """Return the keys of the stored vectors: a text that is not the row's own has a key of its own."""
    keys, base = dataset.keys, dataset.base
    other = set((texts.column != texts.whole).arg_true().to_list()) if texts.shared else set()
    if base is not None:
        other |= {
            row
            for row in dataset.edits
            if text_of(dataset, texts.field, row) != text_of(base, texts.field, row)
        }
    if not other:
        return keys
    keys, rows = keys.copy(), sorted(other)
    for row, text in zip(rows, texts.column.gather(rows), strict=True):
        content = text.encode("utf-8", "surrogatepass")
        keys[row] = int.from_bytes(blake2b(content, digest_size=8, person=b"edited text").digest(), "little")
    return keys


def check_field(field: str) -> None:
    """Raise EncoderError naming the fields there are."""
    if field not in FIELDS[:-1] and not _TURN.fullmatch(field):
        message = (
            f"There is no text {short(field, 40)} to compare: choose {', '.join(FIELDS[:-1])} or turn:N."
        )
        raise EncoderError(message)


def _with_system(dataset: Dataset) -> float:
    if not any(schema.system or schema.turns for schema in dataset.schemas):
        return 0.0
    rows = range(0, len(dataset), max(1, len(dataset) // _SAMPLE))
    told = [any(turn.role == SYSTEM and turn.text for turn in dataset.turns(row)) for row in rows]
    return sum(told) / max(1, len(told))


def _sides(dataset: Dataset, field: str) -> list[pl.Series]:
    if field == "both":
        return [dataset.prompts, dataset.responses]
    if field in ("prompt", "response"):
        return [dataset.prompts if field == "prompt" else dataset.responses]
    said = [_turn(dataset.turns(row), field) for row in range(len(dataset))]
    return [pl.Series(field, said, dtype=pl.String)]


def _joined(sides: list[pl.Series]) -> pl.Series:
    if len(sides) == 1:
        return sides[0]
    return pl.select(pl.concat_str(sides, separator="\n")).to_series()


def _turn(said: list[Turn], field: str) -> str:
    """Return what is said in one turn, "" where the row has no such turn."""
    spoken = [turn for turn in said if turn.role != SYSTEM]
    if field in ("first", "last"):
        spoken = [turn for turn in spoken if turn.role == USER]
        place = 0 if field == "first" else -1
    else:
        number = int(field.removeprefix("turn:"))
        place = number - 1 if number > 0 else number
    return spoken[place].spoken if -len(spoken) <= place < len(spoken) else ""
