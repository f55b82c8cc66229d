"""What is computed about the rows on demand and kept for the sitting: vectors, duplicate edges, clusters."""

from collections.abc import Callable
from copy import copy
from hashlib import blake2b
from pathlib import Path
from threading import Lock

import polars as pl

from dataexplore.clusters.kmeans import Clusters, kmeans
from dataexplore.clusters.labels import terms
from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.keys import Keys
from dataexplore.duplicates.edges import Edges, find_edges
from dataexplore.duplicates.groups import Groups, group
from dataexplore.errors import RuleError
from dataexplore.vectors.arrays import FloatMatrix
from dataexplore.vectors.encoder import find_encoder
from dataexplore.vectors.store import VectorStore

Progress = Callable[[int, int], None]

FLOOR = 0.8
"""Edges below this similarity are not looked for unless a lower threshold is asked for."""


class Analysis:
    """Computes each thing once, in whichever thread asks first; what is known is returned without waiting."""

    def __init__(
        self, dataset: Dataset, vectors: Path, encoder: str = "static", text: str = "prompt"
    ) -> None:
        self._dataset = dataset
        self._store = VectorStore(vectors)
        self.encoder = encoder
        self.text = text
        """The text recipe: prompt or response."""
        self._forget()

    def _forget(self) -> None:
        # One lock each: a screen that moves a threshold must not wait for another one's clustering.
        self._encoding, self._comparing, self._clustering = Lock(), Lock(), Lock()
        self._vectors: FloatMatrix | None = None
        self._edges: Edges | None = None
        self._groups: dict[float, Groups] = {}
        self._clusters: dict[tuple[int | None, int], Clusters] = {}
        self._terms: dict[tuple[int, int], list[tuple[str, ...]]] = {}

    def edited(self, dataset: Dataset) -> "Analysis":
        """Return what is known still of a dataset whose rows were edited: all, if its texts are the same."""
        before, now = self._dataset.edits, dataset.edits
        changed = [row for row in before.keys() | now.keys() if before.get(row) != now.get(row)]
        other = copy(self)
        other._dataset = dataset
        if any(self._text(self._dataset, row) != self._text(dataset, row) for row in changed):
            other._forget()
        return other

    def vectors(self, progress: Progress | None = None) -> FloatMatrix:
        """Return the rows' vectors, encoding those that are not stored yet."""
        with self._encoding:
            if self._vectors is None:
                encoder, column = find_encoder(self.encoder), self._column
                self._vectors = self._store.vectors(
                    encoder, self.text, self._keys(), lambda rows: column[rows].to_list(), progress
                )
            return self._vectors

    def edges(self, floor: float = FLOOR, progress: Progress | None = None) -> Edges:
        """Return the pairs of similar rows down to `floor`."""
        known = self._edges
        if known is not None and known.floor <= floor:
            return known
        vectors = self.vectors(progress)
        with self._comparing:
            if self._edges is None or self._edges.floor > floor:
                self._edges = find_edges(vectors, self._column.to_list(), floor, progress)
                self._groups.clear()
            return self._edges

    def groups(self, threshold: float) -> Groups:
        """Return the duplicate groups at a threshold."""
        if not 0 < threshold <= 1:
            raise RuleError(f"a similarity threshold lies between 0 and 1; {threshold:g} does not")
        threshold = round(threshold, 4)
        edges = self.edges(min(FLOOR, threshold))
        if threshold not in self._groups:
            self._groups[threshold] = group(edges, threshold)
        return self._groups[threshold]

    def clusters(self, k: int | None = None, seed: int = 0, progress: Progress | None = None) -> Clusters:
        """Return the clusters of the rows; the same k and seed give the same ones."""
        if (k, seed) in self._clusters:
            return self._clusters[k, seed]
        vectors = self.vectors(progress)
        with self._clustering:
            if (k, seed) not in self._clusters:
                found = kmeans(vectors, k, seed, progress)
                self._clusters[k, seed] = self._clusters[found.k, seed] = found
            return self._clusters[k, seed]

    def cluster_terms(self, clusters: Clusters) -> list[tuple[str, ...]]:
        """Return the distinctive terms of each cluster."""
        name = (clusters.k, clusters.seed)
        with self._clustering:
            if name not in self._terms:
                self._terms[name] = terms(self._dataset.prompts.to_list(), clusters.labels, clusters.k)
            return self._terms[name]

    def _keys(self) -> Keys:
        """Return the keys of the stored vectors: a text that was edited has one of its own."""
        keys, base = self._dataset.keys, self._dataset.base
        if base is None:
            return keys
        keys = keys.copy()
        for row in self._dataset.edits:
            text = self._text(self._dataset, row)
            if text != self._text(base, row):
                content = text.encode("utf-8", "surrogatepass")
                digest = blake2b(content, digest_size=8, person=b"edited text").digest()
                keys[row] = int.from_bytes(digest, "little")
        return keys

    def _text(self, dataset: Dataset, row: int) -> str:
        return dataset.response(row) if self.text == "response" else dataset.prompt(row)

    @property
    def _column(self) -> pl.Series:
        return self._dataset.responses if self.text == "response" else self._dataset.prompts
