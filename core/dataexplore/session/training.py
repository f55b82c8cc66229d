"""The rows a model is tuned on, as conversations."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dataexplore.dataset.keys import key_text
from dataexplore.dataset.roles import ASSISTANT, SYSTEM, TOOL, USER
from dataexplore.dataset.turns import Turn, call_text, value_text
from dataexplore.errors import JobError
from dataexplore.journal.decision import DROP, KEEP
from dataexplore.journal.ledger import Rows
from dataexplore.session.session import Session

_LEARNABLE = frozenset({SYSTEM, USER, ASSISTANT, TOOL})


def training_rows(
    session: Session,
    only_kept: bool = False,
    learn_chosen: bool = False,
    rows: Rows | None = None,
) -> list[dict[str, Any]]:
    """Return row (from 0), key and messages of each row not dropped, of the kept ones only, or of `rows`.

    A row that cannot be learned as it is (a turn that is no text, an unknown role) has no messages.
    Preference data is not made to be imitated: rows of it raise JobError unless `learn_chosen`, and then
    chosen answers and those with a true label are learned, and the others have no messages.
    """
    decisions, dataset = session.state.decisions, session.dataset
    if rows is None:
        rows = np.flatnonzero(decisions == KEEP if only_kept else decisions != DROP)
    wanted = rows.tolist()
    judged = sum(dataset.schema_of(row).judged for row in wanted)
    if judged and not learn_chosen:
        raise JobError(
            f"{judged:,} of the {len(wanted):,} rows are preference data (chosen and rejected, or labelled "
            "answers), of which a fine-tune would learn one side only: drop them, export them for a "
            "preference trainer, or ask for that side (--chosen, `chosen` in the form)"
        )
    return [
        {"row": row, "key": key_text(int(dataset.keys[row])), "messages": _messages(session, row)}
        for row in wanted
    ]


def _messages(session: Session, row: int) -> list[dict[str, str]]:
    record, schema = session.dataset.record(row), session.dataset.schema_of(row)
    if schema.label and record.get(schema.label) is not True:
        return []
    said = session.dataset.turns(row)
    return messages(said, record.get(schema.tools) if schema.tools else None)


def messages(said: Sequence[Turn], tools: object = None) -> list[dict[str, str]]:
    """Return turns as role and content, none where one of them cannot be learned as text.

    Calls stand in the answer as `<tool_call>` and JSON, the tools in the system message as `<tools>`: the
    form of the Hermes and Qwen models, as text, so that any model can learn it.
    """
    if any(turn.role not in _LEARNABLE or turn.parts for turn in said):
        return []
    made = [{"role": turn.role, "content": _content(turn)} for turn in said]
    if tools and made:
        if made[0]["role"] != SYSTEM:
            made.insert(0, {"role": SYSTEM, "content": ""})
        before = made[0]["content"] + "\n\n" if made[0]["content"] else ""
        made[0]["content"] = f"{before}You may call these tools:\n<tools>\n{value_text(tools)}\n</tools>"
    return made


def _content(turn: Turn) -> str:
    if not turn.calls:
        return turn.text
    calls = [f"<tool_call>\n{call_text(call)}\n</tool_call>" for call in turn.calls]
    return "\n".join([turn.text, *calls] if turn.text else calls)
