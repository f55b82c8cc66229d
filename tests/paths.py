"""Where tests find the project and, beside it, data that is not part of it."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
REAL_DATA = SHARED / "data"
BAD_INPUTS = SHARED / "badinputs"
