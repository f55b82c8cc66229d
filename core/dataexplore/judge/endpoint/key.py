"""API keys: where they come from, and how they are kept out of everything that is written."""

import base64
import json
import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, urlsplit
from urllib.request import getproxies

from dataexplore.errors import JudgeError
from dataexplore.text import short

VARIABLE = "OPENAI_API_KEY"
HIDDEN = "[key]"
_SHORTEST = 8
"""Characters; shorter ones (`none`, `EMPTY`) guard nothing and stand in ordinary text."""
_LONGEST = 10_000


def find_key(variable: str = VARIABLE, file: str | None = None) -> str:
    """Return the key from a private file or else from the environment, "" where there is none.

    Raises JudgeError, without the key, for a file that others can read and for a key that fits no header.
    """
    if file:
        where = short(file, 200)
        key = _from_file(Path(file).expanduser(), where)
        if not key:
            raise JudgeError(f"{where}: is empty; write the key into it")
    else:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", variable):
            raise JudgeError("the key is given by the name of an environment variable, never by itself")
        where, key = variable, os.environ.get(variable, "").strip()
    if not re.fullmatch(r"[!-~]*", key):
        raise JudgeError(f"{where}: a key is one word of visible ASCII characters; what is there is not")
    return key


def _from_file(path: Path, shown: str) -> str:
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise JudgeError(f"{shown}: is no regular file, so no key is read from it")
            if found.st_mode & 0o077:
                mode = stat.S_IMODE(found.st_mode)
                raise JudgeError(f"{shown}: others can read this key (mode {mode:04o}); chmod 600 it")
            return file.read(_LONGEST).decode("ascii", "replace").strip()
    except OSError as error:
        raise JudgeError(f"{shown}: the key cannot be read ({error.strerror or error})") from None


class Hider:
    """Replaces secrets in texts, also as JSON, URLs and base64 spell them."""

    def __init__(self, secrets: Iterable[str]) -> None:
        found: set[str] = set()
        for secret in secrets:
            if len(secret) >= _SHORTEST:
                packed = base64.b64encode(secret.encode("utf-8", "replace")).decode()
                spelled = (secret, quote(secret, safe=""), quote(secret), json.dumps(secret)[1:-1], packed)
                found |= {*spelled, packed.rstrip("=")}
        ordered = sorted(found, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def __call__(self, text: str) -> str:
        """Return the text without secrets."""
        return self._pattern.sub(HIDDEN, text) if self._pattern else text


def hider(key: str) -> Hider:
    """Return what hides a key, the headers of OPENAI_CUSTOM_HEADERS and the passwords of proxies."""
    lines = os.environ.get("OPENAI_CUSTOM_HEADERS", "").splitlines()
    values = [line.partition(":")[2].strip() for line in lines]
    words = [word for value in values for word in (value, value.rpartition(" ")[2])]
    proxies = [urlsplit(address).password or "" for address in getproxies().values()]
    return Hider([key, *words, *proxies])
