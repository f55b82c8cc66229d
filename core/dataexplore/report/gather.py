"""Gathers a report part by part: the text of one part is in memory at a time, of all rows only numbers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dataexplore.dataset.dataset import Dataset, Part
from dataexplore.dataset.schema import Schema
from dataexplore.report.languages import Identifier, Languages, identifier, row_languages, sampled
from dataexplore.report.lengths import spread
from dataexplore.report.refusals import declines, speaks_as_machine
from dataexplore.report.repeats import Repeats, mixed, repeats
from dataexplore.report.report import Finding, Kind, Repeated, Report, Settings
from dataexplore.report.said import Said, raw_rows, said_in
from dataexplore.report.secrets import secrets_in
from dataexplore.report.tokens import TokenCounter, token_counter

Rows = NDArray[np.int64]
Lengths = NDArray[np.int32]
Progress = Callable[[int, int], None]

_STARTS = 20
"""So many secrets of a kind are told apart by their first characters."""


class CheckCancelledError(Exception):
    """The person did not wait for the report."""


def gather(
    dataset: Dataset,
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Report:
    """Return what is in a dataset; `progress` gets rows done and rows in all.

    Raises EncoderError when there is no such tokenizer, CheckCancelledError when `cancelled` says so.
    """
    settings = settings or Settings()
    work = _Work(dataset, settings, progress or (lambda done, total: None), cancelled)
    for part in dataset.parts():
        work.add(part)
    return work.report()


@dataclass
class _Work:
    """What is known of the parts so far."""

    dataset: Dataset
    settings: Settings
    progress: Progress
    cancelled: Callable[[], bool]
    chars: dict[str, list[Lengths]] = field(
        default_factory=lambda: {"prompt": [], "response": [], "whole": []}
    )
    tokens: list[Lengths] = field(default_factory=list)
    hashes: dict[str, list[NDArray[np.uint64]]] = field(default_factory=dict)
    asked: list[NDArray[np.bool_]] = field(default_factory=list)
    found: dict[tuple[Kind, str], list[Rows]] = field(default_factory=dict)
    starts: dict[str, list[str]] = field(default_factory=dict)
    empty: dict[str, int] = field(default_factory=dict)
    fields: dict[str, None] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        rows = len(self.dataset)
        self.counter: TokenCounter = token_counter(self.settings.tokenizer)
        self.sample = sampled(rows, self.settings.sample, self.settings.seed)
        self.identifier: Identifier = identifier()
        self.schemas = _schemas(self.dataset)
        self.text_fields = list(dict.fromkeys(name for schema, _ in self.schemas for name in _texts(schema)))

    def add(self, part: Part) -> None:
        """Take in the next rows."""
        self._tick(part.first)
        said = said_in(self.dataset, part)
        self._measure(part, said)
        self._hash(part)
        self._fields(part)
        self._answers(part, said)
        self._secrets(part, said)
        self._languages(part)
        self._tick(part.first + len(part.prompts))

    def _tick(self, done: int) -> None:
        if self.cancelled():
            raise CheckCancelledError
        self.progress(done, len(self.dataset))

    def _measure(self, part: Part, said: Said) -> None:
        height = len(part.prompts)
        for name, texts in (("prompt", part.prompts), ("response", part.responses)):
            self.chars[name].append(_int32(texts.str.len_chars().to_numpy()))
        chars = said.texts.str.len_chars().to_numpy().astype(np.int64)
        self.chars["whole"].append(_int32(said.per_row(chars, height)))
        of_text = self.counter.count(
            said.texts, lambda done, total: self._tick(part.first + height * done // total)
        )
        tokens = self.counter.tokens(said.per_row(of_text, height))
        self.tokens.append(_int32(tokens))
        self._note(
            "long", f"over {self.settings.max_tokens:,} tokens", part, tokens > self.settings.max_tokens
        )

    def _hash(self, part: Part) -> None:
        whole = np.fromiter(map(hash, raw_rows(self.dataset, part)), np.int64, len(part.prompts))
        prompt, response = part.prompts.hash(1).to_numpy(), part.responses.hash(2).to_numpy()
        hashes = {
            "whole row": whole.view(np.uint64),
            "prompt and response": mixed(prompt, response),
            "prompt": prompt,
        }
        for name, values in hashes.items():
            self.hashes.setdefault(name, []).append(values)
        self.asked.append((part.prompts.str.strip_chars() != "").to_numpy())

    def _fields(self, part: Part) -> None:
        self.fields.update(dict.fromkeys(part.frame.columns))
        for name in self.text_fields:
            if name in part.frame.columns and part.frame[name].dtype == pl.String:
                blank = (part.frame[name].str.strip_chars() == "").fill_null(False).to_numpy()
                self.empty[name] = self.empty.get(name, 0) + int(blank.sum())
                self._note("empty", f"blank {name}", part, blank)

    def _answers(self, part: Part, said: Said) -> None:
        answers, places = said.texts.filter(pl.Series(said.answers)), said.places[said.answers]
        for name, tell in (("declines", declines), ("speaks as an AI", speaks_as_machine)):
            mask = np.zeros(len(part.prompts), bool)
            mask[places[tell(answers).to_numpy()]] = True
            self._note("refusal", name, part, mask)

    def _secrets(self, part: Part, said: Said) -> None:
        columns = [column for column in part.frame if column.dtype == pl.String]
        searched: list[tuple[pl.Series, Rows | None]] = [(column, None) for column in columns]
        if any(column.dtype.is_nested() for column in part.frame):
            searched.append((said.texts, said.places))
        at: dict[str, dict[int, str]] = {}
        for texts, places in searched:
            for secret in secrets_in(texts):
                place = secret.place if places is None else int(places[secret.place])
                at.setdefault(secret.kind, {}).setdefault(place, secret.starts)
        for kind, of_kind in at.items():
            rows = np.array(sorted(of_kind), np.int64)
            self.found.setdefault(("secret", kind), []).append(rows + part.first)
            starts = self.starts.setdefault(kind, [])
            starts += [of_kind[row] for row in rows[: max(0, _STARTS - len(starts))].tolist()]

    def _languages(self, part: Part) -> None:
        begin, end = np.searchsorted(self.sample, [part.first, part.first + len(part.prompts)])
        if begin < end:
            here = self.sample[begin:end] - part.first
            self.labels += row_languages(part.prompts[here], part.responses[here], self.identifier)

    def _note(self, kind: Kind, name: str, part: Part, mask: NDArray[np.bool_]) -> None:
        rows = np.flatnonzero(mask)
        if len(rows):
            self.found.setdefault((kind, name), []).append(rows + part.first)

    def report(self) -> Report:
        """Put together what all parts gave."""
        for name, rows in self.dataset.problems.items():
            if len(rows):
                self.found["problem", name] = [np.unique(rows)]
        languages = Languages(self.identifier.name, self.sample, tuple(self.labels))
        for label, _ in languages.counts:
            self.found["language", f"language {label}"] = [languages.rows(label)]
        repeated = {name: self._repeats(name) for name in ("whole row", "prompt and response", "prompt")}
        for name, one in repeated.items():
            if len(one.rows):
                self.found["repeat", f"repeats a {name}"] = [one.rows]
        findings = [
            Finding(kind, name, np.concatenate(rows), starts=tuple(self.starts.get(name, ())))
            for (kind, name), rows in self.found.items()
        ]
        tokens = _joined(self.tokens)
        return Report(
            rows=len(self.dataset),
            size=_size(self.dataset),
            schemas=self.schemas,
            fields=tuple(self.fields),
            unreadable=self.dataset.unreadable,
            findings=tuple(findings),
            empty=self.empty,
            repeats=tuple(
                Repeated(name, len(one.rows), one.groups, one.largest) for name, one in repeated.items()
            ),
            lengths={name: spread(_joined(lengths)) for name, lengths in self.chars.items()},
            tokens=spread(tokens),
            counted_by=self.counter.name,
            exact=self.counter.exact,
            max_tokens=self.settings.max_tokens,
            over=int(np.count_nonzero(tokens > self.settings.max_tokens)),
            languages=languages,
            seed=self.settings.seed,
        )

    def _repeats(self, name: str) -> Repeats:
        hashes = self.hashes.pop(name, [])
        counted = np.concatenate(self.asked) if self.asked and name == "prompt" else None
        return repeats(np.concatenate(hashes) if hashes else np.empty(0, np.uint64), counted)


def _schemas(dataset: Dataset) -> tuple[tuple[Schema, int], ...]:
    if dataset.codes is None:
        return ((dataset.schema, len(dataset)),)
    counts = np.bincount(dataset.codes, minlength=len(dataset.schemas)).tolist()
    found = [(schema, rows) for schema, rows in zip(dataset.schemas, counts, strict=True) if rows]
    return tuple(sorted(found, key=lambda one: -one[1]))


def _texts(schema: Schema) -> list[str]:
    names = (schema.system, schema.prompt, schema.input, schema.response, schema.rejected)
    return [name for name in names if name]


def _int32(lengths: NDArray[np.generic]) -> Lengths:
    """Keep lengths in half the room; a text has fewer than 2**31 characters."""
    return lengths.astype(np.int32)


def _joined(parts: Iterable[Lengths]) -> Rows:
    return np.concatenate([np.empty(0, np.int32), *parts]).astype(np.int64)


def _size(dataset: Dataset) -> int:
    """Return the bytes of the files that were read; of what was piped in those that came."""
    return sum(stamp.size for stamp in dataset.source.stamps) or dataset.source.size
