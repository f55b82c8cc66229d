"""What is in a file and is no row."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Unreadable:
    """A line that is no row: kept in the file, shown with its reason, never exported."""

    line: int
    reason: str
    preview: str = ""
