"""What a GPU can do at most, and its memory, power and temperature while it trains."""

import re
import shutil
import subprocess
import threading
from typing import Any

_PEAKS = (
    ("B200", 2250e12),
    ("H200", 989e12),
    ("GH200", 989e12),
    ("H100 PCIe", 756e12),
    ("H100 NVL", 835e12),
    ("H100", 989e12),
    ("A100", 312e12),
    ("A800", 312e12),
    ("H800", 989e12),
    ("L40S", 362e12),
    ("L40", 181e12),
    ("L4", 121e12),
    ("A40", 150e12),
    ("A30", 165e12),
    ("A10G", 70e12),
    ("A10", 125e12),
    ("RTX 6000 Ada", 364e12),
    ("RTX A6000", 155e12),
    ("RTX 5090", 210e12),
    ("RTX 4090", 165e12),
    ("RTX 3090", 71e12),
)
"""Dense bfloat16 multiplications and additions per second with float32 sums, from NVIDIA's data sheets."""
_EVERY = 5.0  # seconds between two questions to nvidia-smi, which takes up to one


def peak(name: str) -> float | None:
    """Return the most that a GPU of this name computes per second in bfloat16; None where it is not known."""
    return next((flops for part, flops in _PEAKS if re.search(rf"\b{part}\b", name)), None)


class Gpu:
    """Readings of the first CUDA device; without one they say nothing."""

    def __init__(self) -> None:
        import torch

        self._there = torch.cuda.is_available()
        self._name = torch.cuda.get_device_name() if self._there else ""
        self._watch = Watch(_uuid()) if self._there else None

    def reading(self, flops: float) -> dict[str, Any]:
        """Return this moment's `mfu` (a share of the peak, for these FLOPs a second), memory, power, heat."""
        if self._watch is None:
            return {"mfu": None}
        import torch

        most = peak(self._name)
        return {
            "mfu": round(flops / most, 4) if most else None,
            "memory": torch.cuda.max_memory_allocated(),
            **self._watch.latest,
        }

    def facts(self) -> dict[str, Any]:
        """Return the device's peak figures, where there is a device."""
        if not self._there:
            return {}
        import torch

        return {"memory": torch.cuda.max_memory_allocated(), "peak_flops": peak(self._name)}

    def close(self) -> None:
        """End the thread that asks nvidia-smi."""
        if self._watch is not None:
            self._watch.close()


class Watch:
    """Asks nvidia-smi for watts and degrees in a thread of its own, so that training never waits for it."""

    def __init__(self, uuid: str) -> None:
        self.latest: dict[str, float] = {}
        self._over = threading.Event()
        program = shutil.which("nvidia-smi")
        if program is not None:
            names = "--query-gpu=power.draw,temperature.gpu"
            command = [program, names, "--format=csv,noheader,nounits", *(["-i", uuid] if uuid else [])]
            threading.Thread(target=self._ask, args=(command,), daemon=True).start()

    def _ask(self, command: list[str]) -> None:
        while True:
            try:
                shown = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
                power, heat = shown.stdout.split("\n", 1)[0].split(",")
                self.latest = {"power": float(power), "temperature": float(heat)}
            except (OSError, ValueError, subprocess.SubprocessError):
                self.latest = {}  # what it said last is no longer true
            if self._over.wait(_EVERY):
                return

    def close(self) -> None:
        """Ask no more."""
        self._over.set()


def _uuid() -> str:
    import torch

    found = str(getattr(torch.cuda.get_device_properties(torch.cuda.current_device()), "uuid", ""))
    return found if not found or found.startswith("GPU-") else f"GPU-{found}"
