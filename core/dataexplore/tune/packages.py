"""What the tuning interpreter has, found out without importing it."""

import platform
import sys
from importlib import metadata
from importlib.util import find_spec

from dataexplore.errors import JobError

NEEDED = ("torch", "transformers", "peft", "accelerate")


def require_packages() -> None:
    """Raise JobError naming this interpreter and the packages that it lacks."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        names = " and ".join([", ".join(missing[:-1]), missing[-1]] if len(missing) > 1 else missing)
        raise JobError(
            f"{sys.executable} lacks {names}: install with `{sys.executable} -m pip install "
            f"{' '.join(missing)}` or name another interpreter with --python"
        )


def versions() -> dict[str, str]:
    """Return the versions that matter for a run, the interpreter's included."""
    found = {"python": platform.python_version()}
    for name in (*NEEDED, "tokenizers", "safetensors"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
