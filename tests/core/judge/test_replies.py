"""Replies are kept by what was asked: nothing is lost, nothing is asked twice, no error hides a reply."""

import textwrap
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.errors import JudgeError
from dataexplore.judge.replies import ERROR, FILE, SCORED, UNPARSED, Replies, Reply
from processes import started

A, B, C = (bytes([number]) * 16 for number in range(3))
STATES = st.sampled_from([SCORED, UNPARSED, ERROR])


def none(count):
    return np.zeros(count, bool)


def test_a_reply_comes_back_as_it_was_put(tmp_path: Path):
    put = Reply(
        A, SCORED, (4.5, float("nan")), text="4.5 \x1b[31m", model="m", prompt_tokens=9, job="j", at=1.5
    )
    with Replies(tmp_path, writable=True) as replies:
        replies.put([put])
        replies.map_rows(np.array([2**64 - 1], np.uint64), [A], none(1))
    with Replies(tmp_path, writable=False) as replies:
        got, inferred = replies.reply(2**64 - 1)
        assert (got[:2], got[3:], inferred) == (put[:2], put[3:], False)
        assert np.array_equal(got.scores, put.scores, equal_nan=True)
        assert replies.reply(7) is None


def test_rows_of_one_text_share_its_reply_and_unscored_is_no_number(tmp_path: Path):
    with Replies(tmp_path, writable=True) as replies:
        keys = np.array([1, 2, 3, 4, 2**63 + 1], np.uint64)
        replies.map_rows(keys, [A, A, B, C, A], np.array([0, 0, 0, 0, 1], bool))
        replies.put(
            [Reply(A, SCORED, (3.0,)), Reply(B, UNPARSED, text="dunno"), Reply(C, ERROR, reason="time out")]
        )
        judged = replies.judged(1)
    by_key = dict(zip(judged.keys.tolist(), judged.values[:, 0].tolist(), strict=True))
    assert {key: value for key, value in by_key.items() if value == value} == {1: 3.0, 2: 3.0, 2**63 + 1: 3.0}
    assert len(by_key) == 5
    assert (judged.unparsed, judged.errors, judged.inferred.sum()) == (1, 1, 1)


@given(states=st.lists(STATES, min_size=1, max_size=6))
def test_the_best_outcome_stands(tmp_path_factory, states):
    with Replies(tmp_path_factory.mktemp("replies"), writable=True) as replies:
        for place, state in enumerate(states):
            replies.put([Reply(A, state, (float(place),) if state == SCORED else (), text=str(place))])
        ((kept, _),) = replies.outcomes().values()
        best = next(state for state in (SCORED, UNPARSED, ERROR) if state in states)
        assert kept == best
        if best == SCORED:  # what was paid for first is not paid for again, so a second one changes nothing
            assert next(replies.replies(SCORED)).scores == (float(states.index(SCORED)),)


def test_killed_while_storing_every_acknowledged_reply_is_there(tmp_path: Path):
    script = textwrap.dedent("""
        import sys
        from pathlib import Path
        from dataexplore.judge.replies import Replies, Reply
        with Replies(Path(sys.argv[1]), writable=True) as replies:
            for number in range(100_000):
                replies.put([Reply(number.to_bytes(16, "big"), "scored", (1.0,))])
                print(number, flush=True)
    """)
    for _ in range(3):
        process = started(script, tmp_path)
        said = [process.stdout.readline() for _ in range(25)]
        process.kill()
        said += process.stdout.readlines()
        process.wait()
        process.stdout.close()
        acknowledged = [int(line) for line in said if line.endswith(b"\n")]
        assert len(acknowledged) >= 25
        with Replies(tmp_path, writable=False) as replies:
            kept = replies.hashes(SCORED)
        assert {number.to_bytes(16, "big") for number in acknowledged} <= kept


def test_a_damaged_file_is_told_in_one_sentence(tmp_path: Path):
    (tmp_path / FILE).write_bytes(b"this is no database" * 99)
    with pytest.raises(JudgeError, match=r"replies\.db: cannot be opened"):
        Replies(tmp_path, writable=True)
    with (
        pytest.raises(JudgeError, match=r"replies\.db: cannot be read"),
        Replies(tmp_path, writable=False) as found,
    ):
        found.hashes(SCORED)
