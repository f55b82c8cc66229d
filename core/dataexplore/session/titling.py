"""Titles of clusters by a model: asked for once, and found again for the same clusters."""

from collections.abc import Sequence
from pathlib import Path

from dataexplore.clusters.kmeans import Clusters
from dataexplore.clusters.samples import samples
from dataexplore.dataset.dataset import Dataset
from dataexplore.jobs.folder import Job
from dataexplore.judge.asked import Asked
from dataexplore.judge.folder import Judgements
from dataexplore.judge.job import create_asking
from dataexplore.judge.replies import SCORED
from dataexplore.judge.request import Request
from dataexplore.judge.titles import MODULE, group_asked, titles_judge
from dataexplore.judge.wanted import replied

_NEAREST, _RANDOM = 6, 4
"""Rows of a cluster that the model sees: what is typical of it, and how far it goes."""
_TITLES = "titles/"


def groups_asked(dataset: Dataset, clusters: Clusters, terms: Sequence[Sequence[str]]) -> list[Asked]:
    """Return the question about each cluster."""
    return [
        group_asked(terms[cluster], [dataset.prompt(row) for row in _rows(clusters, cluster)])
        for cluster in range(clusters.k)
    ]


def titling_job(
    workspace: Path, dataset: Dataset, asked: Sequence[Asked], request: Request, python: str | None = None
) -> Job | None:
    """Write the job that asks for the titles that are missing, not yet started; None where none is."""
    judgements = Judgements(workspace)
    judge = judgements.known(titles_judge(request.model, request.asking.temperature, request.asking.seed))
    known = replied(judge, judgements)
    missing = {one.hash: one for one in asked if one.hash not in known}
    if not missing:
        return None
    settings = {**request.endpoint_settings(), "question": MODULE}
    texts = list(missing.values())
    folder = judgements.keep(judge)
    return create_asking(workspace / "jobs", judge, folder, texts, settings, dataset.path.name, python)


def titles(workspace: Path, asked: Sequence[Asked]) -> list[str]:
    """Return the title of each cluster that a model was asked for, the newest judge's first; "" without."""
    judgements = Judgements(workspace)
    found: dict[bytes, str] = {}
    for judge in judgements.judges():
        if judge.rubric.startswith(_TITLES) and (replies := judgements.replies(judge)) is not None:
            with replies:
                found |= {reply.hash: reply.text for reply in replies.replies(SCORED)}
    return [found.get(one.hash, "") for one in asked]


def _rows(clusters: Clusters, cluster: int) -> list[int]:
    nearest = samples(clusters, cluster, "nearest", _NEAREST, 0).tolist()
    others = samples(clusters, cluster, "random", _NEAREST + _RANDOM, 0).tolist()
    return [*nearest, *[row for row in others if row not in nearest][:_RANDOM]]
