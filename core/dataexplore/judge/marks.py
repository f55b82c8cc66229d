"""Marks around a row that nobody who wrote it could have guessed, and no special token within."""

import re
from collections.abc import Sequence
from hashlib import blake2b

_SPECIAL = re.compile(
    r"<(?=\|)"  # <|im_start|>, <|endoftext|>
    r"|<(?=/?s>|/?(?:bos|eos|pad|unk|(?:bos|eos|pad|unk)_token|start_of_turn|end_of_turn|end_of_utterance|think|tool_call|tool_response)>)"
    r"|\[(?=/?(?:INST|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|SYSTEM_PROMPT|gMASK)\])"
    r"|<(?=</?SYS>>)"
    r"|<(?=[｜▁])",
    re.IGNORECASE,
)


def mark(secret: bytes, row: bytes, texts: Sequence[str]) -> str:
    """Return 12 hex digits that stand in none of the texts: hard to guess, and few tokens to pay for."""
    for attempt in range(256):
        made = blake2b(row + bytes([attempt]), key=secret, digest_size=6).hexdigest()
        if not any(made in text for text in texts):
            return made
    raise AssertionError("256 marks of 48 bits stood in one row")


def spaced(text: str) -> str:
    """Return a text in which no tokenizer finds a special token: a space follows its first character.

    Lone surrogates, which no request can carry, become question marks.
    """
    text = _SPECIAL.sub(lambda found: f"{found[0]} ", text)
    return text.encode("utf-8", "replace").decode("utf-8")
