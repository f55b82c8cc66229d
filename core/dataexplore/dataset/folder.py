"""Opens folders: what `datasets.save_to_disk` wrote, or the data files of one dataset."""

import os
from functools import partial
from pathlib import Path

import orjson

from dataexplore.dataset.source import Source, Stamp, read_regular
from dataexplore.errors import InputRefusedError
from dataexplore.text import short

_MARKS = ("state.json", "dataset_info.json")
_CHOSEN = ("_indices_files", "_indices_data_files")


def open_folder(path: Path) -> Source:
    """Read all Arrow files of a folder; raise InputRefusedError for any other folder."""
    path = path if path.name else path.resolve()
    shown = short(str(path), 200)
    if (path / "dataset_dict.json").is_file():
        splits = sorted(child.name for child in path.iterdir() if (child / _MARKS[0]).is_file())
        names = short(", ".join(splits), 100)
        raise InputRefusedError(f"{shown}: holds several datasets ({names}); name one of them")
    files = _files(path, shown)
    from dataexplore.dataset.containers import concatenated

    stamps, parts = [], []
    for file in files:
        data, info = read_regular(file)
        stamps.append(Stamp(file, info.st_size, info.st_mtime_ns, info.st_ino))
        parts.append((file, data))
    return concatenated(Source(path, b"", 0, 0, tuple(stamps)), "saved dataset", parts)


def files_in(path: Path) -> list[Path]:
    """Return the data files of a folder that is no saved dataset: its own, else those in its folder `data`.

    None where it has none. Raises InputRefusedError for a folder of several splits or datasets, naming them.
    """
    from dataexplore.dataset.choosing import Place, choose, data_files

    try:
        if any((path / mark).is_file() for mark in ("dataset_dict.json", *_MARKS)):
            return []
        for folder in (path, path / "data"):
            names = _names(folder)
            if data_files(names):
                place = Place(short(str(path), 200), partial(_inside, folder))
                return [folder / name for name in choose(names, {}, place).files]
    except OSError:  # its opening says why it cannot be read
        return []
    return []


def _inside(folder: Path, name: str) -> str:
    return short(str(folder / name), 120)


def _names(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    return [entry.name for entry in os.scandir(folder) if entry.is_file()]


def _files(path: Path, shown: str) -> list[Path]:
    """Return the files in the order of the folder's own list, or of their names where it has none."""
    present = sorted(name for name in os.listdir(path) if name.endswith(".arrow"))  # noqa: PTH208 # names, not paths
    if not present or not any((path / mark).is_file() for mark in _MARKS):
        raise InputRefusedError(f"{shown}: is a directory; name a file in it")
    try:
        state = orjson.loads((path / _MARKS[0]).read_bytes())
        names = [str(one["filename"]) for one in state["_data_files"]]
        chosen = any(state.get(name) for name in _CHOSEN)
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        names, chosen = [], False
    if chosen:
        raise InputRefusedError(
            f"{shown}: keeps which rows it has in another file, as old versions of datasets wrote it; load "
            "it, call flatten_indices() and save it again"
        )
    missing = [name for name in names if name not in present]
    if missing:
        raise InputRefusedError(f"{shown}: lacks its file {short(missing[0], 80)!r}; copy the folder again")
    return [path / name for name in names or present]
