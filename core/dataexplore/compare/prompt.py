"""A prompt that two models answer, and the file in which a job finds its prompts."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dataexplore.errors import JobError
from dataexplore.judge.asked import Said, hash_of

FILE = "prompts.jsonl"


@dataclass(frozen=True)
class Prompt:
    """What is asked, and where there is one the answer that somebody holds for good."""

    said: Said
    """Role and text of each turn before the answer."""
    reference: str = ""
    set: str = ""
    """The test set that it is from; "" where there is none."""

    @cached_property
    def key(self) -> str:
        """32 hex digits that are the same for the same turns; answers are kept by it."""
        return hash_of(self.said).hex()

    @cached_property
    def reference_key(self) -> str:
        """32 hex digits over the turns and the reference; losses are kept by it."""
        return hash_of((*self.said, ("assistant", self.reference))).hex()

    @property
    def text(self) -> str:
        """What the user says."""
        return "\n\n".join(text for role, text in self.said if role == "user")


def to_bytes(prompts: Iterable[Prompt]) -> bytes:
    """Return the bytes of prompts.jsonl."""
    lines = (
        json.dumps({"said": one.said, "reference": one.reference, "set": one.set}) for one in prompts
    )  # ASCII: lone surrogates survive
    return "".join(line + "\n" for line in lines).encode("ascii")


def read_prompts(folder: Path) -> list[Prompt]:
    """Return the prompts of a job; raise JobError where the file is not what `to_bytes` made."""
    try:
        with (folder / FILE).open("rb") as file:
            lines = [json.loads(line) for line in file]
        return [
            Prompt(tuple((role, text) for role, text in one["said"]), one["reference"], one["set"])
            for one in lines
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise JobError(f"{FILE}: the job's prompts cannot be read ({error}); make a new job") from None
