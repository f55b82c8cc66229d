"""Which screen belongs to which mode."""

from dataexplore_tui.screens.clusters import ClustersScreen
from dataexplore_tui.screens.duplicates import DuplicatesScreen
from dataexplore_tui.screens.mode import ModeScreen
from dataexplore_tui.screens.rows import RowsScreen
from dataexplore_tui.screens.runs import RunsScreen
from dataexplore_tui.screens.scores import ScoresScreen
from dataexplore_tui.screens.subset import SubsetScreen

_SCREENS: tuple[type[ModeScreen], ...] = (
    RowsScreen,
    ScoresScreen,
    DuplicatesScreen,
    ClustersScreen,
    SubsetScreen,
    RunsScreen,
)

MODE_SCREENS: dict[int, type[ModeScreen]] = {screen.NUMBER: screen for screen in _SCREENS}
