"""The generate job: a model answers all prompts and is measured on their references; killed, it goes on.

Runs beside torch, transformers, peft and numpy alone.
"""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from dataexplore.compare import answers
from dataexplore.compare.answers import Answer, Loss, answer_line, loss_line, read_answers, read_losses
from dataexplore.compare.decoding import Decoding
from dataexplore.compare.prompt import Prompt, read_prompts
from dataexplore.compare.room import Room
from dataexplore.compare.side import Side
from dataexplore.compare.speaker import Speaker
from dataexplore.jobs.context import JobContext
from dataexplore.jobs.files import append_line
from dataexplore.judge.model.conversation import last_answer, messages_of, opening
from dataexplore.judge.model.progress import Progress
from dataexplore.tune import model as models
from dataexplore.tune.packages import require_packages, versions
from dataexplore.tune.template import IGNORED

NO_MEMORY, TOO_LONG = "out of memory", "longer than the window"


class _StopAskedError(Exception):
    """Ends the work; what was answered is stored already."""


def run(context: JobContext) -> None:
    """Store an answer for every prompt and a loss for every reference; raise JobError where that fails."""
    began = time.monotonic()
    decoding = Decoding.from_json(context.spec.settings.get("decoding"))
    side = Side.from_json(context.spec.settings.get("side"))
    prompts = read_prompts(context.folder)
    context.status("loading the model")
    require_packages()
    models.quiet()
    work = _Work(context, Speaker(side), decoding, prompts)
    try:
        work.answer()
        work.measure()
    except _StopAskedError:
        context.stopped()
        return
    context.finish({**work.facts(), "seconds": round(time.monotonic() - began, 1), "versions": versions()})


class _Work:
    """One worker's life."""

    def __init__(
        self, context: JobContext, speaker: Speaker, decoding: Decoding, prompts: list[Prompt]
    ) -> None:
        self._context = context
        self._speaker = speaker
        self._decoding = decoding
        self._prompts = prompts
        context.event("loaded", template=speaker.template.name, device=models.device())

    def answer(self) -> None:
        """Answer the prompts that have no answer yet."""
        known = read_answers(self._context.folder)
        wanted = {one.key: one for one in self._prompts}
        waiting = [one for key, one in wanted.items() if key not in known]
        progress = Progress(self._context, "answering", len(wanted) - len(waiting), len(wanted))
        ids: list[list[int]] = []
        ready: list[Prompt] = []
        for prompt in waiting:
            self._pause()
            messages, refused = messages_of(prompt.said, self._speaker.template)
            given = [] if refused else opening(self._speaker.template, messages)
            if not refused and len(given) + self._decoding.max_new_tokens > self._speaker.window:
                refused = TOO_LONG
            if refused:
                self._store_answers([prompt], [Answer(None, 0, refused)], progress)
            else:
                ids.append(given)
                ready.append(prompt)

        def do(places: list[int]) -> None:
            self._pause()
            said = self._speaker.answer(
                [ids[at] for at in places], self._decoding, self._stop_asked(progress)
            )
            if said is None:
                raise _StopAskedError
            self._store_answers([ready[at] for at in places], said, progress)

        def cannot(place: int) -> None:
            self._store_answers([ready[place]], [Answer(None, 0, NO_MEMORY)], progress)

        lengths = [len(one) + self._decoding.max_new_tokens for one in ids]
        tokens: Any = self._context.spec.settings.get("batch_tokens")
        self._room(tokens or self._speaker.room(self._decoding)).work(lengths, do, cannot)
        progress.report()

    def measure(self) -> None:
        """Measure the references that have no loss yet."""
        known = read_losses(self._context.folder)
        wanted = {one.reference_key: one for one in self._prompts if one.reference}
        waiting = [one for key, one in wanted.items() if key not in known]
        progress = Progress(
            self._context, "measuring the references", len(wanted) - len(waiting), len(wanted)
        )
        rows: list[tuple[list[int], list[int]]] = []
        ready: list[Prompt] = []
        for prompt in waiting:
            self._pause()
            messages, refused = messages_of(
                (*prompt.said, ("assistant", prompt.reference)), self._speaker.template
            )
            ids, labels = ([], []) if refused else self._last_answer(messages)
            if not ids or len(ids) > self._speaker.window:
                self._store_losses([prompt], [Loss(None, 0)], progress)
            else:
                rows.append((ids, labels))
                ready.append(prompt)

        def do(places: list[int]) -> None:
            self._pause()
            some = [rows[at] for at in places]
            counts = [sum(label != IGNORED for label in labels[1:]) for _, labels in some]
            found = [Loss(*one) for one in zip(self._speaker.losses(some), counts, strict=True)]
            self._store_losses([ready[at] for at in places], found, progress)

        def cannot(place: int) -> None:
            self._store_losses([ready[place]], [Loss(None, 0)], progress)

        lengths = [len(ids) for ids, _ in rows]
        self._room(self._speaker.measured_at_once).work(lengths, do, cannot)
        progress.report()

    def _last_answer(self, messages: list[dict[str, str]]) -> tuple[list[int], list[int]]:
        """Return a conversation with the labels of its last answer and of that answer's end."""
        span = last_answer(self._speaker.template, messages)
        if span is None:
            return [], []
        ids, labels = self._speaker.template.render(messages)
        return ids, [IGNORED] * span.start + labels[span.start :]

    def _store_answers(self, prompts: list[Prompt], said: list[Answer], progress: Progress) -> None:
        for prompt, one in zip(prompts, said, strict=True):
            append_line(self._context.folder / answers.ANSWERS, answer_line(prompt.key, one))
        progress.add(len(prompts))

    def _store_losses(self, prompts: list[Prompt], found: list[Loss], progress: Progress) -> None:
        for prompt, one in zip(prompts, found, strict=True):
            append_line(self._context.folder / answers.LOSSES, loss_line(prompt.reference_key, one))
        progress.add(len(prompts))

    def _room(self, tokens: int) -> Room:
        def told(fewer: int) -> None:
            self._context.event("warning", reason=f"out of memory: batches of {fewer:,} tokens now")

        return Room(tokens, told)

    def _pause(self) -> None:
        if self._context.stop_requested():
            raise _StopAskedError

    def _stop_asked(self, progress: Progress) -> Callable[[], bool]:
        def asked() -> bool:
            progress.tell()
            return self._context.stop_requested()

        return asked

    def facts(self) -> dict[str, Any]:
        """Return what the job made."""
        said = read_answers(self._context.folder)
        lost = read_losses(self._context.folder)
        mine = [said[key] for key in {one.key for one in self._prompts}]
        measured = [lost[key] for key in {one.reference_key for one in self._prompts if one.reference}]
        tokens = sum(one.tokens for one in measured if one.total is not None)
        total = sum(one.total for one in measured if one.total is not None)
        return {
            "prompts": len(mine),
            "answered": sum(one.text is not None for one in mine),
            "cut": sum(one.finish == "length" for one in mine),
            "unanswered": dict(Counter(one.finish for one in mine if one.text is None)),
            "new_tokens": sum(one.tokens for one in mine),
            "references": len(measured),
            "reference_tokens": tokens,
            "reference_loss": total / tokens if tokens else None,
            "decoding": self._decoding.to_json(),
            "template": self._speaker.template.name,
            "dtype": str(self._speaker.model.dtype).removeprefix("torch."),
            "device": models.device(),
        }
