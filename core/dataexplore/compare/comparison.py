"""Two models on the same prompts: the jobs in which they answer, and where the comparison is kept."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from dataexplore.compare.answers import read_answers, read_losses
from dataexplore.compare.decoding import Decoding
from dataexplore.compare.generation import generation
from dataexplore.compare.losses import Losses, losses
from dataexplore.compare.pairwise import Pair
from dataexplore.compare.prompt import Prompt, read_prompts
from dataexplore.compare.side import Side
from dataexplore.compare.votes import Vote, read_votes
from dataexplore.errors import JobError
from dataexplore.jobs.files import FOLDER_MODE, disk_reason, write_whole
from dataexplore.jobs.folder import Job

COMPARISONS = "comparisons"
FILE = "comparison.json"
NOT_YET = "not asked yet"


@dataclass(frozen=True)
class Answered:
    """What two models said, as far as they have answered."""

    pairs: list[Pair]
    unanswered: dict[str, int]
    """Prompts that one of them could not answer, by the reason; `NOT_YET` where it was not asked."""


@dataclass(frozen=True)
class Comparison:
    """Two models, the prompts, and their jobs."""

    workspace: Path
    """The folder that holds jobs/, judgements/ and comparisons/."""
    sides: tuple[Side, Side]
    decoding: Decoding
    prompts: list[Prompt]
    jobs: tuple[Job, Job]

    @property
    def id(self) -> str:
        """16 hex digits over models and decoding: with other prompts it is still the same comparison."""
        known = [*(side.to_json() for side in self.sides), self.decoding.to_json()]
        text = json.dumps(known, sort_keys=True, ensure_ascii=True)
        return blake2b(text.encode("ascii"), digest_size=8).hexdigest()

    @property
    def folder(self) -> Path:
        """Where votes are kept."""
        return self.workspace / COMPARISONS / self.id

    def keep(self) -> None:
        """Write comparison.json, by which the comparison is found again."""
        found = {
            "sides": [side.to_json() for side in self.sides],
            "decoding": self.decoding.to_json(),
            "jobs": [job.id for job in self.jobs],
        }
        try:
            self.folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            write_whole(self.folder / FILE, json.dumps(found, indent=1).encode() + b"\n")
        except OSError as error:
            raise JobError(disk_reason(self.folder / FILE, error)) from None

    def answered(self) -> Answered:
        """Read what both have said so far."""
        first, second = (read_answers(job.folder) for job in self.jobs)
        pairs: list[Pair] = []
        unanswered: Counter[str] = Counter()
        for prompt in self.prompts:
            said = first.get(prompt.key), second.get(prompt.key)
            texts = [one.text for one in said if one is not None and one.text is not None]
            if len(texts) == 2:
                pairs.append(Pair(prompt, texts[0], texts[1]))
            else:
                missing = next((one for one in said if one is not None and one.text is None), None)
                unanswered[missing.finish if missing else NOT_YET] += 1
        return Answered(pairs, dict(unanswered.most_common()))

    def votes(self) -> list[Vote]:
        """Return what people said of the pairs."""
        return read_votes(self.folder)

    def losses(self, seed: int = 0) -> Losses | None:
        """Return the held-out loss of both; None where both were measured on no reference."""
        first, second = (read_losses(job.folder) for job in self.jobs)
        return losses(self.prompts, first, second, seed)


def comparison(
    workspace: Path,
    sides: tuple[Side, Side],
    prompts: Sequence[Prompt],
    decoding: Decoding,
    dataset: str,
    pythons: Sequence[str | None] = (None, None),
) -> Comparison:
    """Find or make the jobs in which both models answer; none is started.

    `pythons` are the interpreters of the two. Raises JobError for a model that is compared with itself.
    """
    if sides[0] == sides[1]:
        raise JobError(f"{sides[0].name}: both models are the same one; name two")
    jobs = [
        generation(workspace / "jobs", side, prompts, decoding, dataset, python)
        for side, python in zip(sides, pythons, strict=True)
    ]
    found = Comparison(workspace, sides, decoding, list(prompts), (jobs[0], jobs[1]))
    found.keep()
    return found


def comparisons(workspace: Path) -> list[Comparison]:
    """Return the comparisons of a workspace, the last one first; those whose jobs are gone are left out."""
    found = []
    for path in (workspace / COMPARISONS).glob(f"*/{FILE}"):
        try:
            kept = json.loads(path.read_bytes())
            sides = [Side.from_json(side) for side in kept["sides"]]
            jobs = [Job(workspace / "jobs" / Path(name).name) for name in kept["jobs"]]
            prompts = read_prompts(jobs[0].folder)
            made = Comparison(
                workspace,
                (sides[0], sides[1]),
                Decoding.from_json(kept["decoding"]),
                prompts,
                (jobs[0], jobs[1]),
            )
        except (OSError, ValueError, KeyError, IndexError, TypeError, JobError):
            continue
        found.append((path.stat().st_mtime_ns, made))
    return [made for _, made in sorted(found, key=lambda one: -one[0])]
