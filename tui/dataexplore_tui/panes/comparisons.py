"""Comparisons as lines, and jobs as lines of which two are marked for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from dataexplore_tui.panes.comparison import job_sign, names_of, prompt_count
from dataexplore_tui.panes.runs import RunsSource, Watched
from dataexplore_tui.widgets.ink import ACCENT, DIM, line, shown

if TYPE_CHECKING:
    from dataexplore.session.contest import Contest


class ComparisonsSource:
    """The comparisons of a workspace, one a line, the last one first."""

    def __init__(self, contests: Sequence[Contest]) -> None:
        self.contests = contests
        self._names = [names_of(one) for one in contests]

    def __len__(self) -> int:
        return len(self.contests)

    def line(self, index: int, width: int) -> Text:
        """Return one comparison as a line."""
        contest = self.contests[index]
        signs = line(*(job_sign(part.status) for part in contest.parts))
        prompts = len(contest.comparison.prompts)
        return line(" ", signs, "  ", self._names[index].title, (f"  {prompt_count(prompts)}", DIM))

    def more(self, index: int) -> list[Text]:
        """Return more about one: how it was asked, and by whom it was judged."""
        contest = self.contests[index]
        made = contest.comparison
        judge = contest.request.model if contest.request else "nobody judges"
        longest = made.decoding.max_new_tokens
        return [
            self._names[index].title,
            line(
                ("prompts  ", DIM),
                f"{len(made.prompts):,} of ",
                shown(contest.source or "a file"),
            ),
            line(("judge    ", DIM), shown(judge)),
            line(
                ("answers  ", DIM),
                f"of {longest:,} tokens at most, temperature {made.decoding.temperature:g}",
            ),
        ]


class MarkedRuns(RunsSource):
    """Jobs as lines; the marked ones carry their place in the comparison."""

    def __init__(self, runs: Sequence[Watched], marked: Sequence[str]) -> None:
        super().__init__(runs)
        self._marked = marked

    def line(self, index: int, width: int) -> Text:
        """Return one job as a line."""
        text, name = super().line(index, width), self.runs[index].job.id
        if name not in self._marked:
            return text
        return line((str(self._marked.index(name) + 1), ACCENT), text[1:])
