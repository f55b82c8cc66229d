"""Configurations for trainers: what they say is what is in the files."""

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.selection.chats import Row, written
from core.selection.test_convert import ALPACA, PAIR, TALK, TOOLS
from dataexplore.errors import ExportError
from dataexplore.selection.convert.conversion import Conversion
from dataexplore.selection.export import WrittenOut, export_all
from dataexplore.selection.split import Split
from dataexplore.selection.writing import Wishes

SHAREGPT = {"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]}
TAGS = ("role", "content", "user", "assistant", "observation", "function", "system")


def exported(
    tmp_path: Path, rows: list[Row], trainer: str, to: str = "", name: str = "set.jsonl", **more: Any
) -> WrittenOut:
    source = written(tmp_path / "a.jsonl", rows)
    wishes = Wishes(Conversion(to) if to else None, config=trainer, **more)
    return export_all(source, tmp_path / "out" / name, wishes)


def factory(done: WrittenOut) -> dict[str, Any]:
    assert done.written.config_out is not None
    assert done.written.config_out.name == "dataset_info.json"
    found: dict[str, Any] = json.loads(done.written.config_out.read_bytes())
    for entry in found.values():
        assert (done.out.parent / entry["file_name"]).exists()
        row = json.loads((done.out.parent / entry["file_name"]).open().readline())
        for field in entry["columns"].values():
            assert field in row, "LLaMA-Factory takes every column for one that is there"
    return found


def test_llama_factory_reads_alpaca(tmp_path: Path) -> None:
    (entry,) = factory(exported(tmp_path, [ALPACA], "llama-factory")).values()
    assert entry == {
        "file_name": "set.jsonl",
        "formatting": "alpaca",
        "columns": {"prompt": "instruction", "query": "input", "response": "output"},
    }
    (entry,) = factory(exported(tmp_path, [TALK, ALPACA], "llama-factory", "alpaca")).values()
    assert entry["columns"]["system"] == "system"
    assert entry["columns"]["history"] == "history"
    (entry,) = factory(exported(tmp_path, [{"question": "q", "answer": "a"}], "llama-factory")).values()
    assert entry["columns"] == {"prompt": "question", "response": "answer"}


def test_llama_factory_reads_turns_with_every_tag_said(tmp_path: Path) -> None:
    (entry,) = factory(exported(tmp_path, [TOOLS], "llama-factory", "sharegpt")).values()
    assert entry["formatting"] == "sharegpt"
    assert entry["columns"] == {"messages": "conversations", "tools": "tools"}
    words = ("from", "value", "human", "gpt", "observation", "function_call", "system")
    assert entry["tags"] == {f"{tag}_tag": word for tag, word in zip(TAGS, words, strict=True)}
    (entry,) = factory(exported(tmp_path, [TALK], "llama-factory")).values()
    assert entry["columns"] == {"messages": "messages"}
    assert (entry["tags"]["role_tag"], entry["tags"]["user_tag"]) == ("role", "user")


def test_llama_factory_has_an_entry_for_each_side(tmp_path: Path) -> None:
    rows = [{"instruction": f"q {row}", "output": "a"} for row in range(20)]
    done = exported(tmp_path, rows, "llama-factory", name="my set!.jsonl", split=Split(0.3))
    found = factory(done)
    assert {name: entry["file_name"] for name, entry in found.items()} == {
        "my_set": "my set!.train.jsonl",
        "my_set_validation": "my set!.validation.jsonl",
    }
    assert done.written.config_use == (
        "dataset_dir: this folder, dataset: my_set, eval_dataset: my_set_validation"
    )


def axolotl(done: WrittenOut) -> dict[str, Any]:
    assert done.written.config_out is not None
    found: dict[str, Any] = yaml.safe_load(done.written.config_out.read_text())
    return found


def test_axolotl_reads_alpaca_turns_and_messages(tmp_path: Path) -> None:
    found = axolotl(exported(tmp_path, [ALPACA], "axolotl"))
    assert found == {
        "datasets": [{"path": "./set.jsonl", "ds_type": "json", "type": "alpaca"}],
        "val_set_size": 0,
    }
    (entry,) = axolotl(exported(tmp_path, [TALK], "axolotl", "messages"))["datasets"]
    assert (entry["type"], entry["field_messages"]) == ("chat_template", "messages")
    assert entry["message_property_mappings"] == {"role": "role", "content": "content"}
    (entry,) = axolotl(exported(tmp_path, [SHAREGPT], "axolotl"))["datasets"]
    assert (entry["type"], entry["field_messages"]) == ("chat_template", "conversations")
    assert entry["message_property_mappings"] == {"role": "from", "content": "value"}
    assert entry["roles"]["assistant"] == ["gpt"]
    (entry,) = axolotl(exported(tmp_path, [{"question": "q", "answer": "a"}], "axolotl"))["datasets"]
    assert entry["type"]["field_instruction"] == "question"
    rows = [{"instruction": f"q {row}", "output": "a"} for row in range(20)]
    found = axolotl(exported(tmp_path, rows, "axolotl", "messages", "b.parquet", split=Split(0.3)))
    assert [found[side][0]["path"] for side in ("datasets", "test_datasets")] == [
        "./b.train.parquet",
        "./b.validation.parquet",
    ]
    assert found["datasets"][0]["ds_type"] == "parquet"


def test_trl_gets_a_program_that_names_the_files(tmp_path: Path) -> None:
    name = "a'b\\\"{x}.jsonl"
    rows = [{"instruction": f"q {row}", "output": "a"} for row in range(20)]
    done = exported(tmp_path, rows, "trl", "prompt-completion", name, split=Split(0.3))
    assert done.written.config_out is not None
    tree = ast.parse(done.written.config_out.read_text())
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert {one.path.name for one in done.written.outputs} <= texts
    assert {"json", "train", "validation"} <= texts
    exported(tmp_path, [TALK], "trl", "messages", "c.parquet")


@pytest.mark.parametrize(
    ("rows", "trainer", "to", "name", "says"),
    [
        (
            [ALPACA],
            "trl",
            "",
            "a.jsonl",
            "alpaca rows as they are; convert them with --to messages",
        ),
        ([PAIR], "llama-factory", "", "a.jsonl", "does not read preference rows as they are"),
        (
            [TOOLS],
            "llama-factory",
            "messages",
            "a.jsonl",
            "with tools; convert them with --to sharegpt",
        ),
        ([TALK], "llama-factory", "prompt-completion", "a.jsonl", "prompt and completion as messages"),
        ([ALPACA], "llama-factory", "", "a.jsonl.gz", "reads no compressed files"),
        (
            [TALK],
            "axolotl",
            "alpaca",
            "a.jsonl",
            "or a history; convert them with --to messages",
        ),
        ([ALPACA, ALPACA, TALK], "axolotl", "", "a.jsonl", "row 3 is of another schema than most"),
        ([ALPACA], "axolotl", "", "a.tsv", "axolotl does not read tsv; write .jsonl or .parquet"),
        ([ALPACA], "axolotl", "", "a\x1b.jsonl", "a file name that can be printed"),
        ([ALPACA], "keras", "", "a.jsonl", "there are llama-factory, axolotl, trl"),
    ],
)
def test_a_trainer_that_could_not_read_the_rows_gets_none(
    tmp_path: Path, rows: list[Row], trainer: str, to: str, name: str, says: str
) -> None:
    with pytest.raises(ExportError, match=says.replace(".", r"\.")):
        exported(tmp_path, rows, trainer, to, name)
    assert not (tmp_path / "out").exists(), "what is refused is refused before a byte is written"


@pytest.mark.parametrize("trainer", ["llama-factory", "axolotl", "trl"])
def test_a_configuration_of_somebody_else_is_left_alone(tmp_path: Path, trainer: str) -> None:
    first = exported(tmp_path, [TALK], trainer).written.config_out
    again = exported(tmp_path, [TALK], trainer).written.config_out
    assert first == again
    assert first is not None
    first.write_text('{"theirs": {}}')
    other = exported(tmp_path, [TALK], trainer).written.config_out
    assert other == first.with_name(f"set.jsonl.{first.name}")
    assert first.read_text() == '{"theirs": {}}'


def test_the_field_that_has_the_tools(tmp_path: Path, real: Callable[[str], Path]) -> None:
    from dataexplore.dataset.loading import open_dataset

    source = open_dataset(real("sharegpt_toolcall_300.json"))
    done = export_all(source, tmp_path / "out" / "x.json", Wishes(config="llama-factory"))
    assert done.written.config_out is not None
    (entry,) = json.loads(done.written.config_out.read_bytes()).values()
    assert entry["columns"] == {"messages": "conversations", "tools": "tools"}
