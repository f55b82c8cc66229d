"""Where the files go that stand beside exported rows: what belongs to others is left alone."""

from collections.abc import Callable
from pathlib import Path

from dataexplore.dataset.dataset import Dataset
from dataexplore.errors import ExportError
from dataexplore.text import short, visible

_HEAD = 65_536


def refuse(dataset: Dataset, path: Path) -> None:
    """Raise ExportError when `path` is a file of the dataset."""
    stamps = dataset.source.stamps
    if any(_same(path, own) for own in (dataset.path, *(stamp.path for stamp in stamps))):
        raise ExportError(f"{short(str(path), 200)}: is the dataset itself; write to another name")


def refuse_existing(path: Path) -> None:
    """Raise ExportError when something has this name already: whoever names a file may not know."""
    if path.exists() or path.is_symlink():
        raise ExportError(f"{short(str(path), 200)}: is there already; --force writes over it")


def beside(dataset: Dataset, out: Path, name: str, ours: Callable[[bytes], bool]) -> Path:
    """Return the place for a file of this name, or one named after `out` where another's file has it.

    `ours` gets the first bytes of a file that is there. Raises ExportError when `out` itself has the name.
    """
    if out.name == name:
        raise _taken(out)
    path = out.parent / name
    try:
        with path.open("rb") as file:
            free = ours(file.read(_HEAD))
    except FileNotFoundError:
        free = not path.is_symlink()
    except OSError:
        free = False
    found = path if free else out.with_name(f"{out.name}.{name}")
    refuse(dataset, found)
    return found


def reasons_and_recipe(dataset: Dataset, out: Path) -> tuple[Path, Path]:
    """Return where reasons and recipe go: the recipe tells by its first line whose both of them are."""
    names = "dropped.jsonl", "recipe.toml"
    dropped, recipe = (out.parent / name for name in names)
    if out.name in names:
        raise _taken(out)
    try:
        with recipe.open("rb") as file:
            free = file.readline() == made(out)
    except FileNotFoundError:
        free = not dropped.exists()
    except OSError:
        free = False
    if not free:
        dropped, recipe = (out.with_name(f"{out.name}.{name}") for name in names)
    for path in (dropped, recipe):
        refuse(dataset, path)
    return dropped, recipe


def made(out: Path) -> bytes:
    """Return the first line of a recipe: which export it belongs to."""
    return f"# made {visible(out.name)}\n".encode()


def _taken(out: Path) -> ExportError:
    return ExportError(f"{short(str(out), 200)}: this name is for what goes beside the rows; choose another")


def _same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:  # one of them is not there
        return False
