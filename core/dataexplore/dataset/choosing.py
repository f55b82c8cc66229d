"""Chooses the files of a repository or folder that are one dataset: its card decides, else their names."""

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from dataexplore.errors import InputRefusedError
from dataexplore.text import short

Splits = dict[str, list[str]]
"""The files of each split."""

_PACKED = {".gz", ".gzip", ".zst", ".zstd", ".bz2", ".xz"}
_KINDS = {
    ".jsonl": "JSON",
    ".ndjson": "JSON",
    ".json": "JSON",
    ".csv": "CSV",
    ".tsv": "TSV",
    ".parquet": "Parquet",
    ".arrow": "Arrow",
}
_NO_DATA = {"dataset_infos.json", "dataset_info.json", "dataset_dict.json", "state.json", "config.json"}
_WRITTEN = "dropped.jsonl"
"""What an export writes beside its rows."""
_WORDS = {
    "train": ("training", "train"),
    "validation": ("validation", "valid", "val", "dev"),
    "test": ("testing", "test", "evaluation", "eval"),
}
_SPLIT = {
    split: re.compile(rf"(?:^|[\W_\d])(?:{'|'.join(words)})(?:$|[\W_\d])") for split, words in _WORDS.items()
}
_SHARD = re.compile(r"(?P<name>[^/]+)-\d{5}-of-\d{5}[^/]*$")


@dataclass(frozen=True)
class Choice:
    """The files of one dataset."""

    files: tuple[str, ...]
    note: str = ""
    """What was passed over, for the person."""


@dataclass(frozen=True)
class Place:
    """How messages name what is chosen from, and how a person names a part of it."""

    shown: str
    of: Callable[[str], str]
    """The address of a file or pattern in it."""


def data_files(files: Iterable[str]) -> list[str]:
    """Return those that may hold rows, sorted: by their ending, hidden ones and an export's reasons apart."""
    return sorted(
        name
        for name in files
        if kind_of_name(name)
        and not any(part.startswith(".") for part in name.split("/"))
        and PurePosixPath(name).name not in _NO_DATA
        and not PurePosixPath(name).name.endswith(_WRITTEN)
    )


def kind_of_name(name: str) -> str:
    """Return the kind of data that a file's ending tells of, "" for other files."""
    suffixes = [suffix.lower() for suffix in PurePosixPath(name).suffixes]
    if suffixes and suffixes[-1] in _PACKED:
        suffixes.pop()
    return _KINDS.get(suffixes[-1], "") if suffixes else ""


def choose(files: Iterable[str], card: Mapping[str, Any], place: Place, *, prefer: str = "") -> Choice:
    """Return the files of the only split, or of the one called `prefer`.

    Raises InputRefusedError that names the configurations or splits where there is no such one.
    """
    listed = list(files)
    splits = by_card(listed, card, place) or by_name(data_files(listed))
    if not splits:
        raise InputRefusedError(f"{place.shown}: holds no file of rows ({', '.join(sorted(_KINDS))})")
    if len(splits) > 1 and prefer not in splits:
        raise InputRefusedError(f"{place.shown}: holds several splits; name one: {_each(splits, place)}")
    split = prefer if len(splits) > 1 else next(iter(splits))
    chosen = splits.pop(split)
    kinds = {kind_of_name(name): name for name in reversed(chosen)}
    if len(kinds) > 1:
        raise InputRefusedError(
            f"{place.shown}: holds the same rows more than once, or several datasets ({', '.join(kinds)}); "
            f"name one: {', '.join(place.of(name) for name in kinds.values())}"
        )
    note = f"the {split} split is read; there is also {_each(splits, place)}" if splits else ""
    return Choice(tuple(chosen), note)


def matching(files: Iterable[str], pattern: str) -> list[str]:
    """Return the files that a pattern names, sorted: * and ? stay inside a folder, ** does not."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?|\[[^\]]+\])", pattern.removeprefix("./"))
    wild = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    whole = re.compile("".join(wild.get(part) or _plain(part) for part in parts))
    return sorted(name for name in files if whole.fullmatch(name))


def by_name(files: Sequence[str]) -> Splits:
    """Return the splits that files are named after; a file that names none is of the split `train`."""
    splits: Splits = defaultdict(list)
    shards = [_SHARD.search(name) for name in files]
    for name, shard in zip(files, shards, strict=True):
        if shard is not None and all(shards):
            word = shard["name"]
            split = next((split for split, words in _WORDS.items() if word.lower() in words), word)
        else:
            split = _split_of(name)
        splits[split].append(name)
    return dict(splits)


def by_card(files: Sequence[str], card: Mapping[str, Any], place: Place) -> Splits:
    """Return the splits that a card's `configs` describe; none where it has none that can be followed."""
    configs = card.get("configs")
    if not isinstance(configs, list):
        return {}
    known = [one for one in configs if isinstance(one, dict) and ("data_files" in one or "data_dir" in one)]
    if not known:
        return {}
    chosen = known[0]
    if len(known) > 1:
        first = [one for one in known if one.get("default") is True or one.get("config_name") == "default"]
        if not first:
            each = [f"{_word(one.get('config_name'))} ({_example(one, place)})" for one in known[:10]]
            more = f" and {len(known) - 10} more" if len(known) > 10 else ""
            raise InputRefusedError(
                f"{place.shown}: holds several datasets; name the files of one: {', '.join(each)}{more}"
            )
        chosen = first[0]
    splits: Splits = {}
    for split, patterns in _patterns(chosen).items():
        found = dict.fromkeys(name for pattern in patterns for name in matching(files, pattern))
        if found:
            splits[split] = list(found)
    if "data_files" not in chosen:
        return by_name(data_files(name for found in splits.values() for name in found))
    if not splits:
        raise InputRefusedError(f"{place.shown}: lacks the files that its card names; name a file in it")
    return splits


def _patterns(config: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the patterns of each split: a text, a list, or pairs of split and path."""
    folder = str(config.get("data_dir") or "").strip("/")
    given = config.get("data_files", "**")
    pairs: list[tuple[Any, Any]]
    if isinstance(given, dict):
        pairs = list(given.items())
    elif isinstance(given, list) and given and all(isinstance(one, dict) for one in given):
        pairs = [(one.get("split", "train"), one.get("path")) for one in given]
    else:
        pairs = [("train", given)]
    found: dict[str, list[str]] = {}
    for split, paths in pairs:
        each = paths if isinstance(paths, list) else [paths]
        texts = [os.path.normpath(os.path.join(folder, one)) for one in each if isinstance(one, str) and one]  # noqa: PTH118 # a pattern, not a path
        found.setdefault(str(split), []).extend(texts)
    return found


def _split_of(name: str) -> str:
    """Return the split that a file's name tells, or else that of its folders."""
    folder, _, own = name.lower().rpartition("/")
    for part in (own, folder):
        places = {split: found.start() for split, word in _SPLIT.items() if (found := word.search(part))}
        if places:
            return min(places, key=lambda split: places[split])
    return "train"


def _each(splits: Splits, place: Place) -> str:
    each = [f"{_word(split)} ({place.of(_pattern(files))})" for split, files in list(splits.items())[:10]]
    more = f" and {len(splits) - 10} more" if len(splits) > 10 else ""
    return ", ".join(each) + more


def _pattern(files: Sequence[str]) -> str:
    return files[0] if len(files) == 1 else f"{os.path.commonprefix(list(files))}*"  # noqa: RUF071 # of names, letter by letter


def _example(config: Mapping[str, Any], place: Place) -> str:
    texts = [text for patterns in _patterns(config).values() for text in patterns]
    return place.of(texts[0] if texts else "")


def _word(name: object) -> str:
    return short(str(name or "unnamed"), 40)


def _plain(part: str) -> str:
    if part.startswith("[") and part.endswith("]") and len(part) > 2:
        inside = re.sub(r"[\\\[\]^]", r"\\\g<0>", part[1:-1].removeprefix("!"))
        return f"[{'^' * part.startswith('[!')}{inside}]"
    return re.escape(part)
