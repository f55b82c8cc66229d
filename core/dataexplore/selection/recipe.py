"""A journal's rules, hand decisions and edits as a file that replays on the same or another dataset."""

import math
import tomllib
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from typing import Any

import tomli_w

from dataexplore.dataset.parse import parse
from dataexplore.errors import RuleError
from dataexplore.selection.rule import Rule
from dataexplore.selection.rules import KINDS
from dataexplore.text import short, visible
from dataexplore.vectors.encoder import STATIC

VERSION = 3
"""The newest there is; a recipe is of the oldest version that has all it needs."""
_EDITS_SINCE, _VECTORS_SINCE = 2, 3
_EDITS = """
# Rows that were edited, by key, with their new bytes. Edits are no rules: all of them are made before the
# first step, so that every step sees the edited rows.
"""


@dataclass(frozen=True)
class Hand:
    """Decisions made by hand, by row key; they stand against every rule."""

    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    """Rows whose decision was taken back."""


@dataclass(frozen=True)
class Edit:
    """A row's new bytes, by the key of those that it has in the source."""

    key: str
    row: str
    """One JSON object on one line."""


@dataclass(frozen=True)
class Sight:
    """By which vectors the steps tell rows apart; `dataexplore select` takes these words, too."""

    encoder: str = STATIC
    field: str = "prompt"
    """The text that is encoded."""
    keep_shared: bool = False
    """Whether what many rows begin or end with is encoded, too."""


@dataclass(frozen=True)
class Recipe:
    """Steps in order, and what was decided by hand after the last rule."""

    rules: tuple[Rule, ...]
    hand: Hand = Hand()
    edits: tuple[Edit, ...] = ()
    """Made before the first step."""
    sight: Sight = Sight()


def rule_from(step: dict[str, Any]) -> Rule:
    """Return the rule that a recipe's step describes; raise RuleError naming what is wrong with it."""
    kind = step.get("kind")
    made = KINDS.get(str(kind))
    if made is None:
        raise RuleError(
            f"the recipe has a step of kind {short(str(kind), 40)!r}; there are {', '.join(KINDS)}"
        )
    given = {name: value for name, value in step.items() if name != "kind"}
    known = {field.name for field in fields(made)}
    if unknown := sorted(given.keys() - known):
        raise RuleError(f"the recipe's {kind} step has an unknown setting {short(unknown[0], 40)!r}")
    if lacking := sorted(
        field.name for field in fields(made) if field.default is MISSING and field.name not in given
    ):
        raise RuleError(f"the recipe's {kind} step needs {', '.join(lacking)}")
    for field in fields(made):
        if field.name in given:
            given[field.name] = _checked(f"{kind} step", field.name, given[field.name], field.type)
    rule: Rule = made(**given)
    return rule


def _checked(place: str, name: str, value: Any, kind: Any) -> Any:
    """Return a setting in the type that its rule has; raise RuleError when it has another."""
    texts = isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)
    if kind == tuple[str, ...] and texts:
        return tuple(value)
    if (
        kind is float
        and isinstance(value, int | float)
        and not isinstance(value, bool)
        and math.isfinite(value)
    ):
        return float(value)
    if kind in (int, int | None) and isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if kind in (str, str | None) and isinstance(value, str):
        return value
    if kind is bool and isinstance(value, bool):
        return value
    whole = "a whole number from 0"
    words: dict[Any, str] = {float: "a number", bool: "true or false", int: whole, int | None: whole}
    wanted = words.get(kind, "a list of texts" if kind == tuple[str, ...] else "a text")
    raise RuleError(f"the recipe's {place} has {name} = {short(str(value), 40)}, which is not {wanted}")


def write_recipe(recipe: Recipe, dataset: str, rows: int) -> bytes:
    """Return a recipe as TOML."""
    about = {"version": _version(recipe), "dataset": visible(dataset), "rows": rows}
    document: dict[str, Any] = {
        "recipe": about | (asdict(recipe.sight) if recipe.sight != Sight() else {}),
        "step": [rule.as_step() for rule in recipe.rules],
    }
    if hand := {name: list(keys) for name, keys in asdict(recipe.hand).items() if keys}:
        document["hand"] = hand
    text = tomli_w.dumps(document)
    if recipe.edits:
        text += _EDITS + "".join(f"\n[[edit]]\n{tomli_w.dumps(asdict(edit))}" for edit in recipe.edits)
    return text.encode()


def _version(recipe: Recipe) -> int:
    rules = [rule.version for rule in recipe.rules]
    edits = _EDITS_SINCE if recipe.edits else 1
    return max([edits, _VECTORS_SINCE if recipe.sight != Sight() else 1, *rules])


def read_recipe(path: Path) -> Recipe:
    """Read a recipe file; raise RuleError saying what is wrong with it."""
    name = short(str(path), 200)
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RuleError(f"{name}: no such recipe; name a file, or a recipe of `select --recipes`") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RuleError(f"{name}: not a recipe ({short(str(error), 80)})") from None
    steps, hand, edits = document.get("step", []), document.get("hand", {}), document.get("edit", [])
    about = document.get("recipe", {})
    tables = [about, hand]
    for several in (steps, edits):
        tables += several if isinstance(several, list) else [None]
    if not all(isinstance(table, dict) for table in tables):
        raise RuleError(
            f"{name}: a recipe has [recipe], at most one [hand], and [[step]] and [[edit]] tables"
        )
    version = about.get("version", VERSION)
    if not isinstance(version, int) or version > VERSION:
        raise RuleError(f"{name}: made by a newer dataexplore; upgrade to replay it")
    if unknown := sorted(hand.keys() - {field.name for field in fields(Hand)}):
        raise RuleError(f"{name}: [hand] has keep, drop and open, not {short(unknown[0], 40)!r}")
    decided = {side: _checked("[hand] table", side, keys, tuple[str, ...]) for side, keys in hand.items()}
    seen = {
        field.name: _checked("[recipe] table", field.name, about[field.name], field.type)
        for field in fields(Sight)
        if field.name in about
    }
    return Recipe(
        tuple(rule_from(step) for step in steps),
        Hand(**decided),
        tuple(_edit(name, edit) for edit in edits),
        Sight(**seen),
    )


def _edit(name: str, edit: dict[str, Any]) -> Edit:
    key, row = edit.get("key"), edit.get("row")
    if edit.keys() != {"key", "row"} or not isinstance(key, str) or not isinstance(row, str):
        raise RuleError(f"{name}: an [[edit]] has key and row, both texts, and nothing else")
    record = parse(row.encode())
    if isinstance(record, str) or "\n" in row:
        reason = "over several lines" if isinstance(record, dict) else record
        raise RuleError(
            f"{name}: the [[edit]] of {short(key, 40)!r} has no row of JSON ({short(reason, 80)})"
        )
    return Edit(key, row)
