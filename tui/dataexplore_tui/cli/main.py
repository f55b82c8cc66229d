"""The command `dataexplore`: opens the screen, or runs one verb without it."""

import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code: 0 done, 1 problems found, 2 refused."""
    from dataexplore_tui.app import DataexploreApp
    from dataexplore.dataset.opening import open_head
    app = DataexploreApp(open_head(Path((arguments or sys.argv[1:])[0])))
    app.run()
    return 0
