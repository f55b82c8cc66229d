"""All pairs of sets with a Jaccard similarity above a floor, exactly, without comparing all with all.

Prefix filter (Chaudhuri, Ganti, Kaushik 2006; Bayardo, Ma, Srikant 2007): with the rarest pieces first, two
sets that share a `floor` of their pieces share one of the first few. Sketches of 1,024 bits then throw out
most pairs: bits that differ bound from below how many pieces do.
"""

from collections.abc import Iterator
from concurrent.futures import CancelledError
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dataexplore.duplicates.pairs import Pairs
from dataexplore.duplicates.shingles import Shingles, distinct, runs
from dataexplore.vectors.arrays import Cancelled, IntArray, KeyArray, Progress

MOST_CANDIDATES = 1_000_000_000
"""A minute or two. With more, a row is compared with fewer of the rows that share a common piece with it."""
MOST_LIKELY = 5_000_000
"""So many pairs that the sketches let through come of thousands of near-copies: not all need be listed."""
MOST_PIECES = 200_000_000
"""Seconds: the pieces of all pairs that are counted. With more, a row is compared with fewer rows."""
_SAMPLE = 20_000
AT_ONCE = 1 << 20
_SLOTS = np.uint32((1 << 20) - 1)
"""A table of 4 MB stays near the core, and seldom holds two pieces of a row in one place."""
_HALF = np.uint64(32)
_WORDS = 16
_STEPS = (slice(0, 2), slice(2, 6), slice(6, 16))
# A quotient that is exactly the floor must not fall below it.
_TIE = 1e-9


class Overlap:
    """The search for one floor; `between` asks only for pairs with one row on each side of it."""

    def __init__(self, shingles: Shingles, floor: float, between: int | None = None) -> None:
        self._shingles, self._floor = shingles, floor
        sizes = shingles.sizes
        self._rows = np.argsort(sizes, kind="stable")
        """Rows by size; below, a row is named by its rank here."""
        self._sizes = sizes[self._rows]
        self._left = None if between is None else self._rows < between
        rank = np.empty(len(sizes), np.int64)
        rank[self._rows] = np.arange(len(sizes))
        self._sketches = _sketches(shingles, rank)
        self._index = self._prefixes(rank)
        self._who = _rank_of(self._index)
        self._partners = self._reach()
        most = min(MOST_CANDIDATES, int(MOST_LIKELY / max(self._survival(), 1e-9)))
        self._partners, self.exact = _abridged(self._partners, most)
        self.total = int(self._partners.sum())

    def _prefixes(self, rank: IntArray) -> KeyArray:
        """Return piece << 32 | rank, sorted, for the pieces of which similar sets share at least one."""
        sizes = self._shingles.sizes
        firsts = np.where(sizes > 0, sizes - np.ceil(self._floor * sizes - _TIE).astype(np.int64) + 1, 0)
        pieces = self._shingles.pieces[runs(self._shingles.starts, firsts)].astype(np.uint64)
        index: KeyArray = (pieces << _HALF) | np.repeat(rank, firsts).astype(np.uint64)
        if self._left is not None:
            left = self._left[_rank_of(index)]
            index = index[
                np.isin(index >> _HALF, np.intersect1d(index[left] >> _HALF, index[~left] >> _HALF))
            ]
        index.sort()
        return index

    def _reach(self) -> IntArray:
        """Return for each entry how many after it have the same piece and a size that is near enough."""
        most = np.floor(self._sizes / self._floor + _TIE)
        beyond = np.searchsorted(self._sizes, most, side="right").astype(np.uint64)[self._who]
        ends = np.searchsorted(self._index, (self._index >> _HALF << _HALF) | beyond)
        partners: IntArray = np.maximum(ends - np.arange(len(ends)) - 1, 0)
        return partners

    def _survival(self) -> float:
        """Return about what share of the candidates passes the sketches."""
        ends = np.cumsum(self._partners)
        if len(ends) == 0 or ends[-1] <= MOST_LIKELY:
            return 0.0
        drawn = np.random.default_rng(0).integers(0, ends[-1], _SAMPLE)
        entry = np.searchsorted(ends, drawn, side="right")
        other = entry + 1 + drawn - (ends - self._partners)[entry]
        return len(self._sketched(self._who[entry], self._who[other])[0]) / _SAMPLE

    def pairs(self, progress: Progress | None = None, cancelled: Cancelled | None = None) -> Pairs:
        """Return the pairs of rows, i < j."""
        found: list[KeyArray] = [np.empty(0, np.uint64)]
        waiting = done = 0
        for x, y in self._candidates():
            done += len(x)
            x, y = self._sketched(x, y)
            found.append(((x << 32) | y).astype(np.uint64))
            waiting += len(x)
            if waiting > 4 * AT_ONCE:
                found = [distinct(np.concatenate(found))]
                waiting = 0
            if cancelled and cancelled():
                raise CancelledError
            if progress:
                progress(done, self.total)
        codes = self._bearable(distinct(np.concatenate(found)).astype(np.int64))
        return self._verified(codes >> 32, codes & 0xFFFFFFFF, cancelled)

    def _bearable(self, codes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the pairs, of the rows that have too many only the first."""
        x = codes >> 32
        pieces = int((self._sizes[x] + self._sizes[codes & 0xFFFFFFFF]).sum())
        if pieces <= MOST_PIECES:
            return codes
        counts = np.bincount(x, minlength=len(self._sizes))
        allowed, self.exact = _abridged(counts, len(codes) * MOST_PIECES // pieces)[0], False
        place = np.arange(len(codes)) - (np.cumsum(counts) - counts)[x]
        few: NDArray[np.int64] = codes[place < allowed[x]]
        return few

    def _candidates(self) -> Iterator[tuple[IntArray, IntArray]]:
        ends = np.cumsum(self._partners)
        first = 0
        while first < len(ends):
            before = ends[first - 1] if first else 0
            stop = max(int(np.searchsorted(ends, before + AT_ONCE, side="right")), first + 1)
            counts = self._partners[first:stop]
            own = np.repeat(self._who[first:stop], counts)
            other = self._who[runs(np.arange(first + 1, stop + 1), counts)]
            if self._left is not None:
                across = self._left[own] != self._left[other]
                own, other = own[across], other[across]
            yield own, other
            first = stop

    def _sketched(self, x: IntArray, y: IntArray) -> tuple[IntArray, IntArray]:
        """Return the pairs whose sketches do not rule them out."""
        share = (1 - self._floor) / (1 + self._floor)
        differing = np.zeros(len(x), np.int64)
        for words in _STEPS:
            bits = np.bitwise_count(self._sketches[x, words] ^ self._sketches[y, words])
            differing += bits.sum(axis=1, dtype=np.int64)
            left = differing <= share * (self._sizes[x] + self._sizes[y]) + _TIE
            x, y, differing = x[left], y[left], differing[left]
        return x, y

    def _verified(self, x: IntArray, y: IntArray, cancelled: Cancelled | None) -> Pairs:
        """Count what each pair shares; pairs come sorted by `x`."""
        i, j = self._rows[x], self._rows[y]
        shared = np.empty(len(x), np.int64)
        table = np.zeros(int(_SLOTS) + 1, np.uint32)
        starts = self._shingles.starts
        firsts = np.flatnonzero(np.diff(x, prepend=-1))
        for first, stop in pairwise([*firsts.tolist(), len(x)]):
            row = i[first]
            own = self._shingles.pieces[starts[row] : starts[row] + self._shingles.sizes[row]]
            shared[first:stop] = self._shared(table, own, j[first:stop])
            if cancelled and cancelled():
                raise CancelledError
        similarity = shared / np.maximum(self._sizes[x] + self._sizes[y] - shared, 1)
        kept = similarity >= self._floor - _TIE
        i, j = i[kept].astype(np.int32), j[kept].astype(np.int32)
        close = np.maximum(similarity[kept].astype(np.float32), np.float32(self._floor))
        return Pairs(np.minimum(i, j), np.maximum(i, j), close)

    def _shared(self, table: NDArray[np.uint32], own: NDArray[np.uint32], others: IntArray) -> IntArray:
        """Return how many of a row's pieces each of the others has."""
        owner, pieces = self._shingles.of(others)
        slots = own & _SLOTS
        table[slots] = own
        alone = np.array_equal(table[slots], own)
        both = table[pieces & _SLOTS] == pieces if alone else np.isin(pieces, own)
        table[slots] = 0
        return np.bincount(owner[both], minlength=len(others))


def jaccard(shingles: Shingles, i: IntArray, j: IntArray) -> NDArray[np.float64]:
    """Return the similarity of each pair: pieces in both over pieces in either."""
    marked = [
        (owner.astype(np.uint64) << _HALF) | pieces for owner, pieces in (shingles.of(i), shingles.of(j))
    ]
    every = np.sort(np.concatenate(marked))
    both = np.bincount((every[1:][every[1:] == every[:-1]] >> _HALF).astype(np.int64), minlength=len(i))
    similarity: NDArray[np.float64] = both / np.maximum(shingles.sizes[i] + shingles.sizes[j] - both, 1)
    return similarity


def _rank_of(index: KeyArray) -> IntArray:
    """Return the lower half of piece << 32 | rank."""
    return (index & np.uint64(0xFFFFFFFF)).astype(np.int64)


def _sketches(shingles: Shingles, rank: IntArray) -> KeyArray:
    """Return (rows by rank, 16) words in which every piece sets one bit."""
    sketches = np.zeros((len(shingles.sizes), _WORDS), np.uint64)
    places = shingles.pieces % np.uint32(64 * _WORDS)
    words = np.repeat(rank * _WORDS, shingles.sizes) + (places >> np.uint32(6))
    np.bitwise_or.at(sketches.reshape(-1), words, np.uint64(1) << (places & np.uint32(63)).astype(np.uint64))
    return sketches


def _abridged(partners: IntArray, most: int) -> tuple[IntArray, bool]:
    """Return partners, none above a limit, so that their sum is about `most`; false if any was cut."""
    if partners.sum() <= most:
        return partners, True
    low, high = 1, int(partners.max())
    while low < high:
        middle = (low + high + 1) // 2
        if np.minimum(partners, middle).sum() <= most:
            low = middle
        else:
            high = middle - 1
    return np.minimum(partners, low), False
