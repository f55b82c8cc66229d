"""What is computed about the rows on demand and kept for the sitting: vectors, duplicate edges, clusters."""

from collections.abc import Callable, Sequence
from copy import copy
from pathlib import Path
from threading import Lock

from dataexplore.clusters.kmeans import Clusters, kmeans
from dataexplore.clusters.labels import terms
from dataexplore.clusters.levels import Upper
from dataexplore.clusters.places import map_file, read_places
from dataexplore.clusters.plane import plane
from dataexplore.dataset.cache import marks_of
from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.keys import Keys
from dataexplore.duplicates.curve import Curve, curve
from dataexplore.duplicates.edges import Edges
from dataexplore.duplicates.finding import Compared, edges_of
from dataexplore.duplicates.groups import Groups, group
from dataexplore.duplicates.leaks import Leaks, leaks
from dataexplore.errors import RuleError
from dataexplore.vectors.arrays import FloatMatrix
from dataexplore.vectors.encoder import STATIC, Encoder, find_encoder
from dataexplore.vectors.scripts import warning
from dataexplore.vectors.store import VectorStore
from dataexplore.vectors.texts import Texts, check_field, keys_of, text_of, texts_of
from dataexplore.vectors.typical import Typical, typical

Progress = Callable[[int, int], None]

FLOOR = 0.8
"""Edges below this similarity are not looked for unless a lower threshold is asked for."""


class Analysis:
    """Computes each thing once, in whichever thread asks first; what is known is returned without waiting."""

    def __init__(
        self,
        dataset: Dataset,
        vectors: Path,
        encoder: str = STATIC,
        text: str = "prompt",
        *,
        strip: bool = True,
        kinds: Sequence[str] = ("semantic",),
    ) -> None:
        check_field(text)
        self._dataset = dataset
        self._store = VectorStore(vectors)
        self.encoder = encoder
        self.text = text
        """The text recipe: prompt, response, both, first, last or turn:N."""
        self.kinds = tuple(kinds)
        """How rows may be alike: exact, lexical, semantic; the same text is part of each."""
        self._strip = strip
        self._loaded: Encoder | None = None
        self._folder = vectors.with_name("edges")
        self.maps = vectors.with_name("maps")
        """Where jobs keep the maps that they made."""
        self._forget()

    def _forget(self) -> None:
        # One lock each: a screen that moves a threshold must not wait for another one's clustering.
        self._reading, self._encoding, self._comparing, self._clustering = Lock(), Lock(), Lock(), Lock()
        self._measuring = Lock()
        self._texts: Texts | None = None
        self._warning = ""
        self._typical: Typical | None = None
        self._plane: FloatMatrix | None = None
        self._plane_of: tuple[int, ...] | None = None
        self.laid_out = False
        """Whether the map is one that a job made."""
        self._vectors: FloatMatrix | None = None
        self._edges: Edges | None = None
        self._curve: tuple[Edges, Curve] | None = None
        self._others: dict[tuple[str, ...], Analysis] = {}
        self._groups: dict[tuple[float, str], Groups] = {}
        self._clusters: dict[tuple[int | None, int], Clusters] = {}
        self._terms: dict[tuple[int, int], list[tuple[str, ...]]] = {}

    def edited(self, dataset: Dataset) -> "Analysis":
        """Return what is known still of a dataset whose rows were edited: all, if its texts are the same."""
        before, now = self._dataset.edits, dataset.edits
        changed = [row for row in before.keys() | now.keys() if before.get(row) != now.get(row)]
        other = copy(self)
        other._dataset = dataset
        if any(text_of(self._dataset, self.text, row) != text_of(dataset, self.text, row) for row in changed):
            other._forget()
        return other

    def loaded(self) -> Encoder:
        """Return the encoder; a model is loaded once."""
        with self._reading:
            if self._loaded is None:
                self._loaded = find_encoder(self.encoder)
            return self._loaded

    def texts(self) -> Texts:
        """Return what is compared of each row, and what was taken away from it."""
        with self._reading:
            if self._texts is None:
                self._texts = texts_of(self._dataset, self.text, strip=self._strip)
            return self._texts

    def vectors(self, progress: Progress | None = None) -> FloatMatrix:
        """Return the rows' vectors, encoding those that are not stored yet; zeros where a row has none."""
        with self._encoding:
            if self._vectors is None:
                texts, encoder = self.texts(), self.loaded()
                keys = keys_of(self._dataset, texts)
                self._warning = warning(encoder, texts.column)
                self._vectors = self._store.vectors(
                    encoder, self.text, keys, lambda rows: texts.column[rows].to_list(), progress
                )
            return self._vectors

    def typical(self) -> Typical:
        """Return what similarities are usual with this encoder and these rows."""
        vectors = self.vectors()
        with self._measuring:
            if self._typical is None:
                self._typical = typical(vectors, self.encoder)
            return self._typical

    def warning(self) -> str:
        """Return one sentence where many rows are in scripts the encoder was not made for, else ""."""
        self.vectors()
        return self._warning

    def plane(self) -> FloatMatrix:
        """Return a place on a map for each row, (rows, 2); NaN for a row without a vector.

        Where a job made a map of these rows it is that, else their projection.
        """
        vectors = self.vectors()
        with self._measuring:
            encoder, field = self.about
            made = marks_of(map_file(self.maps, encoder, field))
            if self._plane is None or made != self._plane_of:
                found = read_places(self.maps, encoder, field, self.keys()) if made else None
                self.laid_out = found is not None
                self._plane, self._plane_of = plane(vectors) if found is None else found, made
            return self._plane

    @property
    def about(self) -> tuple[str, str]:
        """What vectors are made by: the encoder, by name and fingerprint, and the text recipe."""
        encoder = self.loaded()
        return f"{encoder.name} {encoder.fingerprint}", self.text

    def keys(self) -> Keys:
        """Return a key of each row's text: what was edited has another one."""
        return keys_of(self._dataset, self.texts())

    def edges(self, floor: float = FLOOR, progress: Progress | None = None) -> Edges:
        """Return the pairs of similar rows down to `floor`."""
        known = self._edges
        if known is not None and known.floor <= floor:
            return known
        with self._comparing:
            if self._edges is None or self._edges.floor > floor:
                self._edges = edges_of(_compared(self, progress), self.kinds, floor, self._folder, progress)
                self._groups.clear()
            return self._edges

    def by(self, kinds: Sequence[str]) -> "Analysis":
        """Return what compares the same rows by other kinds."""
        kinds = tuple(kinds)
        if kinds == self.kinds:
            return self
        if kinds not in self._others:
            other = copy(self)
            other.kinds, other._comparing = kinds, Lock()
            other._edges, other._curve, other._groups = None, None, {}
            self._others[kinds] = other
        return self._others[kinds]

    def groups(self, threshold: float, linkage: str = "single") -> Groups:
        """Return the duplicate groups at a threshold."""
        if not 0 < threshold <= 1:
            raise RuleError(f"a similarity threshold lies between 0 and 1; {threshold:g} does not")
        threshold = round(threshold, 4)
        edges = self.edges(min(FLOOR, threshold))
        if (threshold, linkage) not in self._groups:
            self._groups[threshold, linkage] = group(edges, threshold, linkage)
        return self._groups[threshold, linkage]

    def curve(self, floor: float = FLOOR, progress: Progress | None = None) -> Curve:
        """Return how many groups and rows each threshold leaves, down to `floor`."""
        edges, known = self.edges(floor, progress), self._curve
        if known is None or known[0] is not edges:
            known = self._curve = (edges, curve(edges))
        return known[1]

    def leaks(self, prompts: Sequence[str], threshold: float, progress: Progress | None = None) -> Leaks:
        """Return the rows that are like one of some test prompts, by the kinds that rows are compared by."""
        meant = "semantic" in self.kinds
        return leaks(
            self.texts().whole.to_list(),
            prompts,
            threshold,
            self.kinds,
            vectors=self.vectors(progress) if meant else None,
            against_vectors=find_encoder(self.encoder).encode(prompts) if meant else None,
            progress=progress,
        )

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
                self._terms[name] = terms(self.texts().column.to_list(), clusters.labels, clusters.k)
            return self._terms[name]

    def upper_terms(self, clusters: Clusters, upper: Upper) -> list[tuple[str, ...]]:
        """Return the distinctive terms of each cluster of clusters."""
        return terms(self.texts().column.to_list(), upper.labels(clusters), upper.k)


def _compared(analysis: Analysis, progress: Progress | None) -> Compared:
    texts = analysis.texts()
    by_meaning = "semantic" in analysis.kinds
    return Compared(
        analysis.keys(),
        analysis.text,
        analysis.about[0] if by_meaning else "",
        texts.column.to_list,
        texts.whole.to_list,
        lambda: analysis.vectors(progress),
    )
