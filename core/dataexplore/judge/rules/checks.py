"""Rule checks of each row: flaws that need no model to be seen, as columns of 0 and 1."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import polars as pl

from dataexplore.dataset.dataset import Dataset, Part
from dataexplore.dataset.roles import ASSISTANT, USER
from dataexplore.dataset.textflags import hidden_problems
from dataexplore.judge.asked import Said
from dataexplore.judge.rules.endings import truncated
from dataexplore.judge.rules.foreign import foreign
from dataexplore.judge.rules.repetition import repetitive
from dataexplore.judge.rules.wordings import (
    copied,
    filler,
    inputs_of,
    lacks_input,
    link_alone,
    placeholder,
    template_left,
)
from dataexplore.report.refusals import declines, speaks_as_machine
from dataexplore.report.said import said_in
from dataexplore.report.secrets import secrets_in
from dataexplore.vectors.arrays import Progress

NAMES = {
    "check_empty": "the answer is empty",
    "check_refusal": "the answer begins by declining the task",
    "check_machine": "the answer speaks as an AI or a language model",
    "check_truncated": "the answer stops in the middle of a sentence, a word or a block of code",
    "check_boilerplate": "the answer begins or ends with filler: Sure, here is ... / I hope this helps",
    "check_template": "the answer holds parts of a prompt's template: Output:, ### Response:, <noinput>",
    "check_repetition": "the answer says the same again and again",
    "check_copied": "the answer repeats the prompt or is the input unchanged",
    "check_placeholder_input": "the input only says that there is none: <noinput>, N/A, No input",
    "check_missing_input": "the prompt speaks of something that follows or stands below, and nothing does",
    "check_link_input": "the input is an address or a picture and nothing else",
    "check_secret": "the prompt or the answer holds what looks like a key, a token or a password",
    "check_special_tokens": "the prompt or the answer holds text that a tokenizer reads as a control token",
    "check_language": "the answer is in another language than the prompt, which does not ask for that",
}
"""What each check says of the rows that fail it."""
SLOW = ("check_language",)
"""Checks that take a model of languages: 20 s for 52,000 rows, the others together 3 s."""
FAILED = "checks_failed"
"""The column that counts a row's failed checks."""


def checks_of(
    prompts: pl.Series,
    inputs: pl.Series | None,
    responses: pl.Series,
    names: Iterable[str] = NAMES,
    also: Sequence[pl.Series] = (),
) -> pl.DataFrame:
    """Return an Int8 column per check (1 failed, 0 passed) and `checks_failed`, a row for each of the given.

    `inputs` is a field apart that the prompts hold too; None or null takes a prompt's lines after the first.
    `responses` are the answers that are checked: of a conversation the last. `also` are further texts of the
    rows in which secrets and special tokens are looked for. A null answer is none, and not an empty one.
    """
    wanted = [name for name in NAMES if name in frozenset(names)]
    prompts, answers = prompts.fill_null(""), responses.fill_null("")
    apart = inputs_of(prompts)
    if inputs is not None:
        apart = inputs.zip_with(inputs.is_not_null(), apart)
    texts = [prompts, answers, *(text.fill_null("") for text in also)]
    looks: dict[str, Callable[[], pl.Series]] = {
        "check_empty": lambda: responses.str.strip_chars() == "",
        "check_refusal": lambda: declines(answers),
        "check_machine": lambda: speaks_as_machine(answers),
        "check_truncated": lambda: truncated(answers),
        "check_boilerplate": lambda: filler(prompts, answers),
        "check_template": lambda: template_left(prompts, answers),
        "check_repetition": lambda: repetitive(answers),
        "check_copied": lambda: copied(prompts, apart, answers),
        "check_placeholder_input": lambda: placeholder(apart),
        "check_missing_input": lambda: lacks_input(prompts),
        "check_link_input": lambda: link_alone(apart),
        "check_secret": lambda: _rows(
            len(answers), [one.place for text in texts for one in secrets_in(text)]
        ),
        "check_special_tokens": lambda: _rows(
            len(answers), hidden_problems(*texts).get("special-token text", np.empty(0, np.int64))
        ),
        "check_language": lambda: foreign(prompts, answers),
    }
    columns = [looks[name]().fill_null(False).cast(pl.Int8).alias(name) for name in wanted]
    frame = pl.DataFrame(columns) if columns else pl.DataFrame(height=len(answers))
    return frame.with_columns(pl.sum_horizontal(wanted).cast(pl.Int8).alias(FAILED))


def checks_in(
    dataset: Dataset, names: Iterable[str] = NAMES, progress: Progress | None = None
) -> pl.DataFrame:
    """Return the checks of all rows of a dataset; the text of one part is in memory at a time."""
    wanted, found = tuple(names), []
    for part in dataset.parts():
        answers, more = _last_answers(dataset, part)
        found.append(checks_of(part.prompts, _inputs(dataset, part), answers, wanted, more))
        if progress:
            progress(part.first + len(part.prompts), len(dataset))
    nothing = pl.Series([], dtype=pl.String)
    return pl.concat(found) if found else checks_of(nothing, nothing, nothing, wanted)


def sides_of(said: Iterable[Said]) -> tuple[pl.Series, pl.Series]:
    """Return what is asked in each conversation, and its last answer; null where there is none."""
    prompts: list[str] = []
    answers: list[str | None] = []
    for turns in said:
        prompts.append("\n\n".join(text for role, text in turns if role == USER))
        answers.append(next((text for role, text in reversed(turns) if role == ASSISTANT), None))
    return pl.Series("prompt", prompts, dtype=pl.String), pl.Series("response", answers, dtype=pl.String)


def _last_answers(dataset: Dataset, part: Part) -> tuple[pl.Series, list[pl.Series]]:
    """Return each row's last answer and, where that is not all that is said, the rest."""
    none = pl.Series([None], dtype=pl.String).new_from_index(0, len(part.prompts))
    if all(schema.flat for schema in dataset.schemas):
        return part.responses if any(schema.response for schema in dataset.schemas) else none, []
    said = said_in(dataset, part)
    last = dict(zip(said.places[said.answers].tolist(), np.flatnonzero(said.answers).tolist(), strict=True))
    rows = pl.Series(list(last), dtype=pl.Int64)
    return none.scatter(rows, said.texts[list(last.values())]), [part.responses]


def _inputs(dataset: Dataset, part: Part) -> pl.Series | None:
    """Return the field that is the input, where all rows have one that is text."""
    name = dataset.schema.input
    if dataset.codes is not None or not name or part.frame.get_column(name, default=None) is None:
        return None
    return part.frame[name] if part.frame[name].dtype == pl.String else None


def _rows(height: int, places: Sequence[int] | np.ndarray) -> pl.Series:
    return pl.zeros(height, dtype=pl.Boolean, eager=True).scatter(pl.Series(places, dtype=pl.Int64), True)
