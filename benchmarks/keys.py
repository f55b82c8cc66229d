"""What a key costs in a real terminal: milliseconds, bytes, and a decision until it is on disk."""

import argparse
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path

from terminal import Terminal


def main() -> None:
    """Print medians and 95th percentiles at the two usual sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        threshold(given.dataset, Path(folder))
    for size in ((80, 24), (120, 40)):
        with tempfile.TemporaryDirectory() as folder:
            _measure(given.dataset, Path(folder), size)


def _measure(dataset: Path, workspace: Path, size: tuple[int, int]) -> None:
    command = [sys.executable, "-m", "dataexplore_tui.cli.main", str(dataset), "--workspace", str(workspace)]
    screen = Terminal(command, size)
    screen.until(b"~0 tok")
    screen.settle()
    name = f"{size[0]}x{size[1]}"
    _report(f"{name} cursor key", [screen.press(b"j") for _ in range(60)])
    _report(f"{name} page key", [screen.press(b"\x04") for _ in range(10)])
    _report(f"{name} decision key", [screen.press(b"x") for _ in range(40)])
    durable = []
    database = sqlite3.connect(workspace / "workspace.db")
    for number in range(41, 71):
        sent = time.perf_counter()
        screen.press(b"a", quiet=0.0)
        while database.execute("SELECT count(*) FROM journal").fetchone()[0] < number:
            if time.perf_counter() - sent > 5:
                raise TimeoutError("the decision did not reach the disk")
        durable.append((1000 * (time.perf_counter() - sent), 0))
    _report(f"{name} decision on disk", durable)
    screen.close()


def threshold(dataset: Path, workspace: Path) -> None:
    """Print what a key costs that moves the threshold of mode 2, until all its counts are drawn."""
    command = [sys.executable, "-m", "dataexplore_tui.cli.main", str(dataset), "--workspace", str(workspace)]
    screen = Terminal(command, (120, 40))
    screen.until(b"~0 tok")
    screen.settle()
    screen.press(b"2")
    screen.until(b"makes the rule")
    screen.settle(3.0)
    _report("threshold key", [screen.press(key) for key in (b"l", b"h") * 30])
    screen.close()


def _report(what: str, costs: list[tuple[float, int]]) -> None:
    times, sizes = [cost[0] for cost in costs], [cost[1] for cost in costs]
    slow = sorted(times)[int(0.95 * (len(times) - 1))]
    text = f"{what:<26} {statistics.median(times):6.1f} ms median, {slow:6.1f} ms p95"
    print(text + (f", {statistics.median(sizes):6.0f} bytes median, {max(sizes)} most" if any(sizes) else ""))


if __name__ == "__main__":
    main()
