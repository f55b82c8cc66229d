"""What is measured of a row with a model: prepared one by one, read off many at once."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from dataexplore.judge.asked import Asked
from dataexplore.judge.model.likelihood import Wanted
from dataexplore.judge.replies import UNPARSED, Reply

LogProbabilities = Sequence[NDArray[np.float64]]


class Prepared(NamedTuple):
    """A row whose tokens are ready for the model."""

    hash: bytes
    wanted: tuple[Wanted, ...]

    @property
    def tokens(self) -> int:
        """Tokens that the model reads for this row."""
        return sum(len(one.ids) for one in self.wanted)


class Measure(Protocol):
    """One kind of judge that needs no endpoint."""

    values: int
    """How many values a scored row has."""

    def prepare(self, asked: Asked) -> Prepared | Reply:
        """Return what the model has to read, or a reply at once."""
        ...

    def read(self, prepared: Prepared, found: LogProbabilities) -> Reply:
        """Return the reply, given what the model says for each of `prepared.wanted`."""
        ...


def unscored(row: bytes, reason: str) -> Reply:
    """Return a reply without values, with the reason why there are none."""
    return Reply(row, UNPARSED, reason=reason, requests=0)
