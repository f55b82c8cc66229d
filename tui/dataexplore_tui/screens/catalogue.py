"""Which screen belongs to which mode."""

from dataexplore_tui.screens.mode import ModeScreen
from dataexplore_tui.screens.rows import RowsScreen

MODE_SCREENS: dict[int, type[ModeScreen]] = {1: RowsScreen}
