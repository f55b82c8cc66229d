"""What a run will train on, counted on the very arrays that are trained."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dataexplore.errors import JobError
from dataexplore.tune.settings import TuneSettings
from dataexplore.tune.template import IGNORED, ROLES, Template


@dataclass(frozen=True)
class Encoded:
    """One row as the model sees it."""

    row: int
    input_ids: list[int]
    labels: list[int]


@dataclass(frozen=True)
class Plan:
    """The encoded rows of a run and what is worth knowing before it starts."""

    encoded: list[Encoded] = field(repr=False)
    """The rows that are trained on, in order."""
    given: int
    """Rows handed in."""
    tokens: int
    """Of all trained rows, once through."""
    supervised: int
    """Tokens that are learned: answers and their end."""
    truncated: int
    """Trained rows that were cut to `max_tokens`."""
    untrainable: list[int]
    """Row numbers (from 0) with nothing to learn: no messages, an empty answer, turns in an order that the
    template refuses, or a prompt that fills `max_tokens`."""
    p50: int
    p95: int
    longest: int
    """Tokens of the longest row, after the cut."""
    steps: int
    template: str

    @property
    def rows(self) -> int:
        """Rows that are trained on."""
        return len(self.encoded)


def plan(
    rows: Iterable[Mapping[str, Any]],
    tokenizer: Any,
    settings: TuneSettings,
    progress: Callable[[int], object] = lambda done: None,
) -> Plan:
    """Encode `rows` (dicts with row, key, messages) and count; `progress` hears of every 200th row."""
    template = Template(tokenizer)
    encoded: list[Encoded] = []
    untrainable: list[int] = []
    given = truncated = 0
    refused = ""
    for given, row in enumerate(rows, 1):
        if given % 200 == 0:
            progress(given)
        if settings.max_rows is not None and len(encoded) == settings.max_rows:
            continue
        messages = _messages(row)
        answered = any(m["role"] == "assistant" and m["content"].strip() for m in messages)
        if answered and (why := template.refusal(messages)):
            refused = refused or why
            answered = False
        ids, labels = template.render(messages) if answered else ([], [])
        cut = len(ids) > settings.max_tokens
        ids, labels = ids[: settings.max_tokens], labels[: settings.max_tokens]
        # the first token has nothing before it to be predicted from
        if all(label == IGNORED for label in labels[1:]):
            untrainable.append(row["row"])
            continue
        truncated += cut
        encoded.append(Encoded(row["row"], ids, labels))
    if refused and not encoded:
        raise JobError(refused)
    lengths = sorted(len(row.input_ids) for row in encoded)
    return Plan(
        encoded=encoded,
        given=given,
        tokens=sum(lengths),
        supervised=sum(label != IGNORED for row in encoded for label in row.labels[1:]),
        truncated=truncated,
        untrainable=untrainable,
        p50=_quantile(lengths, 0.5),
        p95=_quantile(lengths, 0.95),
        longest=lengths[-1] if lengths else 0,
        steps=settings.steps(len(encoded)) if encoded else 0,
        template=template.name,
    )


def _messages(row: Mapping[str, Any]) -> list[Mapping[str, str]]:
    messages = row.get("messages")
    if not isinstance(messages, list) or not isinstance(row.get("row"), int):
        raise JobError("rows.jsonl: a line lacks its row number or its messages; make the run again")
    for message in messages:
        if message.get("role") not in ROLES or type(message.get("content")) is not str:
            raise JobError(f"row {row['row'] + 1} has a message without a known role or without text")
    return messages


def _quantile(ordered: list[int], share: float) -> int:
    """Return the smallest value that at least `share` of the values do not exceed."""
    if not ordered:
        return 0
    return ordered[min(len(ordered) - 1, max(0, -int(-len(ordered) * share // 1) - 1))]
