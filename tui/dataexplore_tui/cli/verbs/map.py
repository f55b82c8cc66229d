"""`dataexplore map`: lays the rows out on a plane with UMAP, as a job; mode 4 shows it."""

from argparse import ArgumentParser, Namespace
from typing import Any

from dataexplore.clusters.map_job import create_map
from dataexplore.jobs.launch import start
from dataexplore.jobs.launchers import run_foreground
from dataexplore.jobs.status import FINISHED
from dataexplore.session.analysis import Analysis
from dataexplore.workspace.location import make_folder
from dataexplore_tui.cli.encoding import add_encoding
from dataexplore_tui.cli.opened import load
from dataexplore_tui.cli.options import DONE, PROBLEMS, add_edits, add_file, positive, whole
from dataexplore_tui.cli.output import put, put_json, say, table
from dataexplore_tui.cli.progress import ProgressLine

_ABOUT = """\
The map of mode 4 is at first a projection on the two directions in which the
vectors differ most; that takes no time and shows little of the detail. This
lays the rows out with UMAP instead, so that near rows stay near: a few minutes
for 50,000 rows. The same rows and seed give the same map. The places
are kept in the workspace until the texts change. Distances between far groups
on such a map mean nothing: decide by the rows.

It runs as a job; --detach lets it go on when the terminal is closed. It needs
`pip install "dataexplore-tui[map]"`."""
_KEYS = """\
keys: job, state (starting, finished, stopped, failed ...), reason, encoder,
  field, rows (with a vector), neighbours, seed, folder; of a finished job also
  seconds
exit codes: 0 done or started, 1 the job ended before its end, 2 refused"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what `map` takes."""
    parser.description = _ABOUT
    parser.epilog = _KEYS
    add_file(parser)
    add_edits(parser, default=True)
    add_encoding(parser)
    parser.add_argument(
        "--neighbours", metavar="N", type=positive, default=15, help="rows that count as near (15)"
    )
    parser.add_argument("--seed", metavar="N", type=whole, default=0, help="where the layout begins (0)")
    parser.add_argument("--detach", action="store_true", help="start the job and return")


def run(arguments: Namespace) -> int:
    """Start the job and, unless detached, watch it."""
    dataset = load(arguments.file, arguments.workspace, edits=arguments.edits)
    folder = make_folder(dataset.path, arguments.workspace)
    analysis = Analysis(
        dataset, folder / "vectors", arguments.encoder, arguments.field, strip=not arguments.keep_shared
    )
    with ProgressLine("encoding:") as progress:
        vectors = analysis.vectors(progress)
    job = create_map(
        folder / "jobs",
        analysis.maps,
        dataset.path.name,
        analysis.keys(),
        vectors,
        analysis.about,
        arguments.neighbours,
        arguments.seed,
    )
    facts: dict[str, Any] = {
        "encoder": arguments.encoder,
        "field": analysis.text,
        "rows": job.spec.rows,
        "neighbours": arguments.neighbours,
        "seed": arguments.seed,
        "folder": str(job.folder),
    }
    del dataset, analysis, vectors
    if arguments.detach:
        status = start(job).status()
    else:
        say(f"{job.id} started; Ctrl-C stops it")
        with ProgressLine() as progress:
            status = run_foreground(job, lambda status: progress.show(f"{status.state}: {status.phase}"))
        facts["seconds"] = (job.result() or {}).get("seconds")
    found = {"job": job.id, "state": status.state, "reason": status.reason} | facts
    if arguments.json:
        put_json(found)
    else:
        put(table([(name, str(value)) for name, value in found.items() if value not in ("", None)]))
    return DONE if arguments.detach or status.state == FINISHED else PROBLEMS
