"""`dataexplore clusters`: what a dataset is made of."""

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dataexplore.clusters.kmeans import Clusters
from dataexplore.clusters.levels import upper_level
from dataexplore.clusters.samples import outliers
from dataexplore.dataset.dataset import Dataset
from dataexplore.jobs.launchers import run_foreground
from dataexplore.judge.request import Request
from dataexplore.judge.words import figures, in_words
from dataexplore.session.analysis import Analysis
from dataexplore.session.titling import groups_asked, titles, titling_job
from dataexplore.workspace.location import make_folder
from dataexplore_tui.cli.encoding import add_encoding, say_shared, shared_found
from dataexplore_tui.cli.opened import load
from dataexplore_tui.cli.options import DONE, UsageError, add_edits, add_file, positive, whole
from dataexplore_tui.cli.output import plural, put, put_json, say, table
from dataexplore_tui.cli.progress import ProgressLine

_ABOUT = """\
k-means over the vectors of the rows' prompts, or of another --field: the same k
and seed give the same clusters. Clusters are numbered from 0, the largest
first, and named by the terms that they use more than the others. Above them is
a second level, clusters of clusters. Outliers are the rows that are farthest
from the centre of their own cluster.

--titles-by MODEL --base-url URL asks a model behind an OpenAI-compatible
endpoint for a title of each cluster, from ten of its rows and its terms. Titles
are kept with the questions: the same clusters are not asked about again."""
_KEYS = """\
keys: edited (rows), k, seed, encoder, field, warning (scripts that the encoder
  was not made for, "" if none), system (share of rows with a system message),
  shared [{text, place, rows}] (neither is compared), sizes, labels (terms of
  each cluster), titles (by a model, "" for a cluster without), upper
  [{clusters, rows, labels}], outliers (rows), inertia (sum of squared distances
  to the centres), without_vector (rows without a word in them, in no cluster),
  seconds (encoding included)"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what `clusters` takes."""
    parser.description = _ABOUT
    parser.epilog = _KEYS
    add_file(parser)
    add_edits(parser, default=True)
    parser.add_argument(
        "-k", metavar="K", type=positive, help="how many (default: the square root of half the rows)"
    )
    parser.add_argument("--seed", metavar="N", type=whole, default=0, help="where the search starts (0)")
    parser.add_argument("--outliers", metavar="N", type=whole, default=10, help="how many to list (10)")
    parser.add_argument("--titles-by", metavar="M", help="the model that gives titles")
    parser.add_argument("--base-url", metavar="URL", help="its endpoint: http://host:8000/v1")
    parser.add_argument("--key-env", metavar="NAME", default="OPENAI_API_KEY", help="variable with its key")
    add_encoding(parser)


def run(arguments: Namespace) -> int:
    """Print the clusters with their sizes and terms."""
    request = _request(arguments)
    dataset = load(arguments.file, arguments.workspace, edits=arguments.edits)
    workspace = make_folder(dataset.path, arguments.workspace)
    vectors = workspace / "vectors"
    analysis = Analysis(dataset, vectors, arguments.encoder, arguments.field, strip=not arguments.keep_shared)
    began = time.perf_counter()
    with ProgressLine("clustering:") as progress:
        clusters = analysis.clusters(arguments.k, arguments.seed, progress)
        labels = analysis.cluster_terms(clusters)
        upper = upper_level(clusters)
        upper_labels = analysis.upper_terms(clusters, upper)
    given = _titles(workspace, dataset, clusters, labels, request)
    say_shared(analysis.texts())
    if warning := analysis.warning():
        say(warning)
    found = {
        "edited": len(dataset.edits),
        "k": clusters.k,
        "seed": clusters.seed,
        "encoder": arguments.encoder,
        "field": arguments.field,
        "warning": warning,
        "system": analysis.texts().system,
        "shared": shared_found(analysis.texts()),
        "sizes": clusters.sizes.tolist(),
        "labels": [list(terms) for terms in labels],
        "titles": given,
        "upper": [
            {"clusters": upper.members(at).tolist(), "rows": rows, "labels": list(upper_labels[at])}
            for at, rows in enumerate(upper.sizes.tolist())
        ],
        "outliers": outliers(clusters, arguments.outliers).tolist(),
        "inertia": clusters.inertia,
        "without_vector": int((clusters.labels < 0).sum()),
        "seconds": round(time.perf_counter() - began, 3),
    }
    if arguments.json:
        put_json(found)
    else:
        put(_lines(found))
    return DONE


def _request(arguments: Namespace) -> Request | None:
    if arguments.titles_by is None:
        if arguments.base_url is not None:
            raise UsageError("--base-url is where --titles-by is asked: name the model")
        return None
    return Request(model=arguments.titles_by, base_url=arguments.base_url or "", key_env=arguments.key_env)


def _titles(
    workspace: Path,
    dataset: Dataset,
    clusters: Clusters,
    labels: Sequence[Sequence[str]],
    request: Request | None,
) -> list[str]:
    asked = groups_asked(dataset, clusters, labels)
    job = titling_job(workspace, dataset, asked, request) if request is not None else None
    if job is not None:
        say(f"{job.id}: {plural(job.spec.rows, 'title')} to ask for; Ctrl-C stops")
        with ProgressLine() as progress:
            status = run_foreground(job, lambda status: progress.show(in_words(status, figures(job))))
        if status.reason:
            say(f"{status.state}: {status.reason}")
    return titles(workspace, asked)


def _lines(found: dict[str, Any]) -> list[str]:
    upper = {cluster: at for at, one in enumerate(found["upper"]) for cluster in one["clusters"]}
    each = enumerate(zip(found["sizes"], found["labels"], found["titles"], strict=True))
    lines = table(
        [
            (number, size, upper[number], f"{title}: {', '.join(terms)}" if title else ", ".join(terms))
            for number, (size, terms, title) in each
        ],
        ("cluster", "rows", "in", "title and terms" if any(found["titles"]) else "terms"),
    )
    above = [(at, one["rows"], ", ".join(one["labels"])) for at, one in enumerate(found["upper"])]
    lines += ["", *table(above, ("in", "rows", "terms"))]
    if found["outliers"]:
        lines += ["", f"outliers (rows from 1): {' '.join(str(row + 1) for row in found['outliers'])}"]
    rest = f", {plural(found['without_vector'], 'row')} without a vector" if found["without_vector"] else ""
    lines += [
        "",
        f"{plural(found['k'], 'cluster')}, inertia {found['inertia']:,.1f}{rest} ({found['seconds']:.1f} s)",
    ]
    return lines
