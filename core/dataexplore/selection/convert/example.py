"""What a row holds, whatever schema it came in."""

from dataclasses import dataclass, field

from dataexplore.dataset.roles import SYSTEM


@dataclass(frozen=True)
class Call:
    """A tool that the assistant calls."""

    name: str
    arguments: str
    """JSON as the file spells it, or any other text that the file has in its place."""
    id: str = ""


@dataclass(frozen=True)
class Said:
    """One turn."""

    role: str
    """user, assistant, system or tool."""
    text: str
    calls: tuple[Call, ...] = ()
    name: str = ""
    call_id: str = ""
    more: dict[str, object] = field(default_factory=dict)
    """The turn's other fields, as they were."""

    @property
    def plain(self) -> bool:
        """Whether the turn is a role and a text and nothing else."""
        return not (self.calls or self.name or self.call_id or self.more)


@dataclass(frozen=True)
class Example:
    """One row: its turns, its tool definitions and the fields that are neither."""

    said: tuple[Said, ...]
    extras: dict[str, object]
    """In the order of the row, tool definitions among them."""
    tools_field: str = ""
    """Which of them has tool definitions."""
    tools: list[object] | None = None
    """These as a chat template takes them; None where there is no such list."""
    own: str = ""
    """The target whose form the row has already; such a row goes there as it is."""
    unfit: tuple[str, ...] = ()
    """Why no target can hold the row."""
    notes: tuple[str, ...] = ()
    """What is no longer told apart once the row is read."""

    @property
    def tools_text(self) -> str:
        """Tool definitions as the row's own text, "" where they are none."""
        text = self.extras.get(self.tools_field)
        return text if isinstance(text, str) else ""

    @property
    def words(self) -> tuple[Said, ...]:
        """The turns after a leading system turn."""
        return self.said[1:] if self.said and self.said[0].role == SYSTEM else self.said

    @property
    def system(self) -> Said | None:
        """The leading system turn."""
        return self.said[0] if self.said and self.said[0].role == SYSTEM else None
