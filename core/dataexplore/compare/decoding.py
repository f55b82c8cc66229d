"""How answers are made: the same for both models, and part of what an answer is kept by."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from dataexplore.errors import JobError
from dataexplore.jobs.spec import JSON


@dataclass(frozen=True)
class Decoding:
    """Greedy unless a temperature is given; a value that makes no sense raises JobError naming it."""

    max_new_tokens: int = 512
    """An answer that is longer is cut."""
    temperature: float = 0.0
    """0: always the likeliest token."""
    top_p: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        whole = all(type(value) is int for value in (self.max_new_tokens, self.seed))
        if not whole or not 1 <= self.max_new_tokens <= 1 << 20 or not 0 <= self.seed < 2**31:
            raise JobError("an answer has 1 to 1,048,576 tokens at most, and a seed is from 0 to 2147483647")
        if not 0 <= self.temperature <= 100 or not 0 < self.top_p <= 1:
            raise JobError("a temperature is from 0 to 100, and top_p above 0 and up to 1")

    def to_json(self) -> dict[str, JSON]:
        """Return the settings as a job's spec stores them."""
        return asdict(self)

    @classmethod
    def from_json(cls, found: Any) -> "Decoding":
        """Read settings back; raise JobError where they are none."""
        try:
            return cls(**{field.name: found[field.name] for field in fields(cls)})
        except (TypeError, KeyError):
            raise JobError("spec.json: decoding is missing or damaged; make a new job") from None
