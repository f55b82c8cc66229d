"""A dataset's workspace: its folder, its lock and its database."""

import sqlite3
from pathlib import Path

from dataexplore.errors import WorkspaceError
from dataexplore.text import short
from dataexplore.workspace.database import open_database
from dataexplore.workspace.location import CACHE, beside, find_folder, make_folder
from dataexplore.workspace.lock import WriterLock


class Workspace:
    """Opened for writing when nobody else writes, otherwise read-only with the holder named."""

    def __init__(
        self, folder: Path, database: sqlite3.Connection, lock: WriterLock | None, notice: str
    ) -> None:
        self.folder = folder
        self.database = database
        self.notice = notice
        """One sentence for the person when something is unusual, else empty."""
        self._lock = lock

    @property
    def writable(self) -> bool:
        """Whether decisions can be made here."""
        return self._lock is not None

    @property
    def jobs(self) -> Path:
        """The folder of job folders."""
        return self.folder / "jobs"

    @property
    def vectors(self) -> Path:
        """The folder of stored vectors."""
        return self.folder / "vectors"

    @property
    def cache(self) -> Path:
        """The folder of what can be made anew from the data."""
        return self.folder / CACHE

    def close(self) -> None:
        """Close the database and let the next writer in."""
        self.database.close()
        if self._lock:
            self._lock.release()


def open_workspace(dataset: Path, chosen: Path | None = None) -> Workspace:
    """Open or create the workspace of a dataset, as its writer if possible."""
    folder = make_folder(dataset, chosen)
    lock = WriterLock(folder)
    try:
        mine = lock.take()
    except OSError as error:
        reason = (error.strerror or "cannot be locked").lower()
        raise WorkspaceError(
            f"{short(str(folder), 200)}: {reason}; name another with --workspace DIR"
        ) from None
    if not mine:
        database = open_database(folder, writable=False)
        notice = f"read-only: {lock.holder()} is deciding on this dataset; open it again when that has ended"
        return Workspace(folder, database, None, notice)
    usual = chosen or beside(dataset)
    notice = (
        ""
        if folder == usual
        else f"decisions are kept in {short(str(folder), 200)}: the data's own folder cannot be written"
    )
    try:
        return Workspace(folder, open_database(folder, writable=True), lock, notice)
    except WorkspaceError:
        lock.release()
        raise


def make_workspace(dataset: Path, chosen: Path | None = None) -> Path:
    """Return the folder of a dataset's workspace, made if there is none; another session may hold it."""
    folder = make_folder(dataset, chosen)
    if not (folder / "workspace.db").exists():
        open_workspace(dataset, chosen).close()
    return folder


def read_workspace(dataset: Path, chosen: Path | None = None) -> Workspace | None:
    """Open the workspace of a dataset for reading only, if there is one."""
    folder = find_folder(dataset, chosen)
    if folder is None or not (folder / "workspace.db").exists():
        return None
    return Workspace(folder, open_database(folder, writable=False), None, "")
