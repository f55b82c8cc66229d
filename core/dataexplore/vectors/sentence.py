"""Any sentence-transformers model as an encoder, from a folder or the hub."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from dataexplore.vectors.arrays import FloatMatrix, Progress
from dataexplore.vectors.model import fingerprint_of, load_model

BATCH, GPU_BATCH = 64, 256
# Texts sorted by length within a stretch waste little padding and still report progress.
STRETCH = 2048
# No text reaches 32 characters a token; a cut before the tokenizer keeps a 10 MB row cheap.
CHARACTERS_PER_TOKEN = 32
# The vocabularies of English models hold up to 500 tokens of Han, those of Chinese ones thousands.
TOKENS_OF_A_SCRIPT = 1000


class SentenceEncoder:
    """A sentence-transformers model, on a GPU where there is one; runs no code of the model's."""

    def __init__(self, name: str) -> None:
        folder = Path(name).expanduser()
        # jobs run in other folders, and vectors are found by the encoder's name
        self._name = str(folder.resolve()) if folder.is_dir() else name
        self._model = load_model(self._name)
        self._fingerprint = fingerprint_of(self._name, self._model)
        self._batch = GPU_BATCH if str(self._model.device).startswith("cuda") else BATCH

    @property
    def name(self) -> str:
        """The whole path of a folder, or the hub id that a person asked for."""
        return self._name

    @property
    def fingerprint(self) -> str:
        """A digest of the folder's files (name, size, time), or of the hub revision."""
        return self._fingerprint

    @property
    def dimensions(self) -> int:
        """Columns of the matrices that `encode` returns."""
        return int(self._model.get_embedding_dimension())

    @property
    def device(self) -> str:
        """Where it runs and in which precision: cpu, float32."""
        kinds = {str(weights.dtype).removeprefix("torch.") for weights in self._model.parameters()}
        return ", ".join([str(self._model.device), *sorted(kinds)])

    def made_for(self, script: str) -> bool:
        """Tell whether the model's vocabulary has a good number of tokens in a script."""
        from dataexplore.vectors.scripts import vocabulary_of

        return script == "Latin" or vocabulary_of(script, self._vocabulary) >= TOKENS_OF_A_SCRIPT

    @cached_property
    def _vocabulary(self) -> list[str]:
        tokenizer = self._model.tokenizer
        backend = getattr(tokenizer, "backend_tokenizer", tokenizer)
        if not hasattr(backend, "decode_batch"):
            return list(backend.get_vocab())
        found: list[str] = backend.decode_batch([[token] for token in range(backend.get_vocab_size())])
        return found

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> FloatMatrix:
        """Return (texts, dimensions) float32 rows of length 1; a blank text gets a row of zeros."""
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        longest = CHARACTERS_PER_TOKEN * min(self._model.max_seq_length or 512, 1 << 17)
        for start in range(0, len(texts), STRETCH):
            stop = min(start + STRETCH, len(texts))
            rows = [row for row in range(start, stop) if texts[row].strip()]
            if rows:
                vectors[rows] = self._encoded([texts[row][:longest] for row in rows])
            if progress:
                progress(stop, len(texts))
        # bfloat16 leaves lengths of 1 +- 0.004
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.where(norms > 0, norms, 1), np.float32)

    def _encoded(self, texts: list[str]) -> FloatMatrix:
        """Encode, with smaller batches where a GPU has too little memory for long texts."""
        while True:
            try:
                found = self._model.encode(
                    texts,
                    batch_size=self._batch,
                    show_progress_bar=False,
                    convert_to_numpy=True,
                    normalize_embeddings=True,
                )
            except RuntimeError as error:  # torch's own class is one
                if "out of memory" not in str(error) or self._batch == 1:
                    raise
                self._batch //= 2
            else:
                return np.asarray(found, np.float32)
