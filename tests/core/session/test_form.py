"""The text that a person edits: whatever a row holds, only what was changed in it changes in the row."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.dataset.schema import detect_schema
from dataexplore.dataset.values import values_in
from dataexplore.errors import EditError
from dataexplore.session.form import Form, json_form, read_back, text_form

TEXT = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["", "\n", "a\n\n", "===== output", "=====", "===== end\n", "a\r\nb", "a\rb\n", "\x1b[31m", "é"]
    ),
)
VALUE = st.one_of(
    TEXT, st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.none(), st.booleans()
)
TURN = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["user", "assistant", "odd · role"]),
        "content": st.one_of(TEXT, st.lists(TEXT)),
    },
    optional={"tool_calls": st.lists(st.dictionaries(TEXT, VALUE, max_size=2), max_size=2), "name": TEXT},
)
RECORD = st.fixed_dictionaries(
    {},
    optional={
        "instruction": VALUE,
        "output": VALUE,
        "end": VALUE,
        " output ": VALUE,
        "output (JSON)": TEXT,
        "history": st.lists(st.lists(TEXT, min_size=2, max_size=2), max_size=2),
        "messages": st.lists(TURN, max_size=3),
        "meta": st.dictionaries(TEXT, VALUE, max_size=3),
    },
)


def form_of(row: bytes) -> Form:
    record: dict[str, Any] = orjson.loads(row)
    return text_form(row, record, detect_schema([record]), "row 1")


@given(RECORD, st.booleans(), st.booleans())
def test_what_is_left_as_it_is_gives_the_same_bytes(record: Any, ascii_: bool, spaced: bool) -> None:
    separators = (", ", ": ") if spaced else (",", ":")
    row = json.dumps(record, ensure_ascii=ascii_, separators=separators).encode("utf-8", "replace")
    for form in (form_of(row), json_form(row, "row 1")):
        assert read_back(form, form.text.encode()) == row
        assert read_back(form, form.text.replace("\n", "\r\n").encode()) == row, "an editor of Windows"
        assert read_back(form, b"\xef\xbb\xbf" + form.text.encode()) == row


@given(RECORD, TEXT.filter(lambda text: "\r" not in text), st.data())
def test_one_changed_text_changes_one_value(record: Any, new: str, data: st.DataObject) -> None:
    row = json.dumps(record, ensure_ascii=False).encode("utf-8", "replace")
    form = form_of(row)
    texts = [one for one in form.sections if one.is_text and one.body]
    if not texts or any(line.startswith(f"{form.mark} ") for line in new.split("\n")):
        return
    chosen = data.draw(st.sampled_from(texts))
    before = f"{form.mark} {chosen.heading}\n{chosen.body}\n"
    assert form.text.count(before) == 1
    edited = form.text.replace(before, f"{form.mark} {chosen.heading}\n{new}\n")
    found = read_back(form, edited.encode("utf-8", "replace"))
    new = new.encode("utf-8", "replace").decode()
    assert found[: chosen.value.start] == row[: chosen.value.start]
    assert found[len(found) - (len(row) - chosen.value.end) :] == row[chosen.value.end :]
    written = orjson.loads(found[chosen.value.start : len(found) - (len(row) - chosen.value.end)])
    assert written.replace("\r\n", "\n") == new


def changed(row: bytes, *pairs: tuple[str, str], as_json: bool = False) -> bytes:
    form = json_form(row, "row 1") if as_json else form_of(row)
    text = form.text
    for old, new in pairs:
        assert old in text, text
        text = text.replace(old, new, 1)
    return read_back(form, text.encode())


def test_an_alpaca_row_reads_like_a_page() -> None:
    row = b'{"instruction": "Say hello", "input": "", "output": "Hello!\\nBye.", "score": 4.50}'
    assert form_of(row).text == (
        "row 1: change what is under the headings, save and leave the editor.\n"
        "The headings themselves stay. What is left as it is keeps its bytes.\n"
        "\n===== instruction\nSay hello\n"
        "\n===== input\n\n"
        "\n===== output\nHello!\nBye.\n"
        "\n===== score (JSON)\n4.50\n"
        "\n===== end\n"
    )
    assert changed(row, ("Hello!\n", "Hi!\n")) == row.replace(b"Hello!", b"Hi!")
    assert changed(row, ("4.50", "5.0")) == row.replace(b"4.50", b"5.0")
    assert changed(row, ("input\n\n", "input\n\nNew\n")) == row.replace(b'""', b'"New"')
    assert changed(row, ("Bye.\n\n=", "Bye.\n=")) == row, "without the empty line before a heading"


def test_a_conversation_turn_by_turn() -> None:
    turns = [
        {"role": "system", "content": "Be kind."},
        {
            "role": "user",
            "content": [{"type": "text", "text": "What is this?"}, {"type": "image_url", "id": 1}],
        },
        {"role": "assistant", "content": "A cat.", "tool_calls": [{"name": "look", "arguments": {"n": 1}}]},
    ]
    row = json.dumps({"messages": turns, "id": 7}, separators=(",", ":")).encode()
    headings = [one.heading for one in form_of(row).sections]
    assert headings == [
        "messages 1 · system",
        "messages 2 · user 1",
        "messages 2 · user 2 (JSON)",
        "messages 3 · assistant",
        "messages 3 · tool_calls (JSON)",
        "id (JSON)",
    ]
    assert changed(row, ("A cat.", "A dog.")) == row.replace(b"A cat.", b"A dog.")
    assert changed(row, ("What is this?", "What?")) == row.replace(b"What is this?", b"What?")
    assert changed(row, ('"n": 1', '"n": 2')) == row.replace(b'"n":1', b'"n":2')


def test_a_text_with_the_mark_in_it_gets_another_mark() -> None:
    row = json.dumps({"instruction": "===== output", "output": "=====\n===== end\nx"}).encode()
    form = form_of(row)
    assert form.mark != "====="
    assert changed(row, ("\nx\n", "\ny\n")) == row.replace(b"x", b"y")


def test_line_ends_of_windows_stay_and_control_characters_are_shown_as_json() -> None:
    row = json.dumps({"instruction": "a\r\nb", "output": "bell\x07\x9b"}, ensure_ascii=False).encode()
    form = form_of(row)
    assert "===== instruction\na\nb\n" in form.text
    assert '===== output (JSON)\n"bell\\u0007\\u009b"\n' in form.text
    assert changed(row, ("a\nb", "a\nc\nd")) == row.replace(b"a\\r\\nb", b"a\\r\\nc\\r\\nd")


def test_a_field_that_is_named_twice_is_shown_twice() -> None:
    row = b'{"instruction": "a", "output": "first", "output": "last"}'
    assert changed(row, ("first", "FIRST")) == row.replace(b"first", b"FIRST")
    assert changed(row, ("last", "LAST")) == row.replace(b"last", b"LAST")


def test_as_json_names_roles_and_turns_change() -> None:
    row = b'{"big":12345678901234567890123,"messages":[{"role":"usr","content":"Hi"}],"x":1.50}'
    assert changed(row, ('"usr"', '"user"'), as_json=True) == row.replace(b"usr", b"user")
    renamed = changed(row, ('"x"', '"y"'), as_json=True)
    assert renamed == row.replace(b'"x"', b'"y"')
    gone = changed(row, (',\n  "x": 1.50', ""), as_json=True)
    assert gone == row.replace(b',"x":1.50', b"")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("===== output\n", "", "the heading '===== output' is missing"),
        ("===== output", "===== outptu", "line 7: the heading 'outptu' is none of the row's"),
        ("===== output", "===== instruction", "line 7: the heading 'instruction' comes twice"),
        ("===== end\n", "", "the heading '===== end' is missing"),
        ("\n7\n", "\n07x\n", "under 'n (JSON)': "),
        ("\n7\n", "\n\n", "under 'n (JSON)': "),
        ("\n7\n", "\nNaN\n", "under 'n (JSON)': NaN or Infinity is not JSON"),
    ],
)
def test_what_cannot_be_read_back_says_where(old: str, new: str, reason: str) -> None:
    row = b'{"instruction": "a", "output": "b", "n": 7}'
    with pytest.raises(EditError) as refused:
        changed(row, (old, new))
    assert reason in str(refused.value)
    assert str(refused.value).isprintable()


def test_other_encodings_and_other_json_are_refused() -> None:
    row = b'{"instruction": "a", "output": "b"}'
    with pytest.raises(EditError, match="not UTF-8 at byte"):
        read_back(form_of(row), form_of(row).text.encode().replace(b"\na\n", b"\n\xe9\n"))
    for new, reason in (
        ("[1]", "not a JSON object"),
        ("{", "cut off: the object is not closed"),
        ("{x}", "not JSON"),
        ('{"a": 1} {}', "extra data"),
    ):
        form = json_form(row, "row 1")
        body = form.sections[0].body
        with pytest.raises(EditError, match=reason):
            read_back(form, form.text.replace(body, new).encode())


def test_a_row_nested_as_deep_as_can_be() -> None:
    deep = b"[" * 900 + b"]" * 900
    row = b'{"messages": [{"role": "user", "content": ' + deep + b'}, {"role": "user", "content": "Hi"}]}'
    assert len(values_in(row)) == 1
    assert changed(row, ("Hi", "Ho")) == row.replace(b"Hi", b"Ho")
