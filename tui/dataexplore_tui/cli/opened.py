"""Opens sessions for the verbs: reading leaves no trace, writing needs the workspace for itself."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.edits import with_edits
from dataexplore.errors import WorkspaceError
from dataexplore.journal.journal import Journal
from dataexplore.journal.ledger import Ledger
from dataexplore.session.session import Session
from dataexplore.text import short
from dataexplore.workspace.workspace import open_workspace, read_workspace
from dataexplore_tui.cli.files import Files, open_files, read_files
from dataexplore_tui.cli.output import plural, say
from dataexplore_tui.cli.progress import ProgressLine


def load(files: Files, workspace: Path | None = None, *, edits: bool = False) -> Dataset:
    """Read a dataset with progress, and say how many of its lines are no rows.

    With `edits` rows are as they were edited in the workspace, and how many is said, too.
    """
    dataset = read_files(files, workspace)
    _say_unreadable(files, dataset)
    if edits and (dataset := edited(dataset, workspace)).edits:
        say(
            f"{files}: {plural(len(dataset.edits), 'edited row')}; --no-edits takes them as the file has them"
        )
    return dataset


def edited(dataset: Dataset, workspace: Path | None) -> Dataset:
    """Return a dataset as it was edited in its workspace, if there is one; none is made, none is locked."""
    found = read_workspace(dataset.path, workspace)
    if found is None:
        return dataset
    try:
        entries = list(Journal(found.database).entries())
    finally:
        found.close()
    if all(entry.kind != "edit" for entry in entries):
        return dataset  # to find the rows of keys takes a while in a large file
    ledger = Ledger(len(dataset), dataset.rows_of)
    for entry in entries:
        ledger.apply(entry)
    return with_edits(dataset, ledger.edits) if ledger.edits else dataset


@contextmanager
def reading(files: Files, workspace: Path | None) -> Iterator[Session]:
    """Open a session on what was decided so far, without a lock and without making a workspace."""
    dataset = load(files, workspace)
    with ExitStack() as stack:
        found = read_workspace(dataset.path, workspace)
        if found is None:
            if workspace is not None:
                say(f"{short(str(workspace), 200)}: no decisions are kept here yet")
            folder = stack.enter_context(TemporaryDirectory(prefix="dataexplore-"))
            found = open_workspace(dataset.path, Path(folder))
        stack.callback(found.close)
        yield Session(dataset, found)


@contextmanager
def writing(files: Files, workspace: Path | None) -> Iterator[Session]:
    """Open a session as the only writer; raise WorkspaceError naming who else it is."""
    _, head = open_files(files)
    with ProgressLine("reading rows") as progress:
        session = Session.read(head, workspace, progress)
    opened = session.workspace
    try:
        _say_unreadable(files, session.dataset)
        if not opened.writable:
            raise WorkspaceError(f"{files}: {opened.notice}; close it there and try again")
        if opened.notice:
            say(opened.notice)
        yield session
    finally:
        session.close()


def _say_unreadable(files: Files, dataset: Dataset) -> None:
    if dataset.unreadable:
        lines = plural(len(dataset.unreadable), "line")
        say(f"{files}: {lines} left out as unreadable; `dataexplore check` lists them")
