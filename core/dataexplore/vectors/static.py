"""The shipped encoder: the weighted mean of distilled token vectors, 52,000 prompts in about a second."""

import functools
import hashlib
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dataexplore.errors import EncoderError
from dataexplore.vectors.arrays import BoolArray, FloatMatrix, IntArray, Progress

if TYPE_CHECKING:
    from tokenizers import Tokenizer

FOLDER = Path(__file__).parent / "static_model"
MAX_TOKENS = 512
# No English text reaches 32 characters a token; a cut before the tokenizer keeps a 10 MB row cheap.
MAX_CHARACTERS = 32 * MAX_TOKENS
BATCH = 4096
# Tokens gathered at once: 8,192 vectors of 256 floats are 8 MiB and stay in cache.
GATHERED = 8192


class StaticEncoder:
    """A model2vec folder (tokenizer.json, model.safetensors) read with tokenizers and numpy alone."""

    def __init__(self, folder: Path, name: str) -> None:
        self._name = name
        try:
            self._tokenizer = _tokenizer(folder / "tokenizer.json")
            self._tokens, self._fingerprint = _token_vectors(folder / "model.safetensors")
        except Exception as error:  # safetensors and tokenizers raise types of their own
            message = f"The encoder in {folder} cannot be read ({error}): install the package again."
            raise EncoderError(message) from error
        self._unknown = self._tokenizer.token_to_id("[UNK]")

    @property
    def name(self) -> str:
        """The name a person asked for."""
        return self._name

    @property
    def fingerprint(self) -> str:
        """A digest of the weights file."""
        return self._fingerprint

    @property
    def dimensions(self) -> int:
        """Columns of the matrices that `encode` returns."""
        return int(self._tokens.shape[1])

    def made_for(self, script: str) -> bool:
        """Tell whether the encoder was made for a script: it is English, so for Latin alone."""
        return script == "Latin"

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> FloatMatrix:
        """Return (texts, dimensions) float32 rows of length 1; text without a known token gets zeros."""
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), BATCH):
            batch = [text[:MAX_CHARACTERS] for text in texts[start : start + BATCH]]
            encodings = self._tokenizer.encode_batch_fast(batch, add_special_tokens=False)
            ids = [encoding.ids for encoding in encodings]
            self._add(ids, vectors[start : start + len(batch)])
            if progress:
                progress(start + len(batch), len(texts))
        return vectors

    def _add(self, ids: list[list[int]], vectors: FloatMatrix) -> None:
        """Fill `vectors` with normalised sums; texts of equal token count are summed together."""
        lengths: IntArray = np.fromiter(map(len, ids), np.int64, len(ids))
        flat: IntArray = np.fromiter(chain.from_iterable(ids), np.int64, int(lengths.sum()))
        starts: IntArray = np.cumsum(lengths) - lengths
        if self._unknown is not None:
            lengths, flat, starts = _without(flat != self._unknown, flat, lengths)
        order = np.argsort(lengths, kind="stable")
        for rows in np.split(order, np.flatnonzero(np.diff(lengths[order])) + 1):
            count = int(lengths[rows[0]]) if len(rows) else 0
            if count == 0:
                continue
            step = max(1, GATHERED // count)
            for first in range(0, len(rows), step):
                some = rows[first : first + step]
                picked = flat[starts[some][:, None] + np.arange(count)]
                vectors[some] = _unit(self._tokens[picked].sum(axis=1))


def _without(known: BoolArray, flat: IntArray, lengths: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Drop unknown tokens: they would pull every text in a foreign script to one point."""
    owner = np.repeat(np.arange(len(lengths)), lengths)
    kept = np.bincount(owner[known], minlength=len(lengths))
    return kept, flat[known], np.cumsum(kept) - kept


def _unit(vectors: FloatMatrix) -> FloatMatrix:
    norms = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    norms[norms == 0] = 1
    vectors /= norms[:, None]
    return vectors


def _tokenizer(path: Path) -> "Tokenizer":
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _token_vectors(path: Path) -> tuple[FloatMatrix, str]:
    """Return the token vectors as float32 and a digest of their file."""
    from safetensors.numpy import load

    content = path.read_bytes()
    tensors = load(content)
    vectors = tensors["embeddings"].astype(np.float32)
    if "weights" in tensors:  # one scale per token: int8 alone would lose the rare tokens' direction
        vectors *= tensors["weights"].astype(np.float32)[:, None]
    return vectors, hashlib.sha256(content).hexdigest()[:16]


@functools.cache
def shipped_encoder() -> StaticEncoder:
    """Return the shipped encoder, read once per process."""
    return StaticEncoder(FOLDER, "static")
