"""What an encoder is, and how one is found by name."""

from collections.abc import Sequence
from typing import Protocol

from dataexplore.vectors.arrays import FloatMatrix, Progress

STATIC = "static"
"""The encoder that ships inside the package: English, 52,000 prompts in a second or two."""
LEXICAL = "lexical"
"""The encoder without weights, for any script."""


class Encoder(Protocol):
    """Maps texts to vectors whose product is their cosine similarity."""

    @property
    def name(self) -> str:
        """The name a person asked for."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the weights do, so stored vectors of older weights are not mixed in."""

    @property
    def dimensions(self) -> int:
        """Columns of the matrices that `encode` returns."""

    def made_for(self, script: str) -> bool:
        """Tell whether the encoder was made for a script of Unicode's (Latin, Han, Cyrillic ...)."""

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> FloatMatrix:
        """Return (texts, dimensions) float32 rows of length 1; a blank text gets a row of zeros."""


def find_encoder(name: str = STATIC) -> Encoder:
    """Return the encoder of that name, else the sentence-transformers model of that folder or hub id.

    Raises EncoderError when the extra `ml` or the weights are missing.
    """
    if name == STATIC:
        from dataexplore.vectors.static import shipped_encoder

        return shipped_encoder()
    if name == LEXICAL:
        from dataexplore.vectors.lexical import LexicalEncoder

        return LexicalEncoder()
    from dataexplore.vectors.sentence import SentenceEncoder

    return SentenceEncoder(name)
