"""Ready configurations for trainers: they name the files just written and say how to read their fields."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from dataexplore.dataset.schema import Schema
from dataexplore.errors import ExportError
from dataexplore.selection.quoting import Yaml, yaml_lines

LOADERS = {"jsonl": "json", "json array": "json", "csv": "csv", "parquet": "parquet", "arrow": "arrow"}
_TEXTS = ("alpaca", "prompt-completion")
_TURNS = ("sharegpt", "messages")


@dataclass(frozen=True)
class Layout:
    """How rows are laid out in the files."""

    schema: Schema
    """Its names are those of fields that some row has."""
    as_messages: bool = False
    """Whether prompt and completion are lists of messages."""
    shape: str = "jsonl"
    packed: bool = False


@dataclass(frozen=True)
class Config:
    """A file for a trainer."""

    name: str
    content: bytes
    use: str
    """How to use it, in one line."""
    mark: str = ""
    """A line of it that tells whose it is; "" where the names in it do."""

    def may_replace(self, old: bytes) -> bool:
        """Tell whether a file that is there was made for the same rows."""
        if self.mark:
            return self.mark.encode() in old
        try:
            there = orjson.loads(old)
        except orjson.JSONDecodeError:
            return False
        return isinstance(there, dict) and there.keys() <= orjson.loads(self.content).keys()


def config(trainer: str, layout: Layout, files: Mapping[str, Path]) -> Config:
    """Return the configuration for a trainer; `files` are the written ones by split.

    Raises ExportError when the trainer does not read rows like these, saying what to convert to.
    """
    if trainer not in _MAKERS:
        raise ExportError(f"there is no configuration for {trainer!r}; there are {', '.join(_MAKERS)}")
    if layout.shape not in LOADERS:
        raise ExportError(f"{trainer} does not read {layout.shape}; write .jsonl or .parquet")
    for path in files.values():
        if not path.name.isprintable():
            raise ExportError("a configuration needs a file name that can be printed; choose another for OUT")
    return _MAKERS[trainer](layout, files)


def _llama_factory(layout: Layout, files: Mapping[str, Path]) -> Config:
    schema = layout.schema
    if layout.packed:
        raise ExportError("LLaMA-Factory reads no compressed files; leave the ending of the compression away")
    entry: dict[str, object] = {}
    if schema.kind in _TEXTS and not layout.as_messages:
        columns = {
            "prompt": schema.prompt,
            "query": schema.input,
            "response": schema.response,
            "system": schema.system,
            "history": schema.history,
        }
        entry = {"formatting": "alpaca", "columns": {name: field for name, field in columns.items() if field}}
    elif schema.kind == "sharegpt" or (schema.kind == "messages" and not schema.tools):
        columns = {"messages": schema.turns, "system": schema.system, "tools": schema.tools}
        words = ("from", "value", "human", "gpt", "observation", "function_call", "system")
        if schema.kind == "messages":
            words = ("role", "content", "user", "assistant", "tool", "function_call", "system")
        names = ("role", "content", "user", "assistant", "observation", "function", "system")
        entry = {
            "formatting": "sharegpt",
            "columns": {name: field for name, field in columns.items() if field},
            # All of them: one that is left out is taken for none, not for its usual word.
            "tags": {f"{name}_tag": word for name, word in zip(names, words, strict=True)},
        }
    else:
        tools = schema.kind == "messages"
        raise _unread("LLaMA-Factory", "messages with tools" if tools else _what(layout), "sharegpt")
    found = {
        _slug(files) + ("" if split == "train" else f"_{split}"): {"file_name": path.name} | entry
        for split, path in files.items()
    }
    names_ = list(found)
    use = f"dataset_dir: this folder, dataset: {names_[0]}"
    use += f", eval_dataset: {names_[1]}" if len(names_) > 1 else ""
    content = orjson.dumps(found, option=orjson.OPT_INDENT_2) + b"\n"
    return Config("dataset_info.json", content, use)


def _axolotl(layout: Layout, files: Mapping[str, Path]) -> Config:
    mark = _mark(files)
    schema = layout.schema
    about: dict[str, Yaml] = {"ds_type": LOADERS[layout.shape]}
    if schema.kind in _TEXTS and not layout.as_messages:
        if schema.system or schema.history:
            raise _unread("axolotl", "Alpaca rows with a system text or a history", "messages")
        if (schema.prompt, schema.input, schema.response) == ("instruction", "input", "output"):
            about["type"] = "alpaca"
        else:
            fields = {
                "field_instruction": schema.prompt,
                "field_input": schema.input,
                "field_output": schema.response,
            }
            about["type"] = {name: field for name, field in fields.items() if field} | {
                "format": "{instruction}\n{input}" if schema.input else "{instruction}",
                "no_input_format": "{instruction}",
            }
    elif schema.kind in _TURNS and not (schema.kind == "sharegpt" and schema.tools):
        own = schema.kind == "messages"
        about |= {
            "type": "chat_template",
            "field_messages": schema.turns,
            "message_property_mappings": {
                "role": "role" if own else "from",
                "content": "content" if own else "value",
            },
            "roles_to_train": ["assistant"],
        }
        if own and schema.tools:
            about["field_tools"] = schema.tools
        if not own:
            about["roles"] = {
                "user": ["human"],
                "assistant": ["gpt"],
                "system": ["system"],
                "tool": ["observation"],
            }
    else:
        raise _unread("axolotl", _what(layout), "messages")
    document: dict[str, Yaml] = {"datasets": [{"path": _here(files["train"])} | about]}
    if "validation" in files:
        document["test_datasets"] = [{"path": _here(files["validation"]), "split": "train"} | about]
    else:
        document["val_set_size"] = 0
    text = "\n".join([mark, "# Put these lines into the configuration of a run.", *yaml_lines(document), ""])
    return Config("axolotl.yaml", text.encode(), "put its lines into the configuration of a run", mark)


def _trl(layout: Layout, files: Mapping[str, Path]) -> Config:
    schema = layout.schema
    fits = schema.kind == "text" and schema.response == "text"
    fits = fits or (schema.kind == "prompt-completion" and not (schema.system or schema.history))
    fits = fits or (schema.kind == "messages" and schema.turns == "messages")
    if not fits:
        raise _unread("TRL", _what(layout), "messages")
    names = ", ".join(f"{split!r}: str(here / {path.name!r})" for split, path in files.items())
    evaluated = ', eval_dataset=rows["validation"]' if "validation" in files else ""
    text = f'''{_mark(files)}
"""Tunes MODEL on the rows beside this file: python trl_sft.py MODEL."""

import sys
from pathlib import Path

from datasets import load_dataset
from trl import SFTConfig, SFTTrainer

here = Path(__file__).resolve().parent
rows = load_dataset({LOADERS[layout.shape]!r}, data_files={{{names}}})
trainer = SFTTrainer(
    model=sys.argv[1],
    args=SFTConfig(output_dir=str(here / "trl-out")),
    train_dataset=rows["train"]{evaluated},
)
trainer.train()
trainer.save_model()
'''
    return Config("trl_sft.py", text.encode(), "python trl_sft.py MODEL", _mark(files))


_MAKERS: dict[str, Callable[[Layout, Mapping[str, Path]], Config]] = {
    "llama-factory": _llama_factory,
    "axolotl": _axolotl,
    "trl": _trl,
}
TRAINERS: Sequence[str] = tuple(_MAKERS)


def _unread(trainer: str, what: str, to: str) -> ExportError:
    return ExportError(f"{trainer} does not read {what}; convert them with --to {to}")


def _what(layout: Layout) -> str:
    kind = layout.schema.kind
    return "prompt and completion as messages" if layout.as_messages else f"{kind} rows as they are"


def _mark(files: Mapping[str, Path]) -> str:
    names = "/".join(path.name for path in files.values())
    return f"# made by dataexplore, {hashlib.sha256(names.encode('utf-8', 'replace')).hexdigest()[:16]}"


def _here(path: Path) -> str:
    return f"./{path.name}"


def _slug(files: Mapping[str, Path]) -> str:
    name = files["train"].name.removeprefix(".").split(".")[0]
    return re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_") or "dataset"
