"""`dataexplore clusters`: what a dataset is made of."""

import time
from argparse import ArgumentParser, Namespace
from typing import Any

from dataexplore.session.analysis import Analysis
from dataexplore.vectors.encoder import STATIC
from dataexplore.workspace.location import make_folder
from dataexplore_tui.cli.opened import load
from dataexplore_tui.cli.options import DONE, add_edits, add_file, positive, whole
from dataexplore_tui.cli.output import plural, put, put_json, table
from dataexplore_tui.cli.progress import ProgressLine

_ABOUT = """\
k-means over the vectors of the prompts: the same k and seed give the same
clusters. Clusters are numbered from 0, the largest first, and named by the
terms that they use more than the others."""
_KEYS = """\
keys: edited (rows), k, seed, encoder, sizes, labels (terms of each cluster),
  inertia (sum of squared distances to the centres), without_vector (rows
  without a word in them, in no cluster), seconds (encoding included)"""


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
    parser.add_argument(
        "--encoder",
        metavar="E",
        default=STATIC,
        help="static, or a sentence-transformers folder or id (static)",
    )


def run(arguments: Namespace) -> int:
    """Print the clusters with their sizes and terms."""
    dataset = load(arguments.file, arguments.workspace, edits=arguments.edits)
    vectors = make_folder(dataset.path, arguments.workspace) / "vectors"
    analysis = Analysis(dataset, vectors, arguments.encoder)
    began = time.perf_counter()
    with ProgressLine("clustering:") as progress:
        clusters = analysis.clusters(arguments.k, arguments.seed, progress)
        labels = analysis.cluster_terms(clusters)
    found = {
        "edited": len(dataset.edits),
        "k": clusters.k,
        "seed": clusters.seed,
        "encoder": arguments.encoder,
        "sizes": clusters.sizes.tolist(),
        "labels": [list(terms) for terms in labels],
        "inertia": clusters.inertia,
        "without_vector": int((clusters.labels < 0).sum()),
        "seconds": round(time.perf_counter() - began, 3),
    }
    if arguments.json:
        put_json(found)
    else:
        put(_lines(found))
    return DONE


def _lines(found: dict[str, Any]) -> list[str]:
    each = enumerate(zip(found["sizes"], found["labels"], strict=True))
    lines = table(
        [(number, size, ", ".join(terms)) for number, (size, terms) in each], ("cluster", "rows", "terms")
    )
    rest = f", {plural(found['without_vector'], 'row')} without a vector" if found["without_vector"] else ""
    lines += [
        "",
        f"{plural(found['k'], 'cluster')}, inertia {found['inertia']:,.1f}{rest} ({found['seconds']:.1f} s)",
    ]
    return lines
