"""What a fine-tune gets to learn: conversations turn by turn, and preference data never unseen."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dataexplore.dataset.turns import Turn
from dataexplore.errors import JobError
from dataexplore.session.session import Session
from dataexplore.session.training import messages, training_rows

Open = Callable[[list[dict[str, Any]]], Session]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    sessions: list[Session] = []

    def write_and_open(records: list[dict[str, Any]]) -> Session:
        path = tmp_path / "rows.jsonl"
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
        sessions.append(Session.open(path))
        return sessions[-1]

    yield write_and_open
    for session in sessions:
        session.close()


def learned(session: Session, **how: bool) -> list[list[tuple[str, str]]]:
    rows = training_rows(session, **how)
    return [[(said["role"], said["content"]) for said in row["messages"]] for row in rows]


def test_earlier_turns_come_first(opened: Open) -> None:
    record = {"instruction": "c", "input": "", "output": "d", "history": [["a", "b"]]}
    assert learned(opened([record])) == [
        [("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d")]
    ]


def test_calls_and_tools_are_text_that_any_model_can_learn(opened: Open) -> None:
    record = {
        "conversations": [
            {"from": "human", "value": "q"},
            {"from": "function_call", "value": '{"name": "f", "arguments": {"x": 1}}'},
            {"from": "observation", "value": "1"},
            {"from": "gpt", "value": "a"},
        ],
        "tools": '[{"name": "f"}]',
    }
    assert learned(opened([record])) == [
        [
            ("system", 'You may call these tools:\n<tools>\n[{"name": "f"}]\n</tools>'),
            ("user", "q"),
            ("assistant", '<tool_call>\n{"name":"f","arguments":{"x":1}}\n</tool_call>'),
            ("tool", "1"),
            ("assistant", "a"),
        ]
    ]


def test_a_system_message_keeps_its_text_before_the_tools() -> None:
    made = messages([Turn("system", "be kind"), Turn("user", "q")], [{"name": "f"}])
    assert made[0]["content"].startswith("be kind\n\nYou may call")
    assert [one["role"] for one in made] == ["system", "user"]


def test_what_is_no_text_or_said_by_nobody_known_is_not_learned(opened: Open) -> None:
    image = [{"type": "image_url", "image_url": {"url": "x"}}]
    answer = {"role": "assistant", "content": "a"}
    rows = opened(
        [
            {"messages": [{"role": "user", "content": image}, answer]},
            {"messages": [{"role": "narrator", "content": "n"}, answer]},
            {"messages": [{"role": "user", "content": "q"}, answer]},
        ]
    )
    assert learned(rows) == [[], [], [("user", "q"), ("assistant", "a")]]


def test_preference_data_is_refused_unless_it_is_asked_for(opened: Open) -> None:
    session = opened(
        [
            {"prompt": "p", "chosen": "good", "rejected": "bad"},
            {"prompt": "p", "completion": "fine", "label": True},
            {"prompt": "p", "completion": "poor", "label": False},
            {"prompt": "p", "chosen": "good", "rejected": "bad", "n": 1},
        ]
    )
    with pytest.raises(JobError, match="4 of the 4 rows are preference data"):
        training_rows(session)
    assert learned(session, learn_chosen=True) == [
        [("user", "p"), ("assistant", "good")],
        [("user", "p"), ("assistant", "fine")],
        [],
        [("user", "p"), ("assistant", "good")],
    ]


def test_a_mixed_file_is_learned_row_by_row(opened: Open) -> None:
    rows = opened(
        [
            {"instruction": "a", "output": "b"},
            {"messages": [{"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]},
            {"question": "e", "answer": "f"},
        ]
    )
    assert learned(rows) == [
        [("user", said), ("assistant", answer)] for said, answer in (("a", "b"), ("c", "d"), ("e", "f"))
    ]
