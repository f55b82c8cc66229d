"""What a run will train on, counted on the very arrays that are trained."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dataexplore.errors import JobError
from dataexplore.tune.held_out import held_out
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
    lost: int
    """Tokens of trained rows that were cut away."""
    unended: int
    """Trained rows whose last answer's end is not learned: the model would not learn there to stop."""
    p50: int
    p95: int
    longest: int
    """Tokens of the longest row, after the cut."""
    steps: int
    template: str
    held_out: list[Encoded] = field(repr=False, default_factory=list)
    """Rows that are measured and not trained on; of all figures but `given` they are no part."""

    @property
    def rows(self) -> int:
        """Rows that are trained on."""
        return len(self.encoded)

    @property
    def stop_supervised(self) -> bool:
        """Whether the end of an answer is learned in every row that was not cut."""
        return self.unended <= self.truncated


def plan(
    rows: Iterable[Mapping[str, Any]],
    tokenizer: Any,
    settings: TuneSettings,
    progress: Callable[[int], object] = lambda done: None,
) -> Plan:
    """Encode `rows` (dicts with row, key, messages) and count; `progress` hears of every 200th row.

    Rows that say `held_out` are measured and not trained on; if there are any, no others are drawn.
    """
    template = Template(tokenizer)
    encoded: list[Encoded] = []
    asked: list[str] = []
    whole: list[int] = []
    marked: set[int] = set()
    untrainable: list[int] = []
    given = 0
    refused = ""
    for given, row in enumerate(rows, 1):
        if given % 200 == 0:
            progress(given)
        apart = bool(row.get("held_out"))
        if settings.max_rows is not None and not apart and len(encoded) - len(marked) == settings.max_rows:
            continue
        messages = _messages(row)
        answered = any(m["role"] == "assistant" and m["content"].strip() for m in messages)
        if answered and (why := template.refusal(messages)):
            refused = refused or why
            answered = False
        ids, labels = template.render(messages) if answered else ([], [])
        length = len(ids)
        ids, labels = ids[: settings.max_tokens], labels[: settings.max_tokens]
        # the first token has nothing before it to be predicted from
        if all(label == IGNORED for label in labels[1:]):
            untrainable += [] if apart else [row["row"]]
            continue
        if apart:
            marked.add(len(encoded))
        encoded.append(Encoded(row["row"], ids, labels))
        whole.append(length)
        asked.append(_asked(messages))
    if refused and not encoded:
        raise JobError(refused)
    left_out = marked or held_out(asked, settings.held_out, settings.seed)
    kept = [place for place in range(len(encoded)) if place not in left_out]
    trained = [encoded[place] for place in kept]
    cut = [whole[place] - len(encoded[place].input_ids) for place in kept]
    lengths = sorted(len(row.input_ids) for row in trained)
    return Plan(
        encoded=trained,
        given=given,
        tokens=sum(lengths),
        supervised=supervised(trained),
        truncated=sum(tokens > 0 for tokens in cut),
        untrainable=untrainable,
        lost=sum(cut),
        unended=sum(not template.ends(row.labels) for row in trained),
        p50=_quantile(lengths, 0.5),
        p95=_quantile(lengths, 0.95),
        longest=lengths[-1] if lengths else 0,
        steps=settings.steps(len(trained)) if trained else 0,
        template=template.name,
        held_out=[encoded[place] for place in sorted(left_out)],
    )


def supervised(rows: Iterable[Encoded]) -> int:
    """Return how many tokens of the rows are learned; a first token has nothing to be predicted from."""
    return sum(label != IGNORED for row in rows for label in row.labels[1:])


def _asked(messages: Iterable[Mapping[str, str]]) -> str:
    """Return all that is said before the answers, by which rows that ask the same are known."""
    said = [(message["role"], message["content"].strip()) for message in messages]
    return json.dumps([one for one in said if one[0] != "assistant"])


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
