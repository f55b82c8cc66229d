"""What a job is to do, written once and never changed."""

import json
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from dataexplore.errors import JobError

JSON: TypeAlias = bool | int | float | str | list["JSON"] | dict[str, "JSON"] | None


@dataclass(frozen=True)
class JobSpec:
    """Everything needed to run a job again, as stored in spec.json."""

    kind: str
    """One word for people and folder names: tune, judge, embed."""
    module: str
    """The module whose `run(context)` does the work."""
    settings: dict[str, JSON]
    dataset: str
    """The file the rows came from, for people; the job itself never reads it."""
    rows: int
    rows_hash: str
    seed: int
    versions: dict[str, str]
    python: str
    """The interpreter that runs the module; it may be another one than the screen's."""

    def to_json(self) -> str:
        """Return the text of spec.json."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> "JobSpec":
        """Read the text of spec.json; raise JobError naming what is wrong in it."""
        try:
            found: Any = json.loads(text)
        except ValueError:
            raise JobError("spec.json is not valid JSON, so nothing says what this job is") from None
        if not isinstance(found, dict):
            raise JobError("spec.json is not an object, so nothing says what this job is")
        for name, kinds in _FIELDS.items():
            if not isinstance(found.get(name), kinds) or isinstance(found.get(name), bool):
                raise JobError(f"spec.json: {name} is missing or of the wrong type")
        return cls(**{name: found[name] for name in _FIELDS})


_FIELDS: dict[str, type] = {
    "kind": str,
    "module": str,
    "settings": dict,
    "dataset": str,
    "rows": int,
    "rows_hash": str,
    "seed": int,
    "versions": dict,
    "python": str,
}
