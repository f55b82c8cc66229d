"""Which files of many are the dataset: by the card, by the names of splits, by what may hold rows."""

import pytest

from dataexplore.dataset.choosing import Place, by_name, choose, data_files, matching
from dataexplore.errors import InputRefusedError

PLACE = Place("org/name", lambda path: f"org/name@main/{path}")


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("train.csv", "train"),
        ("my_train_file.csv", "train"),
        ("train1.csv", "train"),
        ("data.csv", "train"),
        ("trainer.csv", "train"),
        ("test-file.csv", "test"),
        ("testfile.csv", "train"),
        ("a/test/b.csv", "test"),
        ("dev.json", "validation"),
        ("x.val.json", "validation"),
        ("evaluation.json", "test"),
        ("test/my_train.csv", "train"),
        ("latest.json", "train"),
        ("Training-set.jsonl", "train"),
        ("validation-00000-of-00002-ab.parquet", "validation"),
        ("test_sft-00000-of-00001.parquet", "test_sft"),
    ],
)
def test_names_tell_splits_as_on_the_hub(name: str, split: str) -> None:
    assert by_name([name]) == {split: [name]}


def test_files_without_rows_are_passed_over() -> None:
    files = [
        "b.jsonl.gz",
        "README.md",
        "a.parquet",
        "loader.py",
        ".cache/x.json",
        "dataset_infos.json",
        "x.zip",
        "out.jsonl.dropped.jsonl",
        "d/e.JSON",
    ]
    assert data_files(files) == ["a.parquet", "b.jsonl.gz", "d/e.JSON"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.json", ["a.json"]),
        ("**", ["a.json", "d/b.json", "d/e/c.csv"]),
        ("**/*.json", ["a.json", "d/b.json"]),
        ("d/*", ["d/b.json"]),
        ("d/**", ["d/b.json", "d/e/c.csv"]),
        ("?.json", ["a.json"]),
        ("[!b].json", ["a.json"]),
        ("./a.json", ["a.json"]),
        ("A.json", []),
        ("[", []),
        ("(.*)", []),
    ],
)
def test_patterns_match_as_in_a_shell(pattern: str, found: list[str]) -> None:
    assert matching(["d/e/c.csv", "d/b.json", "a.json"], pattern) == found


@pytest.mark.parametrize(
    "data_files",
    [
        "x/*.jsonl",
        ["x/*.jsonl"],
        {"train": "x/*.jsonl", "test": "y.jsonl"},
        [{"split": "train", "path": ["x/a.jsonl", "x/b.jsonl"]}],
        [{"path": "./x/*"}],
    ],
)
def test_a_card_may_say_it_in_several_ways(data_files: object) -> None:
    files = ["x/b.jsonl", "x/a.jsonl", "y.jsonl", "z.jsonl"]
    card = {"configs": [{"config_name": "default", "data_files": data_files}]}
    assert choose(files, card, PLACE, prefer="train").files == ("x/a.jsonl", "x/b.jsonl")


def test_a_card_may_name_a_folder_and_a_default() -> None:
    files = ["en/train.jsonl", "en/test.jsonl", "de/train.jsonl"]
    configs: list[dict[str, object]] = [
        {"config_name": "de", "data_dir": "de"},
        {"config_name": "en", "data_dir": "en", "default": True},
    ]
    assert choose(files, {"configs": configs}, PLACE, prefer="train").files == ("en/train.jsonl",)
    configs[1].pop("default")
    with pytest.raises(InputRefusedError, match=r"several datasets; name the files of one: de \(.*en \("):
        choose(files, {"configs": configs}, PLACE, prefer="train")


def test_a_card_whose_files_are_gone_is_refused() -> None:
    with pytest.raises(InputRefusedError, match="lacks the files that its card names"):
        choose(["a.jsonl"], {"configs": [{"data_files": "b.jsonl"}]}, PLACE)
