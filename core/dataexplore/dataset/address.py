"""Names of datasets on the Hugging Face hub, as people write them."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from dataexplore.errors import InputRefusedError
from dataexplore.text import short

SCHEME = "hf://"
_ADDRESS = re.compile(
    r"(?P<repo>[\w.-]+(?:/[\w.-]+)?)(?:@(?P<revision>refs/(?:convert|pr)/[^/@]+|[^/@]+))?(?:/(?P<path>.+))?"
)
_BARE = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+(?:@.+)?")


@dataclass(frozen=True)
class Address:
    """A dataset on the hub, or some of its files."""

    repo: str
    revision: str = "main"
    path: str = ""
    """A file or a pattern; "" is what the dataset itself says."""

    def __str__(self) -> str:
        revision = f"@{self.revision}" if self.path or self.revision != "main" else ""
        return f"{self.repo}{revision}{f'/{self.path}' * bool(self.path)}"


def address_of(name: str) -> Address | None:
    """Return the address that a name is, None for one of another shape.

    `ORG/NAME@REVISION/FILE` may stand without hf://datasets/. Raises InputRefusedError for other hf:// names.
    """
    full = name.startswith(SCHEME)
    rest = name.removeprefix(SCHEME)
    if full and not rest.startswith("datasets/"):
        raise InputRefusedError(f"{short(name, 200)}: is no dataset; say hf://datasets/ORG/NAME")
    rest = rest.removeprefix("datasets/").strip("/") if full else rest
    found = _ADDRESS.fullmatch(rest) if full or _BARE.fullmatch(rest) else None
    if found is not None:
        revision, path = unquote(found["revision"] or "main"), found["path"] or ""
        if inside(revision) and (not path or inside(path)):
            return Address(found["repo"], revision, path)
    if full:
        raise InputRefusedError(
            f"{short(name, 200)}: is no address; say hf://datasets/ORG/NAME@REVISION/FILE"
        )
    return None


def inside(path: str) -> bool:
    """Tell whether a relative path stays in the folder that it starts from."""
    return not any(part in ("", ".", "..") or "\0" in part or "\\" in part for part in path.split("/"))
