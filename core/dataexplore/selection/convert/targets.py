"""The target schemas by name."""

from dataexplore.errors import ExportError
from dataexplore.selection.convert.alpaca import Alpaca
from dataexplore.selection.convert.messages import Messages
from dataexplore.selection.convert.prompt_completion import PromptCompletion
from dataexplore.selection.convert.sharegpt import ShareGpt
from dataexplore.selection.convert.target import Target
from dataexplore.text import short

TARGETS: dict[str, Target] = {
    target.name: target for target in (Alpaca(), ShareGpt(), Messages(), PromptCompletion())
}


def target_of(name: str) -> Target:
    """Return a target; raise ExportError when there is none of that name."""
    if name not in TARGETS:
        raise ExportError(
            f"there is no format {short(name, 40)!r} to convert to; there are {', '.join(TARGETS)}"
        )
    return TARGETS[name]
