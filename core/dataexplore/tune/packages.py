"""What the tuning interpreter has, found out without importing it."""

import platform
import sys
from importlib import metadata
from importlib.util import find_spec

from dataexplore.errors import JobError

NEEDED = ("torch", "transformers", "peft", "accelerate")


def require_packages(method: str = "lora", processes: int = 1) -> None:
    """Raise JobError naming this interpreter and the packages that it lacks for a method, or GPUs."""
    needed = (*NEEDED, "bitsandbytes") if method == "qlora" else NEEDED
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        names = " and ".join([", ".join(missing[:-1]), missing[-1]] if len(missing) > 1 else missing)
        raise JobError(
            f"{sys.executable} lacks {names}: install with `{sys.executable} -m pip install "
            f"{' '.join(missing)}` or name another interpreter with --python"
        )
    if method != "qlora" and processes == 1:
        return
    import torch

    there = torch.cuda.device_count()
    if method == "qlora" and not there:
        raise JobError("qlora needs an NVIDIA GPU, and there is none here: tune with lora")
    if there and processes > there:
        raise JobError(f"processes: {processes} does not do, there are {there} GPUs here")


def versions() -> dict[str, str]:
    """Return the versions that matter for a run, the interpreter's included."""
    found = {"python": platform.python_version()}
    for name in (*NEEDED, "tokenizers", "safetensors", "bitsandbytes"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
