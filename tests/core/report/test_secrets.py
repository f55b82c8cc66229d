"""Keys and passwords are found in their well-known formats, and never repeated."""

import random
import string

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.report.secrets import secrets_in

_DRAW = random.Random(0)


def some(letters: str, count: int) -> str:
    """Return random characters; real keys are random, and tests must not hold any that looks real."""
    return "".join(_DRAW.choices(letters, k=count - 1)) + "7"


_WORD = string.ascii_letters + string.digits
REAL = {
    "AWS access key": "AKIA" + some(string.ascii_uppercase + "234567", 16),
    "GitHub token": "ghp_" + some(_WORD, 36),
    "GitLab token": "glpat-" + some(_WORD, 20),
    "key of the form sk-": "sk-proj-" + some(_WORD, 40),
    "Stripe live key": "sk_live_" + some(_WORD, 24),
    "Slack token": "xoxb-" + some(string.digits, 12) + "-" + some(_WORD, 24),
    "Google API key": "AIza" + some(_WORD, 35),
    "Hugging Face token": "hf_" + some(_WORD, 34),
    "JSON web token": f"eyJ{some(_WORD, 20)}.eyJ{some(_WORD, 40)}.{some(_WORD, 43)}",
    "private key": "-----BEGIN RSA PRIVATE KEY-----\nMIIE",
    "password in an address": "postgres://bob:" + some(_WORD, 9) + "@db.acme.io:5432/app",
}


@pytest.mark.parametrize("kind", REAL)
def test_each_kind_is_found_in_the_middle_of_a_text_and_shown_by_four_characters(kind: str) -> None:
    texts = pl.Series(["nothing here", f'He wrote: token = "{REAL[kind]}", and left.', None])
    (found,) = secrets_in(texts)
    assert (found.place, found.kind) == (1, kind)
    assert found.starts[-1] == "…"
    assert len(found.starts) == 5


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "AKIA",
        "sk-learn-is-a-python-library-for-you",
        "sk-xxxxxxxxxxxxxxxxxxxxxxxx1",
        "sk-your-api-key-goes-here-123",
        "ghp_" + "a" * 36,
        "hf_hub_download_of_many_files_at_once",
        "https://user:password@example.com/path",
        "postgresql://postgres:postgres@localhost/db",
        "mysql://root:${DB_PASSWORD}@db/app",
        "ftp://bob:*****@files.acme.io",
        "see https://acme.io:8080/a@b and mail bob@acme.io",
        "-----BEGIN PUBLIC KEY-----",
        "eyJhbGciOiJIUzI1NiJ9",
        "16:30 the meeting; e.g. 4:5@6",
    ],
)
def test_examples_of_the_formats_and_ordinary_text_are_left_alone(text: str) -> None:
    assert list(secrets_in(pl.Series([text]))) == []


def test_a_text_with_many_is_one_finding_of_each_kind() -> None:
    text = " ".join([*REAL.values(), REAL["GitHub token"]] * 3)
    assert sorted(one.kind for one in secrets_in(pl.Series([text]))) == sorted(REAL)


@given(st.lists(st.text() | st.sampled_from(list(REAL.values())), max_size=8))
def test_no_text_breaks_the_search_and_no_secret_comes_out_whole(texts: list[str]) -> None:
    for found in secrets_in(pl.Series(texts, dtype=pl.String)):
        assert len(found.starts) <= 5
        assert found.starts.removesuffix("…") in texts[found.place]
