"""Turns messages into tokens and says which of them are learned: the answers and their end, nothing else."""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from dataexplore.errors import JobError
from dataexplore.tune.layout import Piece, chat_layout, plain_layout

IGNORED = -100
"""The label of a token that is read but not learned."""
ROLES = ("system", "user", "assistant", "tool")


class Template:
    """Renders messages with one tokenizer: by its chat template, else with plain headers.

    Text from data is encoded so that a special token written in it stays text.
    """

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        self.chat = bool(getattr(tokenizer, "chat_template", None))
        self._layouts: dict[tuple[str, ...], list[Piece]] = {}
        self._cache: dict[str, list[int]] = {}

    @property
    def name(self) -> str:
        """`chat template` or `plain`."""
        return "chat template" if self.chat else "plain"

    def refusal(self, messages: Sequence[Mapping[str, str]]) -> str:
        """Return why the template takes no conversation of these roles in this order, or ""."""
        try:
            self._layout(tuple(message["role"] for message in messages))
        except JobError as error:
            return str(error)
        return ""

    def render(self, messages: Sequence[Mapping[str, str]]) -> tuple[list[int], list[int]]:
        """Return the input ids and, as long, the labels (`IGNORED` where nothing is learned)."""
        ids: list[int] = list(self._beginning)
        labels = [IGNORED] * len(ids)
        waiting: list[tuple[str, bool]] = []  # prompt text and whether it is the template's
        ends = False  # whether an answer's end token is still to come
        layout = self._layout(tuple(message["role"] for message in messages))
        for number, piece in enumerate(layout):
            message = None if piece.message is None else messages[piece.message]
            if message is None:
                if ends:
                    end, rest = self._end(piece.text)
                    ids += end
                    labels += end
                    ends = False
                    waiting += [(rest, True)] if rest else []
                else:
                    waiting.append((piece.text, True))
                continue
            text = message["content"].strip() if "trim" in piece.text else message["content"]
            if message["role"] != "assistant":
                waiting.append((text, False))
                continue
            prompt = self._prompt(waiting, first=not ids)
            answer = self._data(text, self._special, first=not ids and not prompt)
            ids += prompt + answer
            labels += [IGNORED] * len(prompt) + answer
            waiting, ends = [], True
            last = number == len(layout) - 1
            if last or layout[number + 1].message is not None:
                ids.append(self._eos)
                labels.append(self._eos)
                ends = False
        rest_ids = self._prompt(waiting, first=not ids)
        return ids + rest_ids, labels + [IGNORED] * len(rest_ids)

    def ends(self, labels: Sequence[int]) -> bool:
        """Tell whether the last token that is learned is one that ends an answer."""
        learned = next((label for label in reversed(labels) if label != IGNORED), None)
        return learned in self._special_ids

    def _layout(self, roles: tuple[str, ...]) -> list[Piece]:
        if roles not in self._layouts:
            self._layouts[roles] = chat_layout(self.tokenizer, roles) if self.chat else plain_layout(roles)
        return self._layouts[roles]

    def _end(self, text: str) -> tuple[list[int], str]:
        """Split what follows an answer into its end token and the rest."""
        match = self._special.search(text) if self._special else None
        if match is not None and not text[: match.start()].strip():
            return self._own(text[: match.end()]), text[match.end() :]
        return [self._eos], text

    def _prompt(self, parts: list[tuple[str, bool]], first: bool) -> list[int]:
        """Encode a stretch of prompt as one text, so that words join as they will when the model is used."""
        text = "".join(part for part, _ in parts)
        if not text:
            return []
        if all(own for _, own in parts) and not first:
            return self._own(text)
        if not any(self._added and self._added.search(part) for part, own in parts if not own):
            ids = self._encode(text, first)
            ours = sum(self._controls(self._own(part)) for part, own in parts if own)
            if self._controls(ids) == ours:
                return ids
        ids = []
        for part, own in parts:
            begins = first and not ids
            ids += self._encode(part, begins) if own else self._data(part, self._added, begins)
        return ids

    def _data(self, text: str, forbidden: re.Pattern[str] | None, first: bool) -> list[int]:
        """Encode text from data; what looks like a forbidden token is spelt out."""
        ids: list[int] = []
        at = 0
        for match in forbidden.finditer(text) if forbidden else ():
            ids += self._encode(text[at : match.start()], first and not ids) + self._spelt(match[0])
            at = match.end()
        ids += self._encode(text[at:], first and not ids)
        if self._controls(ids):  # a normalizer made one appear
            return self._spelt(text)
        return ids

    def _spelt(self, text: str) -> list[int]:
        """Encode by the vocabulary alone, without the added tokens; what is left of them is dropped."""
        backend = getattr(self.tokenizer, "backend_tokenizer", None)
        ids: list[int] = []
        if backend is not None:
            normal = backend.normalizer.normalize_str(text) if backend.normalizer else text
            splits = (
                backend.pre_tokenizer.pre_tokenize_str(normal) if backend.pre_tokenizer else [(normal, 0)]
            )
            ids = [token.id for split, _ in splits for token in backend.model.tokenize(split)]
        if not ids or self._controls(ids):
            ids = [token for char in text for token in self._encode(char, first=False)]
        return [token for token in ids if token not in self._special_ids]

    def _encode(self, text: str, first: bool) -> list[int]:
        if not text:
            return []
        if first or not self._prefixes:
            return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])
        # this tokenizer puts a space before every text it is given: encode behind an anchor and take it away
        anchor = list(self.tokenizer(":", add_special_tokens=False)["input_ids"])
        ids = list(self.tokenizer(":" + text, add_special_tokens=False)["input_ids"])
        if ids[: len(anchor)] == anchor:
            return ids[len(anchor) :]
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def _controls(self, ids: list[int]) -> int:
        return sum(map(self._special_ids.__contains__, ids))

    def _own(self, text: str) -> list[int]:
        """Encode the template's own words, which are the same in every row."""
        if text not in self._cache:
            self._cache[text] = self._encode(text, first=False)
        return self._cache[text]

    @cached_property
    def _prefixes(self) -> bool:
        tokens = self.tokenizer.tokenize("a")
        return bool(tokens) and tokens[0].startswith("\u2581")

    @cached_property
    def _special_ids(self) -> frozenset[int]:
        added = self.tokenizer.added_tokens_decoder
        special = {number for number, token in added.items() if token.special}
        unknown = self.tokenizer.unk_token_id  # says nothing, so data may contain it
        return frozenset(special | set(self.tokenizer.all_special_ids)) - {unknown}

    @cached_property
    def _special(self) -> re.Pattern[str] | None:
        return _any_of(self.tokenizer.convert_ids_to_tokens(sorted(self._special_ids)))

    @cached_property
    def _added(self) -> re.Pattern[str] | None:
        added = [token.content for token in self.tokenizer.added_tokens_decoder.values()]
        special = self.tokenizer.convert_ids_to_tokens(sorted(self._special_ids))
        return _any_of([*added, *special])

    @cached_property
    def _eos(self) -> int:
        eos = self.tokenizer.eos_token_id
        if eos is None:
            raise JobError("the model's tokenizer has no end token, so an answer could not be ended")
        return int(eos)

    @cached_property
    def _beginning(self) -> list[int]:
        bos = self.tokenizer.bos_token_id
        if self.chat or bos is None:
            return []
        return [bos] if list(self.tokenizer("a")["input_ids"])[:1] == [bos] else []


def _any_of(texts: Sequence[str | None]) -> re.Pattern[str] | None:
    shown = sorted({text for text in texts if text and not text.isspace()}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, shown))) if shown else None
