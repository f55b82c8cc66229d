"""What `duplicates --against` prints: the rows that are like a prompt somebody tests with."""

import time
from argparse import Namespace
from typing import Any

from dataexplore.duplicates.kinds import KINDS
from dataexplore.duplicates.leaks import Leaks
from dataexplore.errors import InputRefusedError
from dataexplore.session.analysis import Analysis
from dataexplore.text import short
from dataexplore_tui.cli.files import Files
from dataexplore_tui.cli.opened import load
from dataexplore_tui.cli.output import plural, put, put_json, say, table
from dataexplore_tui.cli.progress import ProgressLine

_WIDTH = 60


def put_leaks(arguments: Namespace, analysis: Analysis, threshold: float, edited: int) -> None:
    """Compare the rows with the prompts of `--against` and print those that are alike."""
    prompts = load(Files((str(arguments.against),))).prompts.to_list()
    if not any(map(str.strip, prompts)):
        raise InputRefusedError(f"{short(str(arguments.against), 200)}: has no prompts to compare with")
    began = time.perf_counter()
    with ProgressLine("comparing rows:") as progress:
        found = analysis.leaks(prompts, threshold, progress)
    if not found.exact:
        say("too many texts have pieces in common: some lexical pairs may be missing")
    shown = _shown(found, arguments.top)
    said = {
        "edited": edited,
        "kind": arguments.kind or "all",
        "encoder": analysis.encoder if "semantic" in analysis.kinds else None,
        "field": analysis.text,
        "threshold": threshold,
        "prompts": len(prompts),
        "leaked": len(found),
        "prompts_leaked": len(set(found.prompts.tolist())),
        "by_kind": found.count(),
        "exact": found.exact,
        "seconds": round(time.perf_counter() - began, 3),
        "rows": shown,
    }
    if arguments.json:
        put_json(said)
    else:
        put(_lines(said, [prompts[one["prompt"]] for one in shown]))


def _shown(found: Leaks, top: int) -> list[dict[str, Any]]:
    """Return the surest leaks first."""
    pairs = zip(
        found.kind.tolist(),
        (-found.similarity).tolist(),
        found.rows.tolist(),
        found.prompts.tolist(),
        strict=True,
    )
    return [
        {"row": row, "prompt": prompt, "similarity": round(-close, 4), "kind": KINDS[kind]}
        for kind, close, row, prompt in sorted(pairs)[:top]
    ]


def _lines(said: dict[str, Any], prompts: list[str]) -> list[str]:
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in said["by_kind"].items() if count)
    lines = [
        f"{plural(said['leaked'], 'row')} like {said['prompts_leaked']:,} of {said['prompts']:,} prompts "
        f"at {said['field']} >= {said['threshold']:g}" + (f": {kinds}" if kinds else "")
    ]
    if prompts:
        rows = [
            (one["row"] + 1, one["kind"], one["similarity"], one["prompt"] + 1, short(prompt, _WIDTH))
            for one, prompt in zip(said["rows"], prompts, strict=True)
        ]
        lines += ["", *table(rows, ("row", "kind", "similarity", "prompt", "which is"))]
    if len(prompts) < said["leaked"]:
        lines.append(f"and {said['leaked'] - len(prompts):,} more; --top N lists more")
    return lines
