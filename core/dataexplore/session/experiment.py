"""An experiment: arms of one dataset as runs with the same settings, each waiting for its turn."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dataexplore.errors import RuleError
from dataexplore.jobs.folder import Job
from dataexplore.journal.ledger import Rows
from dataexplore.selection.arms import Arm, Plan, arms
from dataexplore.selection.recipe import Hand, Recipe
from dataexplore.selection.rule import Mask, Rule
from dataexplore.selection.rules import Random, Top
from dataexplore.session.session import Session
from dataexplore.session.training import training_rows
from dataexplore.tune.held_out import held_out
from dataexplore.tune.settings import TuneSettings
from dataexplore.tune.start import create_run

EQUAL = ("rows", "steps", "tokens")
"""What the arms have as much of: rows, steps of the optimizer whatever their rows, or tokens."""
ALPAGASUS = (3000, 6000, 9000)
"""Sizes of the paper's subsets of Alpaca (Chen et al. 2023)."""


@dataclass(frozen=True)
class Design:
    """Which arms there are, and what none of them is trained on."""

    names: Sequence[str] = ("kept", "random", "longest", "full")
    sizes: Sequence[int] = ()
    """Not empty: the best so many rows by `signal`, as many random ones as the largest, and all rows."""
    signal: str = ""
    seeds: int = 1
    seed: int = 0
    equal: str = "rows"
    held_out: int = 0
    """Rows that no arm has: every arm's loss is measured on them."""


@dataclass(frozen=True)
class Drawn:
    """The arms of a design, and the rows that were held out of all of them."""

    arms: Sequence[Arm]
    held: Rows


def draw(session: Session, kept: Rows, design: Design) -> Drawn:
    """Draw the arms; raise RuleError for what cannot be made."""
    if design.equal not in EQUAL:
        raise RuleError(f"arms have equal {', '.join(EQUAL)}, not {design.equal!r}")
    held = _held(session, design)
    among = np.ones(len(session.dataset), bool)
    among[held] = False
    if design.sizes:
        return Drawn(_by_score(session, design, among), held)
    equal = "rows" if design.equal == "steps" else design.equal
    plan = Plan(design.names, design.seeds, design.seed, equal)
    return Drawn(arms(session, kept[among[kept]], session.recipe(), plan, among), held)


def make_runs(
    session: Session,
    drawn: Drawn,
    settings: TuneSettings,
    design: Design,
    jobs_dir: Path,
    python: str | None = None,
    *,
    learn_chosen: bool = False,
) -> list[Job]:
    """Write one run for each arm, not yet started, in the order in which they will have their turns."""
    steps = settings.steps(len(drawn.arms[0].rows)) if design.equal == "steps" else settings.max_steps
    held = training_rows(session, rows=drawn.held, learn_chosen=learn_chosen)
    made = []
    for arm in drawn.arms:
        rows = training_rows(session, rows=arm.rows, learn_chosen=learn_chosen)
        rows += [{**row, "held_out": True} for row in held]
        mine = settings.with_changes(label=arm.name, max_steps=steps)
        made.append(create_run(jobs_dir, rows, mine, session.dataset.path.name, python))
    return made


def _held(session: Session, design: Design) -> Rows:
    if not design.held_out:
        return np.empty(0, np.int64)
    asked = session.dataset.prompts.to_list()
    return np.array(sorted(held_out(asked, design.held_out, design.seed)), np.int64)


def _by_score(session: Session, design: Design, among: Mask) -> list[Arm]:
    scores = session.scores(design.signal)
    scored = int(np.count_nonzero(among & ~np.isnan(scores)))
    largest = max(design.sizes)
    if largest > scored:
        raise RuleError(
            f"the best {largest:,} by {design.signal} cannot be had: {scored:,} rows have a score "
            "and are not held out"
        )
    base = replace(session.recipe(), rules=(), hand=Hand())
    rules = [(f"top-{size}", Top(design.signal, size, design.seed)) for size in sorted(set(design.sizes))]
    found = [_arm(session, name, rule, base, among) for name, rule in rules]
    for seed in range(design.seed, design.seed + design.seeds):
        name = f"random-{largest}" if design.seeds == 1 else f"random-{largest}-{seed}"
        found.append(_arm(session, name, Random(largest, seed), base, among))
    rows = np.flatnonzero(among)
    return [*found, Arm("full", rows, int(session.dataset.tokens[rows].sum()), base)]


def _arm(session: Session, name: str, rule: Rule, base: Recipe, among: Mask) -> Arm:
    rows = np.flatnonzero(rule.outcome(session, among).keep)
    return Arm(name, rows, int(session.dataset.tokens[rows].sum()), replace(base, rules=(rule,)))
