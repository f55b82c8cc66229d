"""The dataset card: what is in the files, where it came from and which steps led there."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dataexplore import __version__
from dataexplore.dataset.dataset import Dataset
from dataexplore.selection.quoting import Yaml, block, code, yaml_lines
from dataexplore.text import visible

_LICENSE = re.compile(
    rb"^license:[ \t]*[\"']?([A-Za-z0-9][A-Za-z0-9.+-]{0,60})[\"']?[ \t]*\r?$", re.MULTILINE
)
_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)
_RECIPE_BYTES = 20_000
_HEAD = 65_536


@dataclass(frozen=True)
class CardStep:
    """One line of the funnel."""

    title: str
    kept: int
    dropped: int
    left: int


@dataclass(frozen=True)
class Known:
    """What the session knows of how the rows were chosen."""

    steps: tuple[CardStep, ...] = ()
    signals: tuple[tuple[str, str], ...] = ()
    """Names of the signals that the steps went by, with where each came from."""


@dataclass(frozen=True)
class Output:
    """A file of rows that was written."""

    split: str
    """train or validation."""
    path: Path
    rows: int
    sha256: str


@dataclass(frozen=True)
class CardFacts:
    """Everything that a card says and that is not in the dataset."""

    counts: Mapping[str, int]
    outputs: Sequence[Output]
    known: Known
    recipe: bytes
    form: str
    """The schema that rows are written in."""
    notes: Sequence[str] = ()
    """How rows differ from those of the source, in sentences."""


def card(dataset: Dataset, facts: CardFacts, mark: str) -> bytes:
    """Return a README.md as the Hugging Face hub reads it; `mark` is a line that tells whose it is."""
    license_ = license_of(dataset)
    rows = sum(one.rows for one in facts.outputs)
    name = facts.outputs[0].path.name
    header: dict[str, Yaml] = {
        "license": license_ or "unknown",
        "pretty_name": visible(name),
        "task_categories": ["text-generation"],
        "size_categories": [next((size for most, size in _SIZES if rows < most), "n>10M")],
        "tags": ["dataexplore", facts.form],
    }
    files: list[Yaml] = [{"split": one.split, "path": one.path.name} for one in facts.outputs]
    if all(visible(one.path.name) == one.path.name for one in facts.outputs):
        header["configs"] = [{"config_name": "default", "data_files": files}]
    licence = (
        f"The source says: {code(license_)}."
        if license_
        else "The source names no licence: find out how its rows may be used, and fill in `license` above."
    )
    lines = ["---", *yaml_lines(header), "---", mark, "", f"# {code(name)}", ""]
    lines += [f"{rows:,} rows of {code(dataset.path.name)}, made with dataexplore {__version__}.", ""]
    lines += ["## Rows", "", *(f"- {name}: {count:,}" for name, count in facts.counts.items()), ""]
    lines += ["## Steps", "", *_steps(facts.known.steps, len(dataset)), ""]
    if facts.known.signals:
        lines += [
            "## Signals",
            "",
            *(f"- {code(name)}: {code(origin)}" for name, origin in facts.known.signals),
        ]
        lines.append("")
    lines += ["## Files", "", *_files(dataset, facts), ""]
    lines += ["## How it was made", "", *_made(dataset, facts), ""]
    lines += ["## Licence", "", licence, ""]
    if facts.recipe:
        lines += ["## Recipe", "", *_recipe(facts.recipe), ""]
    return "\n".join(lines).encode("utf-8", "replace")


def license_of(dataset: Dataset) -> str:
    """Return the licence that a card beside the files read names, "" for none."""
    folders = {stamp.path.parent for stamp in dataset.source.stamps if stamp.path.is_file()}
    found = {_license_in(folder) for folder in folders}
    return found.pop() if len(found) == 1 else ""


def _license_in(folder: Path) -> str:
    try:
        with (folder / "README.md").open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return ""
    if not head.startswith(b"---") or b"<!-- dataexplore card of " in head:
        return ""
    found = _LICENSE.search(head[: head.find(b"\n---", 3)])
    return found[1].decode() if found else ""


def mark_of(out: Path) -> str:
    """Return the line by which the card of one export is known again."""
    return f"<!-- dataexplore card of {hashlib.sha256(visible(out.name).encode()).hexdigest()[:16]} -->"


def _steps(steps: Sequence[CardStep], rows: int) -> list[str]:
    return [
        f"1. {rows:,} rows in the source",
        *(
            f"1. {code(step.title)}: keeps {step.kept:,}, drops {step.dropped:,}, leaves {step.left:,}"
            for step in steps
        ),
    ]


def _files(dataset: Dataset, facts: CardFacts) -> list[str]:
    lines = [
        f"- {code(one.path.name)} ({one.split}): {one.rows:,} rows, sha256 `{one.sha256}`"
        for one in facts.outputs
    ]
    return [*lines, *(f"- source {code(path.name)}: sha256 `{digest}`" for path, digest in sources(dataset))]


def sources(dataset: Dataset) -> list[tuple[Path, str]]:
    """Return the files that were read with their checksums; one that is no longer there has none."""
    found = []
    for stamp in dataset.source.stamps:
        try:
            with stamp.path.open("rb") as file:
                found.append((stamp.path, hashlib.file_digest(file, "sha256").hexdigest()))
        except OSError:
            continue
    return found


def _made(dataset: Dataset, facts: CardFacts) -> list[str]:
    lines = [
        f"- format of the source: {code(dataset.format)}, schema {code(dataset.schema.kind)}",
        f"- rows are written as {code(facts.form)}",
    ]
    return [*lines, *(f"- {note}" for note in facts.notes)]


def _recipe(recipe: bytes) -> list[str]:
    if len(recipe) > _RECIPE_BYTES:
        return [f"`recipe.toml` ({len(recipe):,} bytes) is beside; `dataexplore select --recipe` replays it."]
    return [
        "`dataexplore select --recipe recipe.toml` replays it.",
        "",
        *block(recipe.decode("utf-8", "replace")),
    ]
