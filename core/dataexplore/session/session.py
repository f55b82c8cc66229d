"""The one owner of mutable state: a dataset, its workspace, journal, signals and view."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from dataexplore.dataset.cache import CacheFolder
from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.edits import with_edits
from dataexplore.dataset.loading import load
from dataexplore.dataset.opening import Head, Progress, open_head
from dataexplore.errors import SignalError, WorkspaceError
from dataexplore.journal.decision import Act, Decision, Decisions
from dataexplore.journal.journal import Entry, Journal
from dataexplore.journal.ledger import Ledger, Rows
from dataexplore.judge.folder import Judgements
from dataexplore.judge.loading import judged_signals
from dataexplore.selection.export import Exported, export
from dataexplore.selection.layers import Layers, Step
from dataexplore.selection.recipe import Recipe, write_recipe
from dataexplore.selection.rule import Mask, Rule
from dataexplore.session.analysis import Analysis
from dataexplore.session.columns import Columns
from dataexplore.session.edits import as_edits, edit_act, recipe_act, recipe_changes
from dataexplore.session.known import Known
from dataexplore.session.running import Ran, run_recipe
from dataexplore.session.shares import Shares
from dataexplore.session.state import State, View, count
from dataexplore.session.steps import as_recipe, recipe_acts, rule_act, ruling
from dataexplore.signals.imports import Ratings, read_ratings, refuse_names
from dataexplore.signals.signal import Signal
from dataexplore.signals.store import forget_signal, load_signals, save_signal
from dataexplore.text import short
from dataexplore.workspace.workspace import Workspace, open_workspace


class Session(Known):
    """Every change goes through here: it is durable first, and then a new frozen `state`."""

    def __init__(self, dataset: Dataset, workspace: Workspace) -> None:
        self.workspace = workspace
        self._journal = Journal(workspace.database)
        self._ledger = Ledger(len(dataset), dataset.rows_of)
        self._acts = 0
        self.shares = Shares(len(dataset), dataset.rows_of)
        for entry in self._journal.entries():
            self._take(entry)
        self.dataset = with_edits(dataset, self._ledger.edits) if self._ledger.edits else dataset
        judged = judged_signals(Judgements(workspace.folder), self.dataset)
        self.columns = Columns(self.dataset, load_signals(workspace.database, dataset) | judged)
        self.analysis = Analysis(self.dataset, workspace.vectors)
        self.state = self._state(View(np.arange(len(dataset))))

    @classmethod
    def open(cls, path: Path | str, workspace: Path | None = None) -> "Session":
        """Open a file and its workspace, as the writer if nobody else is."""
        return cls.read(open_head(Path(path)), workspace)

    @classmethod
    def read(
        cls,
        head: Head,
        workspace: Path | None = None,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> "Session":
        """Read all rows of an opened file, or what its workspace has cached of them."""
        opened = open_workspace(head.source.path, workspace)
        try:
            cache = CacheFolder(opened.cache, writable=opened.writable)
            return cls(load(head, progress, cancelled, cache), opened)
        except BaseException:
            opened.close()
            raise

    def close(self, *, wait: bool = True) -> None:
        """Let the next writer in; `wait` first finishes what is still kept for the next opening."""
        try:
            if wait and self.workspace.writable:
                self.dataset.keyed.value()
        finally:
            self.workspace.close()

    @property
    def decisions(self) -> Decisions:
        """What is decided on each row."""
        return self.state.decisions

    def decide(self, rows: Rows, decision: Decision, reason: str) -> State:
        """Decide rows by hand; when this returns, the decision is on disk."""
        if not len(rows):
            return self.state
        self.dataset.require(rows)
        keys = self.dataset.keys[rows]
        return self._append("decide", Act(keys, np.full(len(keys), decision, np.int8), reason, hand=True))

    def apply(self, rule: Rule) -> State:
        """Let a rule decide, in place of an earlier one of its slot; what was decided by hand stands."""
        found = ruling(rule, self._ledger, self)
        return self._append("decide", rule_act(rule, found, self._ledger, self.dataset.keys))

    def preview(self, rule: Rule) -> State:
        """Return the state a rule would lead to, without deciding anything."""
        decisions = Layers(ruling(rule, self._ledger, self).ruled, self._ledger.hand).covered
        return State(decisions, count(decisions, self.dataset.tokens), self.state.view)

    def replay(
        self, recipe: Recipe, *, decide: bool = True, ran: Ran | None = None, reason: str = ""
    ) -> tuple[Decisions, list[Step]]:
        """Run a recipe on all rows, hand decisions standing, unless it `ran`; `decide` records the outcome.

        That is one act, and one more each for the edits and for what the recipe itself has by hand.
        """
        ran = ran or run_recipe(recipe, self, self.by_hand)
        if decide:
            if changes := recipe_changes(self.dataset, recipe.edits):
                self._append("edit", recipe_act(self.dataset, changes))
            for act in recipe_acts(recipe, ran, self._ledger, self.dataset.keys, reason):
                self._append("decide", act)
        return ran.layers.covered, ran.steps

    def edit(self, row: int, new: bytes) -> State:
        """Give a row other bytes; the source's own take the edit back.

        Raises EditError for what is not one JSON object; nothing changes then.
        """
        self.must_write()
        act = edit_act(self.dataset, row, new)
        return self._append("edit", act) if act else self.state

    def edited_by(self, row: int) -> Entry | None:
        """Return the journal entry that edited a row, None when it is as the source has it."""
        return self._ledger.edited_by(row)

    def undo(self) -> State:
        """Take the last act back, whenever it was made."""
        return self._append("undo") if self._ledger.next_undo else self.state

    def redo(self) -> State:
        """Bring back what undo took."""
        return self._append("redo") if self._ledger.next_redo else self.state

    def why(self, row: int) -> Entry | None:
        """Return the journal entry that decided a row."""
        return self.shares.told(self._ledger.by(row), row)

    @property
    def by_hand(self) -> Mask:
        """Rows decided by hand."""
        return self._ledger.by_hand

    def decided_by(self, seq: int) -> Mask:
        """Return the rows whose decision is that of one journal entry."""
        return self._ledger.decided_by(lambda entry: entry.seq == seq)

    @property
    def acts(self) -> list[Entry]:
        """The acts in force, oldest first."""
        return self._ledger.done

    def show(self, filter: str | None = None, sort: str | None = None, descending: bool = True) -> State:  # noqa: A002 # the design's word
        """Choose the rows on screen; None leaves the filter or the sort as it is, an empty text clears it."""
        return self.turn_to(self.look(filter, sort, descending))

    def look(self, filter: str | None = None, sort: str | None = None, descending: bool = True) -> View:  # noqa: A002 # the design's word
        """Return the rows that `show` would choose."""
        view = self.state.view
        filter = view.filter if filter is None else filter  # noqa: A001 # the design's word
        sort, descending = (view.sort, view.descending) if sort is None else (sort, descending)
        rows = np.flatnonzero(self.where(filter)) if filter else np.arange(len(self.dataset))
        if sort:
            rows = self.columns.order(sort, rows, self.state.decisions, descending=descending)
        return View(rows, filter, sort, descending)

    def turn_to(self, view: View) -> State:
        """Put other rows on screen."""
        self.state = self._state(view)
        return self.state

    def import_scores(self, path: Path, on: str = "row") -> Ratings:
        """Read ratings made elsewhere and keep them in the workspace."""
        self.must_write()
        ratings = read_ratings(path, self.dataset, on)
        refuse_names(ratings.columns, self.columns.signals)
        for name, scores in ratings.columns.items():
            save_signal(self.workspace.database, self.dataset, name, scores, path.name)
            self.columns.add(Signal(name, scores, "imported", path.name))
        return ratings

    def forget_scores(self, name: str) -> None:
        """Take an imported signal away; raise SignalError when it is none."""
        self.must_write()
        signal = self.columns.signals.get(name)
        if signal is None or signal.origin != "imported":
            raise SignalError(f"{short(name, 60)} was not imported and stays")
        forget_signal(self.workspace.database, name)
        del self.columns.signals[name]

    def recipe(self) -> Recipe:
        """Return the acts in force as a recipe that leads to the same decisions."""
        return replace(as_recipe(self._ledger.done), edits=as_edits(self.dataset))

    def export(self, out: Path, *, only_kept: bool = False) -> Exported:
        """Write the rows not dropped (or the kept ones), the dropped ones with reasons, and the recipe."""
        recipe = write_recipe(self.recipe(), self.dataset.path.name, len(self.dataset))
        return export(self.dataset, self.state.decisions, self.why, recipe, out, only_kept=only_kept)

    def _append(self, kind: Any, act: Act | None = None) -> State:
        self.must_write()
        entry = self._journal.append(kind, act) if act is not None else self._journal.append(kind)
        self._take(entry)
        if (edits := self._ledger.edits) != (before := self.dataset.edits):
            rows = [row for row in {**before, **edits} if before.get(row) != edits.get(row)]
            self.dataset = with_edits(self.dataset, {row: edits.get(row) for row in rows})
            self.columns = self.columns.edited(self.dataset)
            self.analysis = self.analysis.edited(self.dataset)
        self.state = self._state(self.state.view)
        return self.state

    def must_write(self) -> None:
        """Raise WorkspaceError saying why when nothing can be decided here."""
        if not self.workspace.writable:
            raise WorkspaceError(self.workspace.notice or "the workspace was opened for reading only")

    def _take(self, entry: Entry) -> None:
        self._ledger.apply(entry)
        self._acts += 1

    def _state(self, view: View) -> State:
        ledger = self._ledger
        undo, redo = (one.act.reason if one else "" for one in (ledger.next_undo, ledger.next_redo))
        counts = count(ledger.decisions, self.dataset.tokens)
        return State(ledger.decisions, counts, view, undo, redo, self._acts, len(self.dataset.edits))
