"""Tokens are counted by the tokenizer that is named, or estimated and said to be so."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from dataexplore.errors import EncoderError
from dataexplore.report import tokens
from dataexplore.report.tokens import token_counter


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """A tokenizer that makes a token of each word, cut and padded as some are saved."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    tokenizer = Tokenizer(WordLevel({"[UNK]": 0, "a": 1}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.enable_truncation(3)
    tokenizer.enable_padding(length=8)
    folder = tmp_path / "model"
    folder.mkdir()
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def nothing(done: int, total: int) -> None:
    """Take no notice of progress."""


def test_a_folder_and_its_file_count_alike_without_cutting_or_padding(words: Path) -> None:
    texts = pl.Series(["a a a a a", "", "一 b"])
    for name in (words, words / "tokenizer.json"):
        counter = token_counter(str(name))
        assert counter.exact
        assert counter.count(texts, nothing).tolist() == [5, 0, 2]


def test_long_texts_are_counted_in_pieces_and_many_in_batches(
    words: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "_PIECE", 10)
    monkeypatch.setattr(tokens, "_BATCH_TEXTS", 3)
    seen: list[tuple[int, int]] = []
    texts = pl.Series(["a " * 50, "", "a", "a " * 7])
    counted = token_counter(str(words)).count(texts, lambda done, total: seen.append((done, total)))
    assert counted.tolist() == [50, 0, 1, 7]
    assert seen[-1] == (4, 4)


def test_the_estimate_is_of_whole_rows_and_says_that_it_is_one() -> None:
    counter = token_counter("")
    assert not counter.exact
    assert "estimated" in counter.name
    amounts = counter.count(pl.Series(["abc", "é", ""]), nothing)
    assert amounts.tolist() == [3, 2, 0]
    assert counter.tokens(amounts).tolist() == [1, 1, 0]


@pytest.mark.parametrize("name", ["/no/such/folder", "./nowhere", "a/b/c", "no\x1b[31m/tokenizer.json"])
def test_what_is_not_there_is_refused_by_name(name: str) -> None:
    with pytest.raises(EncoderError, match="no such tokenizer") as refused:
        token_counter(name)
    assert "\x1b" not in str(refused.value)


def test_a_file_that_is_no_tokenizer_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text('{"model": 1}')
    with pytest.raises(EncoderError, match="no tokenizer"):
        token_counter(str(tmp_path))


def test_any_other_name_is_asked_of_the_hub(words: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    asked: list[tuple[str, ...]] = []

    class Hub:
        def model_info(self, repo: str, timeout: float) -> SimpleNamespace:
            asked.append((repo,))
            return SimpleNamespace(sha="5" * 40)

        def hf_hub_download(self, repo: str, file: str, revision: str) -> str:
            asked.append((repo, file, revision))
            return str(words / file)

    monkeypatch.setattr(huggingface_hub, "HfApi", Hub)
    assert token_counter("someone/model").count(pl.Series(["a b"]), nothing).tolist() == [2]
    assert asked == [("someone/model",), ("someone/model", "tokenizer.json", "5" * 40)]


def test_what_the_hubs_cache_has_is_not_asked_for(
    words: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    folder = tmp_path / "hub" / "models--someone--model"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text("7" * 40)
    shutil.copytree(words, folder / "snapshots" / ("7" * 40))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    assert token_counter("someone/model").count(pl.Series(["a b"]), nothing).tolist() == [2]


@pytest.mark.parametrize("name", ["someone/not-cached", "not\x1b[31m a name", "x y"])
def test_a_hub_that_gives_none_is_one_sentence(name: str) -> None:
    with pytest.raises(EncoderError, match="as the name of a model") as refused:
        token_counter(name)
    assert not {"\n", "\x1b"} & set(str(refused.value))
