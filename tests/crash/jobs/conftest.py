"""The same jobs and runs as in the tests of their libraries."""

from core.jobs.conftest import make
from core.tune.conftest import model, run, unbroken

__all__ = ["make", "model", "run", "unbroken"]
