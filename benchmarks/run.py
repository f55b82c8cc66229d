"""Every benchmark, beside its peers, on the real Alpaca or on rows made from the sample."""

import gzip
import json
import os
import random
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
PEERS = ROOT / ".venv-peers"
PACKAGES = ("visidata==3.4", "semhash==0.5.0")
ROWS = 52_000


def main() -> None:
    """Run all and print what each prints."""
    dataset = _dataset()
    peer = _peers()
    here = Path(__file__).parent
    for name, *arguments in (
        ("first_rows.py", str(dataset), "--visidata", str(PEERS / "bin" / "vd")),
        ("keys.py", str(dataset)),
        ("judging.py", str(dataset), "--real", "40"),
        ("tuning.py", str(dataset)),
        ("duplicates_vs_semhash.py", str(dataset)),
        ("kmeans_vs_sklearn.py", str(dataset)),
        ("k_center_vs_numpy.py", str(dataset)),
        ("duplicates_at_scale.py", str(dataset), "--rows", "52002", "208000"),
        ("large.py", str(dataset), "--visidata", str(PEERS / "bin" / "vd")),
    ):
        print(f"\n== {name}", flush=True)
        env = os.environ | {"PEER_PYTHON": str(peer), "OMP_NUM_THREADS": str(os.cpu_count() or 2)}
        subprocess.run([sys.executable, str(here / name), *arguments], check=True, env=env)


def _peers() -> Path:
    python = PEERS / "bin" / "python"
    if not (PEERS / "bin" / "vd").exists():
        venv.create(PEERS, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True)
    return python


def _dataset() -> Path:
    folder = ROOT / ".bench"
    folder.mkdir(exist_ok=True)
    shared = ROOT.parent / "shared" / "data" / "alpaca.jsonl.gz"
    if shared.exists():
        path = folder / "alpaca.jsonl"
        if not path.exists():
            path.write_bytes(gzip.decompress(shared.read_bytes()))
        return path
    path = folder / "made.jsonl"
    if not path.exists():
        rows = [json.loads(line) for line in (ROOT / "sample_data" / "starter.jsonl").open(encoding="utf-8")]
        draw = random.Random(0)
        words = sorted({word for row in rows for word in row["instruction"].split()})
        with path.open("w", encoding="utf-8") as file:
            for _ in range(ROWS):
                row = dict(draw.choice(rows))
                row["instruction"] = " ".join(draw.sample(words, 6)) + " " + row["instruction"]
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path


if __name__ == "__main__":
    main()
