"""Addresses of endpoints: checked before anything is written down or sent."""

import ipaddress
import re
from urllib.parse import parse_qsl, urlsplit

from dataexplore.errors import JudgeError
from dataexplore.text import short

_SECRET = re.compile(r"key|token|secret|sig|auth|pass|cred|code|session", re.IGNORECASE)
_LONGEST_VALUE = 32


def check_address(address: str) -> str:
    """Return the address of an endpoint without a last slash; raise JudgeError where it is none.

    One with a password or a key in it is refused: addresses are stored and shown.
    """
    address = address.strip()
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise JudgeError("--base-url is no address; one looks like http://localhost:8000/v1") from None
    if parts.username is not None or parts.password is not None:
        raise JudgeError(
            "--base-url has a user or password in it, and addresses are stored; give a key by its variable"
        )
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if _SECRET.search(name) or len(value) > _LONGEST_VALUE:
            raise JudgeError(
                f"--base-url: {short(name, 40)}= may be a key, and addresses are stored; "
                "give it by its variable"
            )
    if parts.scheme not in ("http", "https") or not host or not re.fullmatch(r"[!-~]+", address):
        raise JudgeError(
            f"{short(address, 120)}: is no address of an endpoint; one looks like http://localhost:8000/v1"
        )
    if parts.fragment:
        raise JudgeError(f"{short(address, 120)}: an endpoint has no part after #; leave it out")
    return address.rstrip("/")


def in_the_open(address: str) -> bool:
    """Tell whether what is sent to an address, a key included, crosses a network unencrypted."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme == "https" or host == "localhost" or host.endswith(".localhost"):
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True
