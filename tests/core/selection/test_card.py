"""The card: figures that add up, and text from data that stays text."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.journal.decision import DROP, KEEP
from dataexplore.selection.card import license_of
from dataexplore.selection.quoting import block, code, yaml_lines
from dataexplore.selection.rules import Only, Threshold
from dataexplore.selection.split import Split
from dataexplore.selection.writing import Wishes
from dataexplore.session.publish import publish
from dataexplore.session.session import Session

ANY = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(["yes", "null", "on", "1e3", "~"])
VALUE = ANY | st.lists(ANY, min_size=1) | st.dictionaries(ANY, ANY, min_size=1)


def parts(card: str) -> tuple[dict[str, Any], str]:
    empty, header, body = card.split("---\n", 2)
    assert empty == ""
    return yaml.safe_load(header), body


def test_a_card_tells_how_the_rows_came_about(alpaca: Callable[..., Path], tmp_path: Path) -> None:
    path = alpaca(12)
    session = Session.open(path)
    session.apply(Threshold("score", 2))
    session.apply(Only("output <> ''"))
    session.decide(np.array([2]), DROP, "wrong")
    done = publish(session, tmp_path / "out" / "kept.jsonl", Wishes(card=True))
    assert done.written.card_out == tmp_path / "out" / "README.md"
    header, body = parts(done.written.card_out.read_text())
    assert header == {
        "license": "unknown",
        "pretty_name": "kept.jsonl",
        "task_categories": ["text-generation"],
        "size_categories": ["n<1K"],
        "tags": ["dataexplore", "alpaca"],
        "configs": [{"config_name": "default", "data_files": [{"split": "train", "path": "kept.jsonl"}]}],
    }
    for file in (path, done.out):
        assert hashlib.sha256(file.read_bytes()).hexdigest() in body
    for line in (
        "- kept: 7",
        "- dropped: 5",
        "- undecided: 0",
        "- unreadable: 0",
        "1. 12 rows in the source",
        "1. `score >= 2`: keeps",
        "1. `by hand`: keeps 0, drops 1, leaves 7",
        "- `score`: `field`",
        "fill in `license` above",
        'kind = "threshold"',
    ):
        assert line in body, line
    session.close()


def test_a_card_of_a_converted_and_split_set(alpaca: Callable[..., Path], tmp_path: Path) -> None:
    from dataexplore.selection.convert.conversion import Conversion

    session = Session.open(alpaca(40))
    done = publish(
        session, tmp_path / "out" / "a.jsonl", Wishes(Conversion("messages"), split=Split(0.2), card=True)
    )
    assert done.written.card_out is not None
    header, body = parts(done.written.card_out.read_text())
    assert [one["split"] for one in header["configs"][0]["data_files"]] == ["train", "validation"]
    assert header["tags"] == ["dataexplore", "messages"]
    assert "validation set: 0.2 of the rows, seed 0" in body
    session.close()


def test_the_licence_is_what_the_source_says(alpaca: Callable[..., Path], tmp_path: Path) -> None:
    session = Session.open(alpaca(3))
    assert license_of(session.dataset) == ""
    readme = tmp_path / "README.md"
    for text, found in {
        "---\nlicense: cc-by-nc-4.0\n---\n": "cc-by-nc-4.0",
        "---\npretty_name: x\nlicense: 'mit'\n---\n# x": "mit",
        "---\npretty_name: x\n---\nlicense: mit\n": "",
        "---\nlicense: [mit](http://x)\n---\n": "",
        "license: mit": "",
    }.items():
        readme.write_text(text)
        assert license_of(session.dataset) == found, text
    readme.write_text("---\nlicense: mit\n---\n")
    done = publish(session, tmp_path / "out" / "a.jsonl", Wishes(card=True))
    assert done.written.card_out is not None
    header, body = parts(done.written.card_out.read_text())
    assert header["license"] == "mit"
    assert "The source says: `mit`." in body
    session.close()


def test_a_readme_of_somebody_else_is_left_alone(alpaca: Callable[..., Path], tmp_path: Path) -> None:
    session = Session.open(alpaca(3))
    out = tmp_path / "out" / "a.jsonl"
    out.parent.mkdir()
    (out.parent / "README.md").write_text("mine")
    done = publish(session, out, Wishes(card=True))
    assert done.written.card_out == out.with_name("a.jsonl.README.md")
    assert (out.parent / "README.md").read_text() == "mine"
    (out.parent / "README.md").unlink()
    for _ in range(2):
        assert publish(session, out, Wishes(card=True)).written.card_out == out.parent / "README.md"
    other = publish(session, out.with_name("b.jsonl"), Wishes(card=True)).written.card_out
    assert other == out.with_name("b.jsonl.README.md")
    session.close()


HOSTILE = "x`y``z\n---\nlicense: mit\n# h <script>alert(1)</script> [a](http://b) | \x1b[31m {{x}} ```"


def test_names_and_reasons_cannot_break_out(tmp_path: Path) -> None:
    path = tmp_path / "a'b\"`c[d](e)<f>: #\x1b.jsonl"
    path.write_text('{"instruction":"a","output":"b"}\n{"instruction":"c","output":"d"}\n')
    session = Session.open(path)
    session.apply(Only(f"instruction <> '{HOSTILE.replace(chr(39), '')}'"))
    session.decide(np.array([0]), KEEP, HOSTILE)
    done = publish(session, tmp_path / "out" / path.name, Wishes(card=True))
    assert done.written.card_out is not None
    text = done.written.card_out.read_text()
    header, body = parts(text)
    assert header["license"] == "unknown"
    assert header["pretty_name"] == "a'b\"`c[d](e)<f>: #␛.jsonl"
    assert "configs" not in header, "a name that cannot be shown cannot be given to a loader"
    assert "\x1b" not in text
    assert not [line for line in body.splitlines() if line.startswith(("license:", "# h", "---"))]
    session.close()


@given(st.dictionaries(ANY, VALUE, min_size=1))
def test_yaml_is_read_as_it_was_meant(document: dict[str, Any]) -> None:
    assert yaml.safe_load("\n".join(yaml_lines(document))) == document


@given(ANY)
def test_a_code_span_ends_where_it_should(text: str) -> None:
    span = code(text)
    assert "\n" not in span
    if text:
        fence = span[: len(span) - len(span.lstrip("`"))]
        inner = span[len(fence) : -len(fence)]
        assert fence not in inner
        assert not inner.startswith("`")
        assert not inner.endswith("`")


@given(st.lists(ANY | st.just("```") | st.just("~~~~"), max_size=4).map("\n".join))
def test_a_code_block_ends_where_it_should(text: str) -> None:
    first, *inner, last = block(text)
    assert first == last
    assert not any(line.strip().startswith(first) for line in inner)
