"""What a person asks for when they ask for a judge, from a command line or a form."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from dataexplore.errors import JudgeError
from dataexplore.jobs.spec import JSON
from dataexplore.judge.endpoint.address import check_address
from dataexplore.judge.endpoint.budget import Limits
from dataexplore.judge.endpoint.key import VARIABLE, find_key
from dataexplore.judge.endpoint.prices import find_price
from dataexplore.judge.judge import KINDS, Judge
from dataexplore.judge.kinds import Asking, checks_judge, endpoint_judge, local_judge, measure
from dataexplore.judge.rubric import Rubric, load_rubric


@dataclass(frozen=True)
class Request:
    """A judge and how it is reached; a value that makes no sense raises JudgeError naming it."""

    kind: str = "endpoint"
    """endpoint, local, ifd, tokens or checks."""
    model: str = ""
    """As the endpoint knows it, or the folder of a local model."""
    base_url: str = ""
    rubric: str = "accuracy"
    """A shipped rubric's name, or the path of a person's own."""
    name: str = ""
    """What the signal is called; "" makes a name of rubric and model."""
    asking: Asking = field(default_factory=Asking)
    concurrency: int = 8
    """Requests at once at most."""
    timeout: float = 120.0
    """Seconds until a request is given up."""
    limits: Limits = field(default_factory=Limits)
    prices: Path | None = None
    """The person's price list; None looks where it usually is."""
    key_env: str = VARIABLE
    key_file: Path | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise JudgeError(f"there is no judge of the kind {self.kind!r}; there are {', '.join(KINDS)}")
        if self.kind == "checks":
            return
        if not self.model.strip():
            raise JudgeError("no model is named: an endpoint's name for it, or the folder of a local one")
        if self.kind == "endpoint":
            if not self.base_url.strip():
                raise JudgeError("no address is given: the endpoint's base URL, such as http://host:8000/v1")
            check_address(self.base_url)
            if not 0 < self.timeout < 86_400:
                raise JudgeError(f"{self.timeout:g} seconds is no time-out: take 1 to 86,400")
            if not 1 <= self.concurrency <= 4096:
                raise JudgeError(f"{self.concurrency:,} requests at once do not work: take 1 to 4,096")

    def judge(self) -> tuple[Judge, Rubric | None]:
        """Return the judge and its rubric; raise JudgeError where one of them cannot be had."""
        if self.kind == "checks":
            return checks_judge(), None
        if self.kind in ("ifd", "tokens"):
            return measure(self.kind, Path(self.model)), None
        rubric = load_rubric(self.rubric)
        if self.kind == "local":
            return local_judge(Path(self.model), rubric, self.name), rubric
        return endpoint_judge(self.model, rubric, self.asking, self.name), rubric

    def settings(self, rubric: Rubric | None) -> dict[str, JSON]:
        """Return what the job is told besides the judge: never a key, only where it is found."""
        if self.kind == "checks":
            return {}
        if self.kind != "endpoint":
            folder = str(Path(self.model).expanduser().resolve())
            return {"model": folder, **({"rubric": rubric.to_json()} if rubric else {})}
        assert rubric is not None
        return {**self.endpoint_settings(), "rubric": rubric.to_json(), "expected": self.asking.expected}

    def _check_key(self) -> None:
        """Raise JudgeError before anything is written down: what is given may be the key itself."""
        file = str(self.key_file) if self.key_file else None
        if file is None and self.key_env != VARIABLE and self.key_env not in os.environ:
            raise JudgeError(
                "no environment variable has the name that is given for the key; the key itself is never "
                "given, and a file is named by --key-file"
            )
        find_key(self.key_env, file)

    def endpoint_settings(self) -> dict[str, JSON]:
        """Return how the endpoint is reached and what may be spent there."""
        self._check_key()
        price = find_price(self.model, self.prices)
        if self.limits.cost is not None and price is None:
            raise JudgeError(
                f"no price is known for {self.model}, so no cost can be kept to: write a price list"
            )
        return {
            "base_url": self.base_url,
            "key_env": self.key_env,
            "key_file": str(self.key_file.expanduser().absolute()) if self.key_file else None,
            "concurrency": self.concurrency,
            "timeout": self.timeout,
            "max_requests": self.limits.requests,
            "max_tokens": self.limits.tokens,
            "max_cost": self.limits.cost,
            "prices": price.to_json() if price else None,
        }
