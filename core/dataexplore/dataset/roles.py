"""The words that files have for who speaks, and what they mean."""

USER = "user"
ASSISTANT = "assistant"
SYSTEM = "system"
TOOL = "tool"

_KNOWN = {
    "user": USER,
    "human": USER,
    "assistant": ASSISTANT,
    "gpt": ASSISTANT,
    "model": ASSISTANT,
    "function_call": ASSISTANT,
    "tool_call": ASSISTANT,
    "system": SYSTEM,
    "developer": SYSTEM,
    "tool": TOOL,
    "function": TOOL,
    "observation": TOOL,
    "tool_response": TOOL,
    "ipython": TOOL,
}
CALLING = frozenset({"function_call", "tool_call"})
"""What is said under these words is a call of a tool."""


def role_of(word: str) -> str:
    """Return user, assistant, system or tool; a word that is none of these in any case stays as it is."""
    known = _KNOWN.get(word)
    return known if known is not None else _KNOWN.get(word.strip().lower(), word)


def is_known(word: str) -> bool:
    """Tell whether trainers know the word as it is written: `HUMAN` is read as a user and is not known."""
    return word in _KNOWN
