"""The options by which rows are chosen, for every verb that chooses some."""

from argparse import SUPPRESS, Action, ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dataexplore.journal.decision import Decision
from dataexplore.selection.recipe import Recipe, read_recipe
from dataexplore.selection.recipes.catalogue import SHIPPED, find_recipe
from dataexplore.selection.recipes.shipped import About, Asked, Planned, Shipped
from dataexplore.selection.rules import (
    Duplicates,
    KCenter,
    Only,
    Quota,
    Random,
)
from dataexplore.session.listing import rows_in
from dataexplore.session.session import Session
from dataexplore_tui.cli.encoding import add_encoding
from dataexplore_tui.cli.options import UsageError, finite, positive, whole
from dataexplore_tui.cli.output import put, table

LIST: Final = "list"
_POLICY = "longest"
_STEPS = ("where", "among", "without", "duplicates", "recipe", "cluster_quota", "k_center", "size")


@dataclass(frozen=True)
class Choice:
    """Steps that options ask for."""

    recipe: Recipe
    papers: tuple[str, ...] = ()
    """Beside each rule what the paper had after it."""
    shipped: Shipped | None = None


def add_steps(parser: ArgumentParser) -> None:
    """Declare the steps and their settings."""
    parser.add_argument(
        "--where", metavar="SQL", help='keep rows for which this holds, such as "score >= 4.5"'
    )
    parser.add_argument(
        "--in",
        metavar="OTHER",
        dest="among",
        type=Path,
        nargs="+",
        action="append",
        help="keep rows that are in a file, or in any of several; again: in this one, too",
    )
    parser.add_argument(
        "--not-in",
        metavar="OTHER",
        dest="without",
        type=Path,
        nargs="+",
        action="append",
        help="drop rows that are in a file, or in any of several",
    )
    parser.add_argument(
        "--duplicates", metavar="T", type=finite, help="one row of each group that is alike from this cosine"
    )
    parser.add_argument("--policy", metavar="P", help=f"which row of a group stays ({_POLICY})")
    parser.add_argument("--recipe", metavar="R", help="a recipe file, a name, or `list`")
    parser.add_argument(
        "--recipes", action=_ListRecipes, nargs=0, default=SUPPRESS, help="list the recipes by name"
    )
    parser.add_argument(
        "--cluster-quota", metavar="N", type=positive, help="so many of each cluster: the best, or at random"
    )
    parser.add_argument("--k-center", metavar="N", type=positive, help="the rows that cover the others")
    parser.add_argument("--size", metavar="N", type=positive, help="how many rows")
    parser.add_argument(
        "--signal",
        metavar="S",
        action="append",
        default=[],
        help="the score to go by; `deita` multiplies two: repeat it",
    )
    parser.add_argument("--threshold", metavar="T", type=finite, help="of a recipe by name")
    parser.add_argument("-k", "--k", metavar="K", type=positive, help="clusters, of a recipe or a quota")
    parser.add_argument("--seed", metavar="N", type=whole, default=0, help="for what is drawn at random (0)")
    add_encoding(parser)


def asks(arguments: Namespace) -> bool:
    """Tell whether any step is asked for."""
    return any(getattr(arguments, name) is not None for name in _STEPS)


def wanted(arguments: Namespace) -> Shipped | Recipe | None:
    """Return the recipe that is named; raise before rows are read where the options cannot be followed."""
    shipped = None if arguments.recipe is None else find_recipe(arguments.recipe)
    if arguments.policy is not None and arguments.duplicates is None:
        raise UsageError("--policy says which row of a duplicate group stays; give --duplicates T with it")
    if arguments.threshold is not None and shipped is None:
        raise UsageError("--threshold is for a recipe by name; write --where, or --duplicates T")
    if arguments.k is not None and shipped is None and arguments.cluster_quota is None:
        raise UsageError("-k is for a recipe by name or --cluster-quota")
    if shipped is not None or arguments.recipe is None:
        return shipped
    return read_recipe(Path(arguments.recipe))


def choice(arguments: Namespace, named: Shipped | Recipe | None, session: Session) -> Choice:
    """Return the steps in their order; raise RuleError naming what a recipe lacks."""
    signals: list[str] = arguments.signal
    steps: list[Planned] = []
    if arguments.where is not None:
        steps.append(Planned(Only(arguments.where)))
    for given, decision in ((arguments.among, Decision.KEEP), (arguments.without, Decision.DROP)):
        steps += [Planned(rows_in(session.dataset, paths, decision)) for paths in given or ()]
    if arguments.duplicates is not None:
        policy = arguments.policy or _POLICY
        steps.append(Planned(Duplicates(arguments.duplicates, policy, signals[0] if signals else None)))
    if isinstance(named, Shipped):
        asked = Asked(arguments.size, tuple(signals), arguments.seed, arguments.threshold, arguments.k)
        steps += named.plan(asked, About(len(session.dataset), tuple(session.columns.signals)))
    elif named is not None:
        steps += [Planned(rule) for rule in named.rules]
    if arguments.cluster_quota is not None:
        order, signal = ("best", signals[0]) if signals else ("random", None)
        quota = Quota(arguments.cluster_quota, order, signal, None, arguments.k, arguments.seed)
        steps.append(Planned(quota))
    if arguments.k_center is not None:
        steps.append(Planned(KCenter(arguments.k_center, arguments.seed)))
    if arguments.size is not None and not isinstance(named, Shipped):
        steps.append(Planned(Random(arguments.size, arguments.seed)))
    rules, papers = tuple(one.rule for one in steps), tuple(one.paper for one in steps)
    if isinstance(named, Recipe):
        return Choice(Recipe(rules, named.hand, named.edits), papers)
    return Choice(Recipe(rules), papers, named)


def recipes() -> list[dict[str, Any]]:
    """Return the recipes that ship with the program."""
    return [
        {"name": one.name, "does": one.line, "settings": [*one.settings, "seed"], "source": one.source}
        for one in SHIPPED.values()
    ]


def recipe_lines() -> list[str]:
    """Return the recipes as a table."""
    rows = [(one["name"], one["does"], one["source"]) for one in recipes()]
    return table(rows, ("recipe", "keeps", "source"))


class _ListRecipes(Action):
    """Lists the recipes and ends, as --help does."""

    def __call__(
        self,
        parser: ArgumentParser,
        namespace: Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        put(recipe_lines())
        parser.exit()
