"""Judge jobs against the tests' servers on loopback: how fast, how frugal, and what kill -9 costs."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

LATENCY = 0.2
"""Seconds in which the server of the first part answers."""
_ROUNDS = 40
"""Answers that each of the requests at once gets."""
_KEY = "sk-canary-5f0e8c71d2b94a36"


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path, help="JSONL, of which the real model judges the first rows")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--at-once", type=int, nargs="+", default=[8, 64, 128])
    parser.add_argument("--real", type=int, default=200, help="rows for the real model: 3 s each; 0: none")
    given = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
    os.environ["OPENAI_API_KEY"] = _KEY
    for at_once in given.at_once:
        share = throughput(at_once)
        print(
            f"{at_once} at once, {LATENCY:g} s each: {share * at_once / LATENCY:,.0f} texts/s, "
            f"{share:.3f} of {at_once / LATENCY:,.0f} (goal >= 0.9)",
            flush=True,
        )
    print(keys_meanwhile(given.dataset), flush=True)
    print(chaos(given.rows), flush=True)
    print(kills(given.rows, given.kills), flush=True)
    if given.real:
        print(real(given.dataset, given.real), flush=True)


def throughput(at_once: int) -> float:
    """Return answers from the first request to the last answer as a share of what can be had."""
    from chaos import Chaos
    from chaos_rows import trial, worked

    rows = _ROUNDS * at_once
    with tempfile.TemporaryDirectory() as place, Chaos(latency=LATENCY, key=_KEY) as server:
        made = trial(Path(place), server, rows, concurrency=at_once, timeout=60.0)
        _must_finish(made, worked(made))
        _must_hold(made.verdict(server))
        times = [request.at for request in server.requests]
    return rows / (max(times) + LATENCY - min(times)) / (at_once / LATENCY)


def keys_meanwhile(dataset: Path, at_once: int = 64) -> str:
    """Press keys on the screen of a dataset while its rows are judged by a job beside it."""
    from terminal import Terminal

    from chaos import Chaos

    program = [sys.executable, "-m", "dataexplore_tui.cli.main"]
    with tempfile.TemporaryDirectory() as folder, Chaos(latency=LATENCY, key=_KEY) as server:
        screen = Terminal([*program, str(dataset), "--workspace", folder], (120, 40))
        screen.until(b"~0 tok")
        screen.settle()
        asked = ["judge", str(dataset), "--workspace", folder, "--model", "chaos", "--base-url", server.url]
        more = ["--concurrency", str(at_once), "--detach"]
        subprocess.run([*program, *asked, *more], check=True, capture_output=True)
        while len(server.requests) < at_once:
            time.sleep(0.1)
        costs = sorted(
            screen.press(key)[0] for key in [b"j"] * 30 + [b"x", b"a"] * 15 + [b"2"] + [b"l", b"h"] * 15
        )
        sent = len(server.requests)
        screen.close()
        for job in (Path(folder) / "jobs").iterdir():
            (job / "control" / "stop").touch()
            while (job / "status.json").read_text().find('"running"') > 0:
                time.sleep(0.1)
    slow = costs[int(0.95 * (len(costs) - 1))]
    return (
        f"keys while {at_once} requests are under way ({sent:,} sent): {costs[len(costs) // 2]:.1f} ms "
        f"median, {slow:.1f} ms at the 95th percentile (goal < 50)"
    )


def chaos(rows: int) -> str:
    """Judge rows while a request in six goes wrong in one of twenty ways."""
    from chaos import Chaos
    from chaos_rows import FAULTS, GRACE, RETRY_AFTER, refusals, trial, worked

    server = Chaos(FAULTS, refusals(rows), seed=1, retry_after=RETRY_AFTER, key=_KEY)
    with tempfile.TemporaryDirectory() as place, server:
        made = trial(Path(place), server, rows)
        began = time.monotonic()
        _must_finish(made, worked(made))
        seconds = time.monotonic() - began
        found = made.verdict(server)
        leaks = _leaks(Path(place))
    silence = f"{found['windows']} windows of {RETRY_AFTER:g} s without requests"
    return "\n  ".join(
        (
            f"chaos, {rows:,} rows in {seconds:.0f} s: {_outcomes(found)}",
            f"requests a row {found['a text']:.3f} (goal <= 1.5)",
            f"{silence}: {found['in a window']} broken (goal 0) after {GRACE:g} s for what is under way; "
            f"the last came after {found['silent after']:.2f} s",
            f"the key: in {leaks} files, sent besides its header {found['key elsewhere']} times (goals 0)",
        )
    )


def kills(rows: int, times: int) -> str:
    """Do that again while kill -9 ends the job again and again."""
    from chaos import Chaos
    from chaos_rows import FAULTS, killed, trial

    with tempfile.TemporaryDirectory() as place, Chaos(FAULTS, seed=2, key=_KEY) as server:
        made = trial(Path(place), server, rows)
        began = time.monotonic()
        deaths = killed(made, server, times)
        seconds = time.monotonic() - began
        found = made.verdict(server)
    return "\n  ".join(
        (
            f"kill -9, {deaths.kills} times in {rows:,} rows in {seconds:.0f} s: {_outcomes(found)}",
            f"replies lost {deaths.lost} (goal 0), asked for although on disk {deaths.asked_again} (goal 0)",
            f"requests a row {found['a text']:.3f}: what was on its way and errors are asked again",
        )
    )


def _outcomes(found: dict[str, Any]) -> str:
    return (
        f"{found['scored']:,} scored, {found['unparsed']:,} unparsed, {sum(found['errors'].values()):,} "
        f"named errors, {found['without an outcome']} without an outcome (goal 0), "
        f"{found['wrong scores']} wrong (goal 0)"
    )


def real(data: Path, rows: int) -> str:
    """Judge rows by the command line with a real small model; kill the job on the way and go on."""
    from judge_story import first_rows, judged_and_killed
    from real_model import small_model
    from serving import served

    model = small_model()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        began = time.monotonic()
        with served(model, place) as endpoint:
            some = first_rows(data, place / "rows.jsonl", rows)
            options = ("--answer", 16, "--concurrency", 2)
            story = judged_and_killed(some, place / "workspace", endpoint, rows // 3, *options)
        seconds = time.monotonic() - began
        leaks = _leaks(place)
    lost = sum(story.after[text] != reply for text, reply in story.before.items())
    found = story.resumed
    return (
        f"transformers serve, {rows} rows: killed with {len(story.before)} replies, {lost} lost (goal 0); "
        f"{found['scored']} scored, {found['unparsed']} unparsed, {sum(found['errors'].values())} errors\n"
        f"  answers made {story.answers} (goal <= {rows + 2}), asked when given once more "
        f"{story.again['requests']} (goal 0), the key in {leaks} files (goal 0), {seconds:.0f} s"
    )


def _must_finish(made: Any, state: str) -> None:
    if state != "finished":
        raise SystemExit(f"the job is {state}: " + "\n".join(made.job.log_tail()))


def _must_hold(found: dict[str, Any]) -> None:
    from chaos_rows import NOTHING

    wrong = {name: found[name] for name in NOTHING if found[name]}
    if wrong:
        raise SystemExit(f"not as it must be: {wrong}")


def _leaks(place: Path) -> int:
    own = [path for path in place.rglob("*") if "lib" not in path.relative_to(place).parts and path.is_file()]
    return sum(_KEY.encode() in path.read_bytes() for path in own)


if __name__ == "__main__":
    main()
