"""Two texts side by side: the pieces tell what differs and lose nothing of either."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.duplicates.diff import Piece, word_diff

texts = st.one_of(
    st.text(max_size=80), st.lists(st.sampled_from(["a", "sea", "the", " ", "\n", "海", "."])).map("".join)
)


def rebuilt(pieces: Sequence[Piece], kind: str) -> str:
    return "".join(piece.text for piece in pieces if piece.kind in ("same", kind))


@given(texts, texts)
def test_the_pieces_rebuild_both_texts(a: str, b: str) -> None:
    pieces = word_diff(a, b)
    assert rebuilt(pieces, "removed") == a
    assert rebuilt(pieces, "added") == b
    assert all(piece.text for piece in pieces)
    if a == b:
        assert [piece.kind for piece in pieces] == ["same"] * bool(a)


def test_words_are_the_unit() -> None:
    assert word_diff("Write a poem about the sea", "Write a long poem about the ocean") == [
        Piece("same", "Write a "),
        Piece("added", "long "),
        Piece("same", "poem about the "),
        Piece("removed", "sea"),
        Piece("added", "ocean"),
    ]


def test_a_script_without_spaces_is_compared_by_character() -> None:
    assert word_diff("写一首关于海的诗", "写一首关于山的诗") == [
        Piece("same", "写一首关于"),
        Piece("removed", "海"),
        Piece("added", "山"),
        Piece("same", "的诗"),
    ]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (
            " ".join(f"w{number}" for number in range(50_000)),
            " ".join(f"v{number}" for number in range(50_000)),
        ),
        ("x " + "a b " * 5000, "y " + "b a " * 5000),
    ],
)
def test_a_very_long_middle_is_not_compared_and_says_so(a: str, b: str) -> None:
    pieces = word_diff(f"same start {a} same end", f"same start {b} same end")
    assert [piece.compared for piece in pieces] == [True, False, False, True]
    assert rebuilt(pieces, "removed") == f"same start {a} same end"
    assert rebuilt(pieces, "added") == f"same start {b} same end"


def test_a_long_text_with_one_change_is_compared_in_full() -> None:
    words = [f"w{number % 700}" for number in range(60_000)]
    other = [*words[:30_000], "new", *words[30_001:]]
    changed = [piece for piece in word_diff(" ".join(words), " ".join(other)) if piece.kind != "same"]
    assert [(piece.kind, piece.text, piece.compared) for piece in changed] == [
        ("removed", "w600", True),
        ("added", "new", True),
    ]
