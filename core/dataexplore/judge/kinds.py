"""The judges one can ask for, with all that makes each the judge it is."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from dataexplore.errors import JudgeError
from dataexplore.jobs.spec import JSON
from dataexplore.judge.judge import Judge, signal_name
from dataexplore.judge.prompt import VERSION
from dataexplore.judge.rubric import Rubric
from dataexplore.text import short

MEASURES = {
    "ifd": ("ifd", "answer_perplexity", "given_perplexity"),
    "tokens": ("prompt_tokens", "response_tokens", "whole_tokens"),
}
"""What each measure with a model computes of a row."""


@dataclass(frozen=True)
class Asking:
    """What else an endpoint is told; each of these can change an answer."""

    temperature: float = 0.0
    seed: int = 0
    answer: int = 120
    """Tokens of an answer at most."""
    structured: bool = True
    """Whether JSON by a schema is asked for, where the server can."""
    expected: bool = False
    """Whether there is a second signal: the mean over the likeliest scores, each by its probability."""


def endpoint_judge(model: str, rubric: Rubric, asking: Asking, name: str = "") -> Judge:
    """Return the judge that an endpoint's model is with a rubric."""
    if not model.strip():
        raise JudgeError("no model is named: --model takes the name that the endpoint knows it by")
    first = signal_name(name) if name else signal_name(rubric.name, model)
    signals = (first, f"{first}_expected") if asking.expected else (first,)
    settings: dict[str, JSON] = {"prompt": VERSION, **vars(asking)}
    return Judge("endpoint", model, signals, rubric.label, settings)


def local_judge(model: Path, rubric: Rubric, name: str = "") -> Judge:
    """Return the judge that a model of this machine is with a rubric, read off its probabilities."""
    first = signal_name(name) if name else signal_name(rubric.name, _folder(model).name)
    settings: dict[str, JSON] = {"prompt": VERSION, "weights": _weights(_folder(model))}
    return Judge("local", _folder(model).name, (first,), rubric.label, settings)


def measure(kind: str, model: Path) -> Judge:
    """Return what is computed with a small model or its tokenizer."""
    folder = _folder(model)
    slug = signal_name(folder.name)
    names = tuple(f"{name}_{slug}" for name in MEASURES[kind])
    return Judge(kind, folder.name, names, "", {"version": 1, "weights": _weights(folder)})


def checks_judge() -> Judge:
    """Return the rule checks: a signal each, and before them the number of those that found something."""
    from dataexplore.judge.rules.checks import NAMES

    return Judge("checks", "", ("checks_failed", *NAMES), "", {"version": 1})


def _folder(model: Path) -> Path:
    folder = model.expanduser().resolve()
    if not (folder / "config.json").is_file() and not (folder / "tokenizer.json").is_file():
        raise JudgeError(f"{short(str(model), 200)}: is no folder of a model (config.json is missing)")
    return folder


def _weights(folder: Path) -> str:
    """Return 16 hex digits over the configuration and the names and sizes of the weights."""
    parts = []
    for path in sorted(folder.iterdir()):
        if path.suffix in (".json", ".jinja", ".model", ".txt"):
            parts.append(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}")
        elif path.suffix in (".safetensors", ".bin", ".gguf"):
            parts.append(f"{path.name} {path.stat().st_size}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
