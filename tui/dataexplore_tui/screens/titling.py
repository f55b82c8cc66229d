"""Titles of clusters by a model: asked for once, shown from then on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.timer import Timer

from dataexplore.errors import DataexploreError
from dataexplore_tui.screens.choosing import ChoosingScreen
from dataexplore_tui.screens.sitting import Sitting
from dataexplore_tui.screens.talking import Progress

if TYPE_CHECKING:
    from dataexplore.clusters.kmeans import Clusters
    from dataexplore.jobs.folder import Job
    from dataexplore.judge.request import Request
    from dataexplore.session.session import Session

_EVERY = 1.0
"""Seconds between two looks at the job."""
_AT = re.compile(r"(.+?)\s+at\s+(\S+)")


class TitlingScreen(ChoosingScreen):
    """A screen whose clusters can be given titles."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "titles", "ask a model for titles of the clusters", id="clusters.titles")
    ]

    def __init__(self, sitting: Sitting) -> None:
        super().__init__(sitting)
        self.found: tuple[Clusters, list[tuple[str, ...]]] | None = None
        """The clusters with their terms, None until there are any."""
        self.titles: list[str] = []
        """The title of each cluster, "" where no model gave one; empty until they were looked for."""
        self._titling: Job | None = None
        self._titled_by = ""

    _timer: Timer | None = None

    def on_mount(self) -> None:
        """Look at the job once a second while on screen."""
        super().on_mount()
        if self._timer is None:  # mounted once, told of it by each class of the chain
            self._timer = self.set_interval(_EVERY, self._look_at_titles)

    def find_titles(self) -> None:
        """Look for titles that were given before."""
        if self.found is None:
            return
        clusters, terms = self.found

        def compute(session: Session, tell: Progress) -> list[str]:
            from dataexplore.session.titling import groups_asked, titles

            return titles(session.workspace.folder, groups_asked(session.dataset, clusters, terms))

        def found(titles: list[str]) -> None:
            if self.found is not None and self.found[0] is clusters and titles != self.titles:
                self.titles = titles
                self.state = self.state

        self.background("looking for titles", compute, found, lambda text: None)

    def action_titles(self) -> None:
        """Ask which model, and where."""
        if self.found is None:
            self.say("the clusters are still being found: a moment", warning=True)
        else:
            hint = (
                "MODEL at ADDRESS of an OpenAI-compatible endpoint; ten rows of each cluster are sent there"
            )
            example = "gpt-4o-mini at http://127.0.0.1:8000/v1"
            self.ask("titles by", self._ask_titles, self._titled_by, hint=hint, example=example)

    def _ask_titles(self, text: str) -> bool:
        from dataexplore.judge.request import Request

        if not text.strip():
            return True
        asked = _AT.fullmatch(text.strip())
        if asked is None:
            self.say("write the model, then at, then the address", warning=True)
            return False
        try:
            request = Request(model=asked[1], base_url=asked[2])
        except DataexploreError as error:
            self.say(str(error), warning=True)
            return False
        self._titled_by = text.strip()
        self.call_after_refresh(self._start_titling, request)
        return True

    def _start_titling(self, request: Request) -> None:
        if self.found is None:
            return
        clusters, terms = self.found

        def start(session: Session, tell: Progress) -> Job | None:
            from dataexplore.jobs import launch
            from dataexplore.session.titling import groups_asked, titling_job

            asked = groups_asked(session.dataset, clusters, terms)
            job = titling_job(session.workspace.folder, session.dataset, asked, request)
            return launch.start(job) if job is not None else None

        def started(job: Job | None) -> None:
            self._titling = job
            self.say(
                "every cluster was asked about before" if job is None else "asking for titles", hold=bool(job)
            )

        self.background("asking for titles", start, started)

    def _look_at_titles(self) -> None:
        job = self._titling
        if job is None or not self.is_current:
            return
        from dataexplore.judge.words import figures, in_words

        status = job.status()
        self.say(
            in_words(status, figures(job)), hold=status.alive, warning=status.state in ("failed", "lost")
        )
        self.find_titles()
        if not status.alive:
            self._titling = None
