"""Splits JSON into elements at brackets and commas, block by block, and goes on after one that is torn."""

from collections.abc import Iterator

import numpy as np

from dataexplore.dataset.brackets import Brackets, Found, Offsets, positions
from dataexplore.dataset.filebytes import Data, read
from dataexplore.dataset.torn import WHITE, Beginnings, is_torn, is_whole

Elements = tuple[Offsets, Offsets]
"""Where elements begin and where they end, white space around them included."""

_AFTER = 1 << 13
"""Bytes that are looked at next after a torn element: more of those may follow."""
_TAIL = 1 << 12
"""Bytes before the next element in which the comma is looked for that parts the two."""
_FAR = (1 << 27, 1 << 24)
"""Bytes after which an object (an element) is given up that has no end, if another seems to begin in it."""
_WINDOW = 1 << 24
"""Bytes that are read together after the end of an array."""


class Nesting:
    """Finds elements at depth `inside`: 1 in an array or object, 0 among values that follow one another.

    An element of an array that nothing closes ends where the next one seems to begin; what is sound JSON is
    split at its brackets and commas alone.
    """

    def __init__(
        self, data: Data, begin: int, inside: int, stop: int | None = None, *, alone: bool = True
    ) -> None:
        """Look from `begin` up to `stop`; unless it is `alone`, what follows the array is not its own."""
        self._data, self._begin, self._inside, self._alone = data, begin, inside, alone
        self._stop = len(data) if stop is None else min(stop, len(data))
        self._whole = self._stop == len(data)
        self._brackets = Brackets()
        self._at = begin
        self._open = begin if inside == 0 else -1
        """Where the element begins whose end is not found yet."""
        self._opener = 0
        self._looks: Beginnings | None = None
        self._suspect = -1
        """Where another element seems to begin in the open one."""
        self._done = False
        self.closed = False
        """Whether the end was found."""
        self.end = self._stop
        """Offset after the array, where it is closed."""

    def elements(self, piece: int, most: int) -> Iterator[Elements]:
        """Yield elements block by block, of `piece` bytes at first and of `most` in the end."""
        while not self._done:
            if self._at >= self._stop:
                yield self._last()
                piece = min(piece, _AFTER)
                continue
            block = read(self._data, self._at, min(self._at + piece, self._stop))
            found, torn = self._of(block)
            piece = min(piece, _AFTER) if torn else min(2 * piece, most)
            yield found

    def _of(self, block: bytes) -> tuple[Elements, bool]:
        """Return the elements that end in a block, and whether the last of them is torn."""
        at, found = self._at, self._brackets.find(block)
        bounds, close = self._bounds(found)
        torn = self._torn(block, found, bounds, close)
        if torn is not None:
            element, following = torn
            return self._up_to(bounds, element, following), True
        self._at += len(block)
        if close is not None:
            return self._closing(bounds, close, chr(block[close - at]))
        if len(bounds):
            self._open = int(bounds[-1])
        return (bounds[:-1], bounds[1:] - self._inside), False

    def _bounds(self, found: Found) -> tuple[Offsets, int | None]:
        """Return where elements begin, the open one first, and where the array is closed."""
        place = found.position + self._at
        first: list[int] = [self._open] if self._open >= 0 else []
        if not first and len(place):
            self._opener = int(found.byte[0])
            first = [int(place[0]) + 1]
        closing = (found.byte == ord("}")) | (found.byte == ord("]"))
        ends = place[(found.depth == 0) & closing]
        if self._inside == 0:
            return np.append(first, ends + 1).astype(np.int64), None
        commas = place[(found.depth == 1) & (found.byte == ord(","))]
        close = int(ends[0]) if len(ends) else None
        if close is not None:
            commas = commas[commas < close]
        return np.append(first, commas + 1).astype(np.int64), close

    def _closing(self, bounds: Offsets, close: int, bracket: str) -> tuple[Elements, bool]:
        """Return the elements before the end of the array, and what follows it if that is not its end."""
        wrong = self._opener == ord("[") and bracket != "]"
        following = self._next(close + 1) if wrong or self._alone else None
        start, end = bounds, np.append(bounds[1:] - 1, close)
        if following is not None and wrong:
            return self._up_to(bounds, len(bounds) - 1, following), True
        if following is not None:
            rest = self._up_to(np.array([close]), 0, following)
            return (np.append(start, rest[0]), np.append(end, rest[1])), True
        self.closed, self._done, self.end = True, True, close + 1
        if self._alone:
            start = np.append(start, close if wrong else close + 1)
            end = np.append(end, self._stop)
        return (start, end), False

    def _last(self) -> Elements:
        """Return what is open at the end of the file, up to where another element seems to begin in it."""
        start = np.array([self._open] if self._open >= 0 else [], np.int64)
        if self._whole and self._suspect >= 0:
            return self._up_to(start, 0, self._suspect)
        self._done = True
        self.closed = self._inside == 0 and not (self._brackets.depth or self._brackets.in_string)
        return start, np.full(len(start), self._stop)

    def _torn(self, block: bytes, found: Found, bounds: Offsets, close: int | None) -> tuple[int, int] | None:
        """Return the first torn element, by its place among the bounds, and where the next one begins."""
        if self._opener == ord("{") or not len(bounds):
            return None
        braces = found.byte == ord("{")
        own = braces & (found.depth == self._inside + 1)
        if close is not None:
            own &= found.position + self._at < close
        if self._looks is None and own.any():
            first = int(found.position[own][0]) + self._at
            # An object that is no element may hold rows that begin lines of their own.
            self._looks = Beginnings(self._data, self._begin, first, named=self._inside == 0)
        if self._looks is None:
            return None
        # Two rising runs: a stable sort merges them.
        others = np.sort(np.concatenate((found.position[braces & ~own], found.quoted)), kind="stable")
        others = others[others + self._at > max(self._looks.first, int(bounds[0]))]
        likely = self._looks.among(block, self._at, others)
        if self._suspect >= 0:
            likely.insert(0, self._suspect)
        sound = -1
        self._suspect = -1
        for offset in likely:
            if close is not None and offset > close:
                break
            element = int(np.searchsorted(bounds, offset, "right")) - 1
            if element == sound:
                continue
            start = int(bounds[element])
            if element + 1 < len(bounds) or close is not None:
                end = close if element + 1 == len(bounds) else int(bounds[element + 1]) - self._inside
                assert end is not None
                whole = end - start <= _FAR[self._inside] and is_whole(self._data[start:end])
            else:
                far = self._at + len(block) - start > _FAR[self._inside]
                whole = not far and not is_torn(self._data[start : offset + 1])
                self._suspect = offset if whole else -1
            if not whole:
                return element, offset
            sound = element
        return None

    def _up_to(self, bounds: Offsets, torn: int, following: int) -> Elements:
        """Return the elements up to a torn one and go on at the next."""
        start = bounds[: torn + 1]
        tail = self._data[max(int(start[-1]), following - _TAIL) : following]
        bare = tail.rstrip(WHITE)
        bare = bare.removesuffix(b",") or bare
        self._at = self._open = following
        self._suspect = -1
        self._brackets = Brackets(self._inside)
        return start, np.append(bounds[1 : torn + 1] - self._inside, following - len(tail) + len(bare))

    def _next(self, at: int) -> int | None:
        """Return where the next element seems to begin."""
        while self._looks is not None and at < self._stop:
            block = read(self._data, at, min(at + _WINDOW, self._stop))
            if likely := self._looks.among(block, at, positions(block, b"{")):
                return likely[0]
            at += len(block)
        return None
