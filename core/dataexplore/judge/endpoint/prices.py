"""What tokens cost: from a file that the user owns, and from nowhere else."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from dataexplore.errors import JudgeError
from dataexplore.jobs.spec import JSON
from dataexplore.text import short

_MILLION = 1_000_000
_HALF = 0.5


@dataclass(frozen=True)
class Price:
    """Of a million tokens."""

    input: float
    output: float
    currency: str = ""
    batch: float = _HALF
    """What a batch file's tokens cost, as a share of that."""

    def of(self, prompt_tokens: int, completion_tokens: int, *, batch: bool = False) -> float:
        """Return what tokens cost."""
        whole = (prompt_tokens * self.input + completion_tokens * self.output) / _MILLION
        return whole * self.batch if batch else whole

    def to_json(self) -> dict[str, JSON]:
        """Return the price as a job's settings hold it."""
        return {"input": self.input, "output": self.output, "currency": self.currency, "batch": self.batch}

    @classmethod
    def from_json(cls, found: Mapping[str, Any], where: str = "prices") -> "Price":
        """Read a price; raise JudgeError naming what is missing or wrong."""
        unknown = set(found) - {"input", "output", "currency", "batch"}
        if unknown:
            raise JudgeError(f"{where}: {short(min(unknown), 40)} is no part of a price; {_NEEDED}")
        for name in ("input", "output", "batch"):
            value = found.get(name, _HALF if name == "batch" else None)
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise JudgeError(f"{where}: {name} is missing or no number; {_NEEDED}")
            if not isfinite(value) or value < 0:
                raise JudgeError(f"{where}: {name} is {value}; a price is 0 or more")
        currency = found.get("currency", "")
        if not isinstance(currency, str):
            raise JudgeError(f"{where}: currency is no text")
        return cls(float(found["input"]), float(found["output"]), currency, float(found.get("batch", _HALF)))


_NEEDED = "a price has input and output, per million tokens, and perhaps batch"


def prices_file() -> Path:
    """Return where prices are looked for when no file is named."""
    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(config) / "dataexplore" / "prices.toml"


def find_price(model: str, file: Path | None = None) -> Price | None:
    """Return a model's price, None where nobody gave one; raise JudgeError for a file that cannot be read."""
    path = file.expanduser() if file else prices_file()
    shown = short(str(path), 200)
    if file is None and not path.exists():
        return None
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise JudgeError(f"{shown}: prices cannot be read ({error.strerror or error})") from None
    except ValueError as error:
        raise JudgeError(f"{shown}: cannot be read as TOML ({short(str(error), 100)})") from None
    prices = found.get("prices", {})
    if not isinstance(prices, dict):
        raise JudgeError(f'{shown}: prices are tables, one for each model: [prices."gpt-4o-mini"]')
    if model not in prices:
        return None
    where = f"{shown}: price of {short(model, 60)}"
    if not isinstance(prices[model], dict):
        raise JudgeError(f"{where}: is no table; {_NEEDED}")
    return Price.from_json({"currency": found.get("currency", "")} | prices[model], where)
