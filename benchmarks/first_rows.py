"""First rows on screen and all rows ready, beside VisiData on the same file in the same run."""

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

from terminal import Terminal


def main() -> None:
    """Print the medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--visidata", required=True, help="the vd program")
    parser.add_argument("--runs", type=int, default=7)
    given = parser.parse_args()
    record = json.loads(given.dataset.open(encoding="utf-8").readline())
    marker = next(str(value) for value in record.values() if isinstance(value, str) and len(value) > 12)[
        :12
    ].encode()
    ours, theirs, ready = [], [], []
    for _ in range(given.runs):
        with tempfile.TemporaryDirectory() as folder:
            command = [
                sys.executable,
                "-m",
                "dataexplore_tui.cli.main",
                str(given.dataset),
                "--workspace",
                folder,
            ]
            one = Terminal(command)
            ours.append(one.until(marker))
            ready.append(one.until(b"undecided"))
            one.close()
        two = Terminal([given.visidata, str(given.dataset)])
        theirs.append(two.until(marker))
        two.close()
    mine, peer = statistics.median(ours), statistics.median(theirs)
    print(f"first rows: {mine:.3f} s, VisiData {peer:.3f} s, ratio {mine / peer:.2f}")
    print(f"all rows ready: {statistics.median(ready):.3f} s")


if __name__ == "__main__":
    main()
