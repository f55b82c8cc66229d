"""What a person may write for a dataset, and what is found for it."""

import os
from pathlib import Path

import pytest

from dataexplore.dataset.naming import Named, resolve
from dataexplore.errors import InputRefusedError
from dataexplore.workspace.location import beside

ROW = '{"instruction": "a", "output": "b"}\n'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def write(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(ROW)


def names(named: Named) -> list[str]:
    return [str(path) for path in named.paths]


def refusal(*given: str) -> str:
    with pytest.raises(InputRefusedError) as refused:
        resolve(given)
    return str(refused.value)


def test_one_file_is_itself(here: Path) -> None:
    write("a.jsonl")
    named = resolve(["a.jsonl"])
    assert (names(named), str(named.path), named.shown, named.origin) == (
        ["a.jsonl"],
        "a.jsonl",
        "a.jsonl",
        "",
    )


def test_a_path_that_is_not_there_is_left_to_its_opening(here: Path) -> None:
    for name in ("nosuch", "no/such.jsonl", "./a", "/nowhere/b", "a\nb.jsonl", "\0"):
        assert names(resolve([name])) == [name.removeprefix("./")]


def test_several_files_keep_the_order_in_which_they_were_named(here: Path) -> None:
    write("b.jsonl", "a.json", "sub/c.csv")
    named = resolve(["b.jsonl", "a.json", "sub/c.csv"])
    assert names(named) == ["b.jsonl", "a.json", "sub/c.csv"]
    assert named.shown == "b.jsonl, a.json, c.csv"
    assert named.path.parent == here
    assert named.path.name.startswith("a+2-")
    assert (
        resolve(["a.json", "sub/c.csv", "b.jsonl"]).path == named.path
    )  # the same files, the same decisions


def test_a_pattern_that_the_shell_left_is_expanded_in_order(here: Path) -> None:
    write("data/b.jsonl", "data/a.jsonl", "data/deep/c.jsonl", "data/a.txt")
    assert names(resolve(["data/*.jsonl"])) == ["data/a.jsonl", "data/b.jsonl"]
    assert names(resolve(["data/**/*.jsonl"])) == ["data/a.jsonl", "data/b.jsonl", "data/deep/c.jsonl"]
    assert names(resolve(["data/[b-z].jsonl"])) == ["data/b.jsonl"]
    assert str(resolve(["data/[b-z].jsonl"]).path) == "data/b.jsonl"
    assert "nothing here fits the pattern" in refusal("data/*.parquet")


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(here: Path) -> None:
    write("[a].jsonl", "a.jsonl")
    assert names(resolve(["[a].jsonl"])) == ["[a].jsonl"]


def test_a_file_that_is_named_twice_is_read_once_and_that_is_said(here: Path) -> None:
    write("a.jsonl", "b.jsonl")
    Path("link.jsonl").symlink_to("a.jsonl")
    named = resolve(["a.jsonl", "b.jsonl", "./a.jsonl", "link.jsonl"])
    assert names(named) == ["a.jsonl", "b.jsonl"]
    assert named.notes == ("named more than once and read once: a.jsonl, link.jsonl",)
    assert str(resolve(["a.jsonl", "a.jsonl"]).path) == "a.jsonl"


def test_a_folder_of_one_dataset_is_its_files(here: Path) -> None:
    write("rows/b.jsonl", "rows/a.jsonl", "rows/.hidden.jsonl", "rows/notes.txt", "rows/dropped.jsonl")
    named = resolve(["rows"])
    assert names(named) == ["rows/a.jsonl", "rows/b.jsonl"]
    assert str(named.path) == "rows"
    write("clone/README.md", "clone/data/train-00000-of-00001.parquet")
    assert names(resolve(["clone"])) == ["clone/data/train-00000-of-00001.parquet"]


def test_a_folder_of_several_splits_names_them(here: Path) -> None:
    write("rows/train.jsonl", "rows/test.jsonl")
    assert refusal("rows") == (
        "rows: holds several splits; name one: test (rows/test.jsonl), train (rows/train.jsonl)"
    )
    write("mixed/a.csv", "mixed/a.jsonl")
    assert "the same rows more than once, or several datasets (JSON, CSV)" in refusal("mixed")


def test_folders_of_other_kinds_are_left_to_their_opening(here: Path) -> None:
    Path("empty").mkdir()
    write("saved/state.json", "saved/data-00000-of-00001.arrow", "splits/dataset_dict.json", "splits/a.jsonl")
    for name in ("empty", "saved", "splits"):
        assert names(resolve([name])) == [name]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("https://huggingface.co/datasets/a/b", "is a web address"),
        ("hf://a/b", "hf://datasets/ORG/NAME"),
        (
            "there/nosuch",
            "no such file; for the dataset of this name on the hub say hf://datasets/there/nosuch",
        ),
    ],
)
def test_what_is_meant_otherwise_is_said(here: Path, name: str, says: str) -> None:
    Path("there").mkdir()
    assert says in refusal(name)


def test_a_name_that_is_neither_a_file_nor_on_the_hub_says_both(here: Path) -> None:
    assert os.environ["HF_HUB_OFFLINE"]
    said = refusal("someorg/nosuch")
    assert said.startswith("someorg/nosuch: ")
    assert "HF_HUB_OFFLINE is set" in said
    assert said.endswith("no file here has this name either")


def test_a_mistyped_file_never_reaches_the_hub(here: Path) -> None:
    for name in ("data/alpcaa.jsonl", "data/x.json.gz", "data/*.parquet"):
        if "*" in name:
            assert refusal(name) == f"{name}: no such file, and nothing here fits the pattern"
        else:
            assert names(resolve([name])) == [name]


def test_what_is_piped_in_is_read_alone(here: Path) -> None:
    write("a.jsonl")
    assert "read alone" in refusal("-", "a.jsonl")
    assert refusal() == "no file is named"


def test_decisions_on_files_in_the_hubs_cache_are_kept_here() -> None:
    cached = (
        Path("/home/me/.cache/huggingface/hub/datasets--org--name/snapshots") / ("0" * 40) / "data/a.parquet"
    )
    assert beside(cached) == Path(".dataexplore/org--name--data--a.parquet")
    assert beside(Path("/data/a.jsonl")) == Path("/data/.dataexplore/a.jsonl")
    assert beside(Path("stdin-0123")) == Path(".dataexplore/stdin-0123")
