"""Tokens of texts: counted by a tokenizer, or estimated from their bytes."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dataexplore.errors import EncoderError
from dataexplore.report.tokenizer_file import tokenizer_file
from dataexplore.text import short

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Amounts = NDArray[np.int64]
Tick = Callable[[int, int], None]
"""Gets how many texts are counted, and of how many."""

_BYTES_PER_TOKEN = 4.0
"""As everywhere else where tokens are estimated."""
_BATCH_TEXTS = 1024
_BATCH_CHARS = 1 << 21
_PIECE = 1 << 16
"""Longer texts are counted in pieces, as merges over megabytes take gigabytes; a cut adds a token or two."""


class TokenCounter(Protocol):
    """Counts the tokens of texts."""

    name: str
    """What counts, for the reader of the figures."""
    exact: bool

    def count(self, texts: pl.Series, tick: Tick) -> Amounts:
        """Return an amount for each text; those of a row add up."""
        ...

    def tokens(self, amounts: Amounts) -> Amounts:
        """Return the tokens of rows, given what their texts add up to."""
        ...


class Estimate:
    """A quarter of the bytes: usual for English with a vocabulary made for it, far off for other scripts."""

    name = "estimated: bytes / 4"
    exact = False

    def count(self, texts: pl.Series, tick: Tick) -> Amounts:
        """Return the bytes of each text."""
        return texts.str.len_bytes().to_numpy().astype(np.int64)

    def tokens(self, amounts: Amounts) -> Amounts:
        """Return the estimate for each row."""
        tokens: Amounts = np.ceil(amounts / _BYTES_PER_TOKEN).astype(np.int64)
        return tokens


class Counted:
    """Counts with a model's own tokenizer; what a chat template adds around the texts is not counted."""

    exact = True

    def __init__(self, tokenizer: "Tokenizer", name: str) -> None:
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._tokenizer = tokenizer
        self.name = name

    def count(self, texts: pl.Series, tick: Tick) -> Amounts:
        """Return the tokens of each text, counted on all cores."""
        tokens = np.zeros(len(texts), np.int64)
        for owners, pieces in _batches(texts):
            try:
                encoded = self._tokenizer.encode_batch_fast(pieces, add_special_tokens=False)
            except Exception as error:  # the library raises types of its own
                raise EncoderError(f"{self.name}: the tokenizer failed: {short(str(error), 200)}") from None
            np.add.at(tokens, owners, [len(one) for one in encoded])
            tick(owners[-1] + 1, len(texts))
        return tokens

    def tokens(self, amounts: Amounts) -> Amounts:
        """Return what was counted."""
        return amounts


def token_counter(name: str) -> TokenCounter:
    """Return what counts tokens: a folder with tokenizer.json, such a file, or a model's name on the hub.

    An empty name is the estimate. Raises EncoderError when there is no such tokenizer.
    """
    if not name:
        return Estimate()
    from tokenizers import Tokenizer

    file = tokenizer_file(name)
    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # the library raises types of its own
        raise EncoderError(f"{short(str(file), 200)}: no tokenizer: {short(str(error), 200)}") from None
    return Counted(tokenizer, short(name, 200))


def _batches(texts: pl.Series) -> Iterator[tuple[list[int], list[str]]]:
    """Yield pieces of texts with the number of the text each is from."""
    owners: list[int] = []
    pieces: list[str] = []
    size = 0
    for number, text in enumerate(texts):
        for begin in range(0, len(text), _PIECE):
            piece = text[begin : begin + _PIECE]
            owners.append(number)
            pieces.append(piece)
            size += len(piece)
            if len(pieces) >= _BATCH_TEXTS or size >= _BATCH_CHARS:
                yield owners, pieces
                owners, pieces, size = [], [], 0
    if pieces:
        yield owners, pieces
