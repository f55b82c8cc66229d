"""The files that a generate job appends to: answers and losses, by prompt; a torn line counts for nothing."""

import json
from pathlib import Path
from typing import Any, NamedTuple

ANSWERS = "answers.jsonl"
LOSSES = "losses.jsonl"


class Answer(NamedTuple):
    """What a model said to a prompt."""

    text: str | None
    """None where it could not answer."""
    tokens: int = 0
    """Its end included."""
    finish: str = ""
    """stop, length (cut at the most tokens), or why there is none."""


class Loss(NamedTuple):
    """How far a reference answer is from what a model expects."""

    total: float | None
    """Summed over its tokens, in nats; None where it could not be measured."""
    tokens: int
    """Its end included."""

    @property
    def mean(self) -> float | None:
        """Nats a token."""
        return None if self.total is None or not self.tokens else self.total / self.tokens


def answer_line(key: str, answer: Answer) -> dict[str, Any]:
    """Return an answer as a line holds it."""
    return {"prompt": key, "answer": answer.text, "tokens": answer.tokens, "finish": answer.finish}


def loss_line(key: str, loss: Loss) -> dict[str, Any]:
    """Return a loss as a line holds it."""
    return {"reference": key, "loss": loss.total, "tokens": loss.tokens}


def read_answers(folder: Path) -> dict[str, Answer]:
    """Return the answers of a job, by the prompt's key."""
    return {
        str(line["prompt"]): Answer(line["answer"], line["tokens"], line["finish"])
        for line in _lines(folder / ANSWERS, ("prompt", "answer", "tokens", "finish"))
    }


def read_losses(folder: Path) -> dict[str, Loss]:
    """Return the losses of a job, by the key of prompt and reference."""
    return {
        str(line["reference"]): Loss(line["loss"], line["tokens"])
        for line in _lines(folder / LOSSES, ("reference", "loss", "tokens"))
    }


def _lines(path: Path, names: tuple[str, ...]) -> list[dict[str, Any]]:
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            values = json.loads(line)
        except ValueError:
            continue  # a line that a kill cut short
        if isinstance(values, dict) and all(name in values for name in names):
            found.append(values)
    return found
