"""The rows that options choose, or a workspace did, and by which vectors they are told apart."""

from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from dataexplore.dataset.keys import key_text
from dataexplore.journal.decision import DROP, KEEP
from dataexplore.journal.ledger import Rows
from dataexplore.selection.export import leaving
from dataexplore.selection.recipe import Recipe, Sight
from dataexplore.selection.recipes.shipped import Shipped
from dataexplore.selection.rule import Rule
from dataexplore.selection.rules import (
    ByHand,
    Cluster,
    Duplicates,
    Facility,
    KCenter,
    Quota,
    SemDeDup,
    Spread,
    Stratified,
)
from dataexplore.session.analysis import Analysis
from dataexplore.session.edits import as_edits, recipe_changes, supposing
from dataexplore.session.known import Known
from dataexplore.session.session import Session
from dataexplore.text import short
from dataexplore.workspace.location import make_folder
from dataexplore_tui.cli.choosing import asks, choice
from dataexplore_tui.cli.options import UsageError
from dataexplore_tui.cli.output import say
from dataexplore_tui.cli.progress import ProgressLine

_BY_VECTORS = (Duplicates, Cluster, Quota, Stratified, KCenter, Facility, Spread, SemDeDup)


def see(arguments: Namespace, named: Shipped | Recipe | None, session: Session) -> Sight:
    """Let a session tell rows apart by the vectors that options, or a recipe, ask for."""
    given = Sight(arguments.encoder, arguments.field, arguments.keep_shared)
    own = named.sight if isinstance(named, Recipe) else Sight()
    if own != Sight() and given not in (own, Sight()):
        raise UsageError(
            f"the recipe goes by --encoder {short(own.encoder, 80)} --field {own.field}; leave yours away"
        )
    sight = own if given == Sight() else given
    if sight != Sight():
        # Another encoder may take minutes: its vectors are kept beside the data, where `embed` puts them.
        folder = make_folder(session.dataset.path, arguments.workspace) / "vectors"
        strip = not sight.keep_shared
        session.analysis = Analysis(session.dataset, folder, sight.encoder, sight.field, strip=strip)
    return sight


def say_unfit(known: Known, rules: Sequence[Rule] = ()) -> None:
    """Say it on stderr where the encoder was not made for the rows that were compared."""
    if any(isinstance(rule, _BY_VECTORS) for rule in rules) and (unfit := known.analysis.warning()):
        say(unfit)


def chosen_rows(
    arguments: Namespace, named: Shipped | Recipe | None, session: Session
) -> tuple[Rows, Recipe, Known]:
    """Return the rows that options choose, or the workspace did where no step is asked for.

    With them come a recipe that chooses them anew and what is known of the rows, edited as it says.
    """
    known: Known = session
    sight = see(arguments, named, session)
    if not asks(arguments):
        recipe, decisions = replace(session.recipe(), sight=sight), session.state.decisions
    else:
        asked = choice(arguments, named, session).recipe
        with telling(session, "choosing rows:"):
            decisions, _ = session.replay(asked, decide=False)
        known = supposing(session, recipe_changes(session.dataset, asked.edits))
        recipe = Recipe((*_by_hand(session), *asked.rules), asked.hand, as_edits(known.dataset), sight)
        say_unfit(known, asked.rules)
    return leaving(decisions, arguments.only_kept), recipe, known


def _by_hand(session: Session) -> tuple[ByHand, ...]:
    """Return what was decided by hand in the workspace as the first step: the rules saw it."""
    dataset, by_hand = session.dataset, session.by_hand
    sides = (
        tuple(key_text(int(key)) for key in dataset.keys[by_hand & (session.state.decisions == decision)])
        for decision in (KEEP, DROP)
    )
    return (ByHand(*sides),) if by_hand.any() else ()


@contextmanager
def telling(session: Session, what: str) -> Iterator[None]:
    """Show how far the steps are while a block runs."""
    with ProgressLine(what) as progress:
        session.progress = progress
        try:
            yield
        finally:
            session.progress = None
