"""Writes arms into a folder: rows, recipe and a summary, all or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from dataexplore.dataset.dataset import Dataset
from dataexplore.errors import ExportError
from dataexplore.selection.arms import Arm
from dataexplore.selection.beside import refuse, refuse_existing
from dataexplore.selection.files import FileSet
from dataexplore.selection.formats import own_name, write_as
from dataexplore.selection.overlap import Overlap, overlap
from dataexplore.selection.recipe import write_recipe
from dataexplore.selection.unchanged import Unchanged
from dataexplore.text import short

SUMMARY = "arms.json"


@dataclass(frozen=True)
class ArmFile:
    """One arm that was written."""

    arm: Arm
    out: Path
    recipe_out: Path
    sha256: str
    overlap: Overlap
    """With the first arm."""

    def as_json(self) -> dict[str, Any]:
        """Return what the summary says of it; files by name, as they are beside."""
        ratio = self.overlap.ratio
        return {
            "name": self.arm.name,
            "file": self.out.name,
            "recipe": self.recipe_out.name,
            "rows": len(self.arm.rows),
            "tokens": self.arm.tokens,
            "sha256": self.sha256,
            "overlap": {
                "rows": self.overlap.both,
                "expected": round(self.overlap.expected, 1),
                "ratio": None if ratio != ratio else round(ratio, 3),
            },
        }


def write_arms(dataset: Dataset, arms: Sequence[Arm], folder: Path, *, overwrite: bool) -> list[ArmFile]:
    """Write each arm as `NAME.jsonl` (or the source's own ending) and `NAME.toml`, and `arms.json`.

    Raises ExportError with nothing written where a file is there already, or a row has changed.
    """
    if folder.exists() and not folder.is_dir():
        raise ExportError(f"{short(str(folder), 200)}: is a file; arms go into a folder")
    ending = Path(own_name(dataset)).suffix or ".jsonl"
    places = [(folder / f"{arm.name}{ending}", folder / f"{arm.name}.toml") for arm in arms]
    for path in (*(path for pair in places for path in pair), folder / SUMMARY):
        refuse(dataset, path)
        if not overwrite:
            refuse_existing(path)
    unchanged = Unchanged(dataset, np.unique(np.concatenate([arm.rows for arm in arms])))
    written = []
    with FileSet() as files:
        for arm, (out, recipe_out) in zip(arms, places, strict=True):
            with files.open(out) as file:
                write_as(dataset, arm.rows, file, out)
                unchanged.again()  # rows of a large file are read from disk only now
            with files.open(recipe_out) as file:
                file.write(write_recipe(arm.recipe, dataset.path.name, len(dataset)))
            shared = overlap(arms[0].rows, arm.rows, len(dataset))
            written.append(ArmFile(arm, out, recipe_out, files.sha256(out), shared))
        with files.open(folder / SUMMARY, last=True) as file:
            file.write(orjson.dumps([one.as_json() for one in written], option=orjson.OPT_INDENT_2) + b"\n")
    return written
