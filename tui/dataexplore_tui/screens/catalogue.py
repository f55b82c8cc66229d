"""Which screen belongs to which mode."""

from dataexplore_tui.screens.clusters import ClustersScreen
from dataexplore_tui.screens.duplicates import DuplicatesScreen
from dataexplore_tui.screens.mode import ModeScreen
from dataexplore_tui.screens.rows import RowsScreen
from dataexplore_tui.screens.scores import ScoresScreen

MODE_SCREENS: dict[int, type[ModeScreen]] = {1: RowsScreen, 2: ScoresScreen, 3: DuplicatesScreen, 4: ClustersScreen}
