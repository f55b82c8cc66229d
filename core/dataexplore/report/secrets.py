"""Strings in the format of well-known keys, tokens and passwords; what is found is never repeated whole."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

KINDS = {
    "AWS access key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})",
    "GitLab token": r"\bglpat-[A-Za-z0-9_-]{20,64}",
    "key of the form sk-": r"\bsk-[A-Za-z0-9_-]{20,255}",
    "Stripe live key": r"\b[rs]k_live_[A-Za-z0-9]{16,255}",
    "Slack token": r"\bxox[abeoprs]-[A-Za-z0-9-]{10,255}",
    "Google API key": r"\bAIza[A-Za-z0-9_-]{35}",
    "Hugging Face token": r"\bhf_[A-Za-z0-9]{30,255}",
    "JSON web token": r"\beyJ[A-Za-z0-9_-]{8,2000}\.eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,2000}",
    "private key": r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----",
    "password in an address": r"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://"
    r"[^\s/:@\"'<>{}]{0,80}:[^\s/@\"'<>{}]{3,100}@[A-Za-z0-9\[][^\s/\"'<>]{0,200}",
}

_ANY = (
    r"AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|sk-|k_live_|xox[abeoprs]-|AIza|hf_|eyJ|PRIVATE KEY"
    r"|://[^\s/:@]{0,80}:[^\s/@]{3,100}@"
)
"""What every one of them contains: few rows have it, so all other patterns look at few rows."""
_EXAMPLES = re.compile(
    r"example|sample|dummy|placeholder|redacted|xxxx|\.\.\.|\*\*\*|your|1234567|abcdefg|IxMjM0NTY3ODkw",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"://([^:]*):(.*)@([^@]*)$", re.DOTALL)
_NO_PASSWORDS = frozenset(
    ("password", "passwd", "passw0rd", "pass", "pwd", "pw", "secret", "token", "user", "username")
) | {"changeme", "port", "root", "admin", "test"}
_DIGITS = ("key of the form sk-", "Hugging Face token")
"""Kinds whose prefix begins ordinary names, too: without a digit it is one."""
_VARIED = 8
"""A random string has at least so many different characters."""
_SHOWN = 4


@dataclass(frozen=True)
class Secret:
    """One string that looks like a secret, without the secret."""

    place: int
    """Where its text stands in the column that was searched."""
    kind: str
    starts: str
    """Its first four characters: enough to tell what it is, too few to use it."""


def secrets_in(texts: pl.Series) -> Iterator[Secret]:
    """Yield what looks like a secret in some texts; obvious examples are left out."""
    hits = texts.str.contains(_ANY).fill_null(False).arg_true()
    if not len(hits):
        return
    suspects, places = texts[hits], hits.to_list()
    for kind, pattern in KINDS.items():
        found = suspects.str.extract_all(pattern)
        for at in (found.list.len() > 0).arg_true().to_list():
            for one in found[at]:
                if is_real(kind, one):
                    yield Secret(places[at], kind, f"{one[:_SHOWN]}…")
                    break


def is_real(kind: str, text: str) -> bool:
    """Tell a string that could be in use from an example of the format."""
    if kind == "private key":
        return True
    if kind == "password in an address":
        parts = _ADDRESS.search(text)
        if parts is None or _EXAMPLES.search(parts[3]):
            return False
        user, password = parts[1].lower(), parts[2].lower()
        return password not in _NO_PASSWORDS | {user} and not re.search(r"[$\[\](),]|^[x*.]+$", password)
    if kind in _DIGITS and not any(char.isdigit() for char in text):
        return False
    return not _EXAMPLES.search(text) and len(set(text)) >= _VARIED
