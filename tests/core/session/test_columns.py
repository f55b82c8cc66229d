"""Filters, sorts and searches see everything that is known about the rows, and can do nothing else."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataexplore.dataset.keys import key_text
from dataexplore.errors import DataexploreError, FilterError, SignalError
from dataexplore.journal.decision import DROP, KEEP
from dataexplore.session.session import Session
from dataexplore.signals.signal import Signal
from dataexplore.text import visible


@pytest.fixture
def session(alpaca: Callable[..., Path]) -> Iterator[Session]:
    path = alpaca(
        ["apple (red)", "Äpfel sind rot", "a.b*c", "", "APPLE [x]"],
        **{
            "my col": [1, 2, 3, 4, 5],
            'quo"te': [5, 4, 3, 2, 1],
            "größe": [1, None, 3, None, 5],
            "order": [9, 8, 7, 6, 5],
            "it's": ["x", "y", "z", "y", "x"],
            "": [0, 0, 0, 0, 7],
        },
    )
    opened = Session.open(path)
    opened.columns.add(Signal("judge", np.array([4.5, np.nan, 3, 4.5, 5]), "imported"))
    yield opened
    opened.close()


def rows(session: Session, sql: str) -> list[int]:
    return [row + 1 for row in np.flatnonzero(session.where(sql)).tolist()]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("row <= 2", [1, 2]),
        ("score >= 3", [4, 5]),
        ("judge >= 4.5", [1, 4, 5]),
        ("judge IS NULL", [2]),
        ("NOT judge >= 4.5", [3]),
        ('"my col" > 3', [4, 5]),
        ('"quo""te" > 3', [1, 2]),
        ('"größe" > 1', [3, 5]),
        ("größe > 1", [3, 5]),
        ('"order" > 7', [1, 2]),
        ("\"it's\" = 'y'", [2, 4]),
        ('"" = 7', [5]),
        ("output = ''", [4]),
        ("response LIKE '%apple%'", [1]),
        ("response ILIKE 'apple%'", [1, 5]),
        ("output LIKE '%(%'", [1]),
        ("prompt = 'task 2'", [3]),
        ("problems = 'empty response'", [4]),
        ("problems = ''", [1, 2, 3, 5]),
        ("response_chars = 0", [4]),
        ("score > avg(score)", [4, 5]),
        ("count(*) = 5", [1, 2, 3, 4, 5]),
        ("output = 'select' OR output = '--' OR row = 1", [1]),
        ("output = 'it''s; /* text */ $'  or row = 2", [2]),
        ("row IN (1, 3) AND (score = 0 OR score = 2)", [1, 3]),
        ("row BETWEEN 2 AND 3", [2, 3]),
        ("true", [1, 2, 3, 4, 5]),
        ("score IS DISTINCT FROM 0", [2, 3, 4, 5]),
    ],
)
def test_a_filter_sees(session: Session, sql: str, expected: list[int]) -> None:
    assert rows(session, sql) == expected


def test_a_filter_sees_decisions_and_keys(session: Session) -> None:
    session.decide(np.array([1, 2]), KEEP, "good")
    session.decide(np.array([4]), DROP, "bad")
    assert rows(session, "decision = 'keep'") == [2, 3]
    assert rows(session, "decision = 'drop'") == [5]
    assert rows(session, "decision = 'undecided'") == [1, 4]
    assert rows(session, f"key = '{key_text(int(session.dataset.keys[3]))}'") == [4]


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("scor > 3", "no column is called 'scor'; did you mean score?"),
        ('"no such" > 3', "no column is called 'no such'; there are instruction, input"),
        ("score", "gives Int64 and not true or false"),
        ("score >", "is not understood"),
        ("order > 3", "may need double quotes"),
        ("score = 'x'", "is not understood"),
        ("output ~ '('", "is not understood"),
        ("", "is empty"),
        ("  ", "is empty"),
        ("output = 'x", "a quote in the filter is not closed"),
        ("x" * 5000, "has 5,000 characters"),
        ("score > 1\ud800", "is not understood"),
        ("nonsense(score)", "is not understood"),
    ],
)
def test_what_is_no_condition_is_one_sentence(session: Session, sql: str, reason: str) -> None:
    with pytest.raises(FilterError) as refused:
        session.where(sql)
    assert reason in str(refused.value)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    "sql",
    [
        "row IN (SELECT * FROM read_csv('{file}'))",
        "row > (select max(x) from read_csv('{file}'))",
        "row IN (FROM read_csv('{file}'))",
        "row IN ( \n from read_csv('{file}'))",
        "EXISTS (SELECT 1 FROM read_parquet('{file}'))",
        "output = E'\\'' OR row IN (SELECT * FROM read_csv('{file}')) OR output = ''",
        "output = $$'$$ OR row IN (SELECT * FROM read_csv('{file}')) OR output = ''",
        "output = `'` OR row IN (SELECT * FROM read_csv('{file}')) OR output = ''",
        "row = 1 -- '\n OR row IN (SELECT * FROM read_csv('{file}')) -- '",
        "row = 1 /* ' */ OR row IN (SELECT * FROM read_csv('{file}')) /* ' */",
        "row = 1; SELECT * FROM read_csv('{file}')",
        "read_csv('{file}') = 'x'",
    ],
)
def test_a_filter_cannot_read_a_file(session: Session, tmp_path: Path, sql: str) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("x\n1\n")
    for path in (secret, tmp_path / "none.csv"):  # not there: it would be another error
        with pytest.raises(FilterError) as refused:
            session.where(sql.format(file=path))
        assert "No such file" not in str(refused.value)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(codec=None), max_size=20)
    | st.lists(
        st.sampled_from(
            [
                "score",
                "judge",
                '"my col"',
                ">",
                "=",
                "1",
                "'a'",
                "(",
                ")",
                "AND",
                "NOT",
                "IN",
                ",",
                "NULL",
                "IS",
                "LIKE",
                "output",
                "+",
                "sum(",
                "'",
                '"',
            ]
        ),
        max_size=12,
    ).map(" ".join)
)
def test_any_text_filters_or_is_refused(session: Session, sql: str) -> None:
    try:
        assert len(session.where(sql)) == 5
    except FilterError as error:
        assert visible(str(error)) == str(error)  # noqa: PT017 # it may as well not be refused


def test_sorting_puts_rows_without_a_value_last(session: Session) -> None:
    def order(name: str, descending: bool) -> list[int]:
        return [row + 1 for row in session.show(sort=name, descending=descending).view.rows.tolist()]

    assert order("judge", True) == [5, 1, 4, 3, 2]
    assert order("judge", False) == [3, 1, 4, 5, 2]
    assert order("größe", True) == [5, 3, 1, 2, 4]
    assert order("my col", True) == [5, 4, 3, 2, 1]
    assert order("row", True) == [5, 4, 3, 2, 1]
    assert order("it's", False) == [1, 5, 2, 4, 3]
    assert order("", True) == [1, 2, 3, 4, 5]  # an empty text clears the sort
    session.decide(np.array([4]), DROP, "bad")
    assert order("decision", False)[0] == 5
    with pytest.raises(FilterError, match="no column is called 'my colu'; did you mean my col"):
        session.show(sort="my colu")


def test_a_view_keeps_its_filter_until_told(session: Session) -> None:
    session.show("row > 1")
    session.show(sort="my col")
    assert (session.state.view.rows + 1).tolist() == [5, 4, 3, 2]
    assert session.state.view.position(4) == 0
    assert session.state.view.position(0) is None
    session.decide(np.array([1]), DROP, "x")
    assert (session.state.view.rows + 1).tolist() == [5, 4, 3, 2]
    with pytest.raises(FilterError):
        session.show("nonsense >")
    assert session.state.view.filter == "row > 1"
    assert len(session.show("").view.rows) == 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("apple", [1, 5]),
        ("APPLE", [1, 5]),
        ("äpfel", [2]),
        ("ÄPFEL", [2]),
        ("(red)", [1]),
        ("a.b*c", [3]),
        (".", [3]),
        ("[x", [5]),
        ("task 3", [4]),
        ("\\", []),
        ("red) ", []),
        ("", [1, 2, 3, 4, 5]),
    ],
)
def test_search_is_literal_and_blind_to_case(session: Session, text: str, expected: list[int]) -> None:
    assert [row + 1 for row in np.flatnonzero(session.columns.search(text)).tolist()] == expected


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec=None), max_size=12) | st.text("aple(rd) .b*c[x]Ä", max_size=3))
def test_any_text_is_found_where_it_stands(session: Session, text: str) -> None:
    data = session.dataset
    try:
        found = session.columns.search(text)
    except FilterError:
        assert any("\ud800" <= letter <= "\udfff" for letter in text), "no row can hold half a pair"
        return
    for row in range(5):
        assert found[row] or (text not in data.prompt(row) and text not in data.response(row))


def test_a_text_too_long_to_search_for_is_one_sentence(session: Session) -> None:
    with pytest.raises(FilterError, match="cannot be searched for"):
        session.columns.search("é" * 200_000)


def test_a_signal_that_is_not_there(session: Session) -> None:
    with pytest.raises(SignalError, match="no signal is called 'juge'; did you mean judge"):
        session.scores("juge")
    with pytest.raises(DataexploreError, match="no signal is called 'output'"):
        session.scores("output")


def test_a_dataset_of_one_row(alpaca: Callable[..., Path]) -> None:
    session = Session.open(alpaca(["a"]))
    assert rows(session, "row = 1") == [1]
    assert rows(session, "count(*) = 2") == []
    session.close()


def test_rows_without_fields(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("{}\n{}\n")
    session = Session.open(path)
    assert rows(session, "row = 2") == [2]
    assert session.show(sort="row").view.rows.tolist() == [1, 0]
    session.close()
