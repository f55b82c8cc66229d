"""Flags texts that mislead a reader or a trainer: empty ones, hidden characters, special tokens."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dataexplore.dataset.characters import CONTROL, INVISIBLE
from dataexplore.dataset.schema import Schema

_SPECIAL = (
    r"<\|[A-Za-z][A-Za-z0-9_]{0,40}\|>|<\x{ff5c}[^\x{ff5c}<>]{1,40}\x{ff5c}>|</?s>|\[/?INST\]|<</?SYS>>"
    r"|<(?:start|end)_of_turn>|<(?:bos|eos|pad|unk)>|\[/?(?:AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\]"
    r"|<(?:BOS|EOS|PAD|UNK)_TOKEN>|\[/?SYSTEM_PROMPT\]|\[gMASK\]|<end_of_utterance>"
)
"""What tokenizers (ChatML, Llama, Gemma, Mistral, DeepSeek, Cohere, GLM, GPT-2) read as one token."""
_PATTERNS = {
    "control characters": CONTROL,
    "invisible characters": f"[{INVISIBLE}]",
    "special-token text": _SPECIAL,
}
_ANY = "|".join(_PATTERNS.values())


def hidden_problems(*columns: pl.Series) -> dict[str, NDArray[np.int64]]:
    """Return rows in whose texts there are control characters, invisible ones or special tokens."""
    found: dict[str, list[NDArray[np.int64]]] = {}
    for column in columns:
        hits = rows_of(column.str.contains(_ANY))  # one pass over the text; the few hits are told apart
        few = column.gather(hits)
        for name, pattern in _PATTERNS.items() if len(hits) else ():
            found.setdefault(name, []).append(hits[rows_of(few.str.contains(pattern))])
    joined = {name: np.unique(np.concatenate(rows)) for name, rows in found.items()}
    return {name: rows for name, rows in joined.items() if len(rows)}


def empty_problems(prompts: pl.Series, responses: pl.Series, schema: Schema) -> dict[str, NDArray[np.int64]]:
    """Return rows with an empty side, of the sides that the schema has."""
    asks = schema.kind != "unknown" and bool(schema.prompt or schema.turns)
    answers = bool(schema.response or (schema.turns and schema.turns != "prompt"))
    no_prompt, no_response = prompts.str.strip_chars() == "", responses.str.strip_chars() == ""
    masks = {"empty prompt": no_prompt & asks, "empty response": no_response & answers}
    return {name: rows for name, mask in masks.items() if len(rows := rows_of(mask))}


def rows_of(mask: pl.Series) -> NDArray[np.int64]:
    """Return the numbers of the rows for which a mask is true; null is not true."""
    return np.flatnonzero(mask.fill_null(False).to_numpy())
