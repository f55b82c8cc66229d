"""Where the decisions on a file live: beside the data, or else in the XDG state folder."""

import hashlib
import os
import re
from pathlib import Path

from dataexplore.errors import WorkspaceError
from dataexplore.text import short

CACHE = "cache"
"""The folder, in a workspace, of what can be made anew from the data."""
_SNAPSHOT = re.compile(r"datasets--(?P<repo>[^/]+)/snapshots/[0-9a-f]{40}/(?P<file>.+)$")


def beside(path: Path) -> Path:
    """Return the workspace folder next to a dataset; for one in the cache of the hub, in the current folder.

    What lies in a cache may be deleted at any time: decisions may not.
    """
    found = _SNAPSHOT.search(path.as_posix())
    if found:
        name = f"{found['repo']}--{found['file'].replace('/', '--')}"
        return Path(".dataexplore") / name
    return path.parent / ".dataexplore" / path.name


def fallback(path: Path) -> Path:
    """Return the workspace folder for a dataset in a place that cannot be written."""
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    place = hashlib.blake2b(os.fsencode(path.resolve().parent), digest_size=6).hexdigest()
    return state / "dataexplore" / f"{path.name}-{place}"


def make_folder(path: Path, chosen: Path | None = None) -> Path:
    """Create and return the workspace of `path`: `chosen`, beside the data, or the fallback."""
    candidates = [chosen] if chosen else [beside(path), fallback(path)]
    reasons = []
    for folder in candidates:
        try:
            if not chosen:
                folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if os.access(folder, os.W_OK | os.X_OK):
                return folder
            reasons.append(f"{short(str(folder), 200)}: permission denied")
        except OSError as error:
            reasons.append(f"{short(str(folder), 200)}: {(error.strerror or 'cannot be made').lower()}")
    raise WorkspaceError(f"no place for decisions ({'; '.join(reasons)}); name one with --workspace DIR")


def find_folder(path: Path, chosen: Path | None = None) -> Path | None:
    """Return the workspace of `path` if there is one, without making it."""
    candidates = [chosen] if chosen else [beside(path), fallback(path)]
    return next((folder for folder in candidates if folder.is_dir()), None)
