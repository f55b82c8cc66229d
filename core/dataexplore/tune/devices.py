"""Which devices a run will use, told without torch: who waits for one needs little memory."""

import os
from pathlib import Path


def devices(processes: int) -> list[str]:
    """Return the names of the devices that runs take turns on: `cpu`, or `gpu 0` and so on."""
    if not any(Path("/dev").glob("nvidia[0-9]*")):
        return ["cpu"]
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    names = [name.strip() for name in visible.split(",")] if visible else list(map(str, range(processes)))
    return [f"gpu {name}" for name in names[:processes] if name]
