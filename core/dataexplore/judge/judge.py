"""A judge's full identity: what has to be the same for two scores to be of one judge."""

import json
import re
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from typing import Any

from dataexplore.errors import JudgeError
from dataexplore.jobs.spec import JSON

KINDS = ("endpoint", "local", "ifd", "tokens", "checks")
"""An endpoint or a local model that follows a rubric, and three measures that ask nobody."""


@dataclass(frozen=True)
class Judge:
    """A model, a rubric and a prompt version, or a measure with its model."""

    kind: str
    model: str
    """As the endpoint knows it, or the folder's name; "" for a measure without a model."""
    signals: tuple[str, ...]
    """The names of the values of each row, in order; the first is the judge's own name."""
    rubric: str = ""
    """Name and version of the rubric, with the digest of its text: accuracy/1/0f3a..."""
    settings: dict[str, JSON] = field(default_factory=dict)
    """What else changes an answer: prompt version, temperature, seed, longest answer, structured, weights."""

    @property
    def id(self) -> str:
        """16 hex digits over all but the signals' names; the address of an endpoint is no part of it."""
        known = {name: value for name, value in asdict(self).items() if name != "signals"}
        text = json.dumps({**known, "values": len(self.signals)}, sort_keys=True, ensure_ascii=True)
        return blake2b(text.encode("ascii"), digest_size=8).hexdigest()

    @property
    def name(self) -> str:
        """What the judge's first signal is called."""
        return self.signals[0]

    def to_json(self) -> str:
        """Return the text of judge.json."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> "Judge":
        """Read the text of judge.json; raise JudgeError where it is not one."""
        try:
            found: Any = json.loads(text)
            judge = cls(**{**found, "signals": tuple(found["signals"])})
            judge.id  # noqa: B018 # raises where a value is of the wrong type
        except (ValueError, TypeError, KeyError):
            raise JudgeError("judge.json is damaged: nothing says whose scores these are") from None
        if not judge.signals or not all(isinstance(name, str) and name for name in judge.signals):
            raise JudgeError("judge.json names no signal")
        return judge


def signal_name(*words: str) -> str:
    """Return words as a name that a filter can use without quotes: accuracy_gpt_4o_mini."""
    joined = "_".join(word.rstrip("/").rsplit("/", 1)[-1] for word in words if word)
    return re.sub(r"\W+", "_", joined, flags=re.ASCII).strip("_").lower() or "judge"
