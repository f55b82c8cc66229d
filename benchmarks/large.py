"""A million rows and ten gigabytes: opening, memory, opening again, searching, exporting, beside peers."""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from keys import threshold
from terminal import Terminal

ROOT = Path(__file__).parents[1]
_LOAD = """
import time
begun = time.perf_counter()
import json, resource, sys
from pathlib import Path
from dataexplore.dataset.memory import bound_memory
bound_memory()
from dataexplore.dataset.opening import open_head
from dataexplore.session.session import Session
session = Session.read(open_head(Path(sys.argv[1])), Path(sys.argv[2]))
ready = time.perf_counter() - begun
def timed(act):
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun
columns, decisions = session.columns, session.state.decisions
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
found = {"ready": ready, "rows": len(session.dataset), "peak at ready": peak()}
found["check of the cache"] = timed(lambda: session.dataset.table.check(lambda: False))
found["first search"] = timed(lambda: columns.search("photosynthesis"))
found["search"] = min(timed(lambda: columns.search("volcano")) for _ in range(3))
numbers, texts = "response_chars > 500 AND tokens < 300", "output LIKE '%poem%'"
found["filter"] = min(timed(lambda: columns.where(numbers, decisions)) for _ in range(3))
found["text filter"] = min(timed(lambda: columns.where(texts, decisions)) for _ in range(3))
last = len(session.dataset) - 1
found["any row"] = max(timed(lambda: session.dataset.record(row)) for row in (0, last // 3, last // 2, last))
if len(sys.argv) > 3:
    found["export"] = timed(lambda: session.export(Path(sys.argv[3])))
found["peak"] = peak()
session.close()
print(json.dumps(found))
"""
_POLARS = """
import time
begun = time.perf_counter()
import sys
import polars
polars.read_ndjson(sys.argv[1])
print(time.perf_counter() - begun)
"""
_VISIDATA = """
import time
begun = time.perf_counter()
import sys
from visidata import Path, vd
sheet = vd.openPath(Path(sys.argv[1]), filetype="jsonl")
sheet.reload()
vd.sync()
assert len(sheet.rows) > 1000
print(time.perf_counter() - begun)
"""


def main() -> None:
    """Make the files, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path, help="rows that the large files repeat, each with an id")
    parser.add_argument("--visidata", required=True, help="the vd program")
    parser.add_argument("--peer-python", default=os.environ.get("PEER_PYTHON", sys.executable))
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    folder = ROOT / ".bench"
    folder.mkdir(exist_ok=True)
    million = folder / "million.jsonl"
    _make(given.dataset, million, rows=1_000_000)
    _million(million, given.visidata, given.peer_python, given.runs)
    if shutil.disk_usage(folder).free < 40 << 30:
        print("10 GB: left out, it needs 40 GB of free disk")
        return
    large = folder / "ten.jsonl"
    try:
        _make(given.dataset, large, size=10 * 10**9)
        _ten(large, given.visidata)
    finally:
        large.unlink(missing_ok=True)


def _million(path: Path, visidata: str, peer: str, runs: int) -> None:
    size = path.stat().st_size
    print(f"1,000,000 rows, {size / 1e6:,.0f} MB")
    ours = statistics.median(_first(path) for _ in range(runs))
    theirs = statistics.median(_until(Terminal([visidata, str(path)]), _marker(path)) for _ in range(runs))
    print(f"  first rows on screen {ours:.2f} s, VisiData {theirs:.2f} s, ratio {ours / theirs:.2f}")
    polars = statistics.median(float(_run(sys.executable, _POLARS, path)) for _ in range(runs))
    full = float(_run(peer, _VISIDATA, path))
    first, again = [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory(dir=path.parent) as workspace:
            first.append(json.loads(_run(sys.executable, _LOAD, path, workspace)))
            again.append(json.loads(_run(sys.executable, _LOAD, path, workspace)))
    ready = statistics.median(one["ready"] for one in first)
    peak = max(one["peak at ready"] for one in first)
    print(
        f"  all rows ready {ready:.2f} s; VisiData {full:.2f} s, ratio {ready / full:.2f}; "
        f"polars.read_ndjson {polars:.2f} s, ratio {ready / polars:.2f}"
    )
    print(f"  peak memory {peak / 1e6:,.0f} MB, {peak / size:.2f} of the file")
    print(f"  second opening {statistics.median(one['ready'] for one in again):.2f} s")
    for name in ("check of the cache", "first search", "search", "filter", "text filter"):
        here = statistics.median(one[name] for one in first)
        cached = statistics.median(one[name] for one in again)
        print(f"  {name} {1000 * here:.0f} ms, after a second opening {1000 * cached:.0f} ms")
    with tempfile.TemporaryDirectory(dir=path.parent) as workspace:
        threshold(path, Path(workspace))


def _ten(path: Path, visidata: str) -> None:
    print(f"10 GB: {path.stat().st_size / 1e9:.1f} GB")
    theirs = _until(Terminal([visidata, str(path)]), _marker(path))
    print(f"  first rows on screen {_first(path):.2f} s, VisiData {theirs:.2f} s")
    out = path.with_name("ten.out.jsonl")
    with tempfile.TemporaryDirectory(dir=path.parent) as workspace:
        first = json.loads(_run(sys.executable, _LOAD, path, workspace, out))
        out.unlink()
        again = json.loads(_run(sys.executable, _LOAD, path, workspace))
    begun = time.perf_counter()
    subprocess.run(["cp", path, out], check=True)
    with out.open("rb") as file:
        os.fsync(file.fileno())
    copied = time.perf_counter() - begun
    for beside in path.parent.glob("ten.out*"):
        beside.unlink()
    print(
        f"  {first['rows']:,} rows ready {first['ready']:.0f} s, at the second opening {again['ready']:.2f} s"
    )
    print(f"  peak memory {first['peak'] / 1e9:.2f} GB, at the second opening {again['peak'] / 1e9:.2f} GB")
    print(
        f"  any row {1000 * first['any row']:.1f} ms, search {first['search']:.1f} s, "
        f"filter {first['filter']:.2f} s"
    )
    print(
        f"  export {first['export']:.1f} s, cp and sync {copied:.1f} s, ratio {first['export'] / copied:.2f}"
    )


def _first(path: Path) -> float:
    with tempfile.TemporaryDirectory(dir=path.parent) as workspace:
        command = [sys.executable, "-m", "dataexplore_tui.cli.main", str(path), "--workspace", workspace]
        return _until(Terminal(command), _marker(path))


def _until(terminal: Terminal, marker: bytes) -> float:
    try:
        return terminal.until(marker)
    finally:
        terminal.close()


def _marker(path: Path) -> bytes:
    with path.open(encoding="utf-8") as file:
        record = json.loads(file.readline())
    return next(value for value in record.values() if isinstance(value, str) and len(value) > 12)[
        :12
    ].encode()


def _make(source: Path, path: Path, rows: int = 1 << 60, size: int = 1 << 60) -> None:
    """Repeat the rows of a file, each with an id of its own, up to so many rows or bytes."""
    if path.exists():
        return
    lines = [line.strip()[1:] + b"\n" for line in source.read_bytes().splitlines() if line.strip()]
    made, written, part = 0, 0, path.with_suffix(".part")
    with part.open("wb", buffering=1 << 24) as file:
        while made < rows and written < size:
            for line in lines[: rows - made]:
                written += file.write(b'{"id": %d, ' % made + line)
                made += 1
    part.rename(path)


def _run(python: str, script: str, *arguments: object) -> str:
    ran = subprocess.run(
        [python, "-c", script, *map(str, arguments)], check=True, capture_output=True, text=True
    )
    return ran.stdout


if __name__ == "__main__":
    main()
