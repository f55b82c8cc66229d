"""Which screen belongs to which mode; each is imported when it is first opened."""

from importlib import import_module

from dataexplore_tui.screens.mode import ModeScreen
from dataexplore_tui.screens.sitting import Sitting

_SCREENS = {1: "rows", 2: "scores", 3: "duplicates", 4: "clusters", 5: "subset", 6: "runs"}


def screen_class(number: int) -> type[ModeScreen]:
    """Return the class of a mode's screen."""
    name = _SCREENS[number]
    module = import_module(f"dataexplore_tui.screens.{name}")
    screen: type[ModeScreen] = getattr(module, f"{name.title()}Screen")
    return screen


def make_screen(number: int, sitting: Sitting) -> ModeScreen:
    """Return the screen of a mode."""
    return screen_class(number)(sitting)
