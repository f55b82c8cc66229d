"""What a target cannot hold, by reason, with the first rows of each."""

from dataclasses import dataclass, field

_FIRST = 5
_NAMED = 3


@dataclass
class Reason:
    """Rows that have one thing in common."""

    words: str
    rows: int = 0
    first: list[int] = field(default_factory=list)
    """The first rows, from 0."""

    def add(self, row: int) -> None:
        """Count one row."""
        self.rows += 1
        if len(self.first) < _FIRST:
            self.first.append(row)


@dataclass
class Report:
    """What became of the rows: fit + unfit is every row that was looked at."""

    target: str
    fit: int = 0
    as_they_are: int = 0
    """Of the fitting rows those that have the target's form already."""
    unfit: int = 0
    reasons: dict[str, Reason] = field(default_factory=dict)
    """Why rows are unfit; a row counts under each of its reasons."""
    notes: dict[str, Reason] = field(default_factory=dict)
    """What fitting rows have in another way afterwards."""
    form: str = ""
    """How the target is written, where it has two forms."""

    @property
    def rows(self) -> int:
        """All rows that were looked at."""
        return self.fit + self.unfit

    @property
    def sentence(self) -> str:
        """Why rows are unfit, the commonest reasons first."""
        ranked = sorted(self.reasons.values(), key=lambda reason: -reason.rows)
        said = [f"{one.words} ({one.rows:,}, first row {one.first[0] + 1:,})" for one in ranked[:_NAMED]]
        more = f" and {len(ranked) - _NAMED} more reasons" if len(ranked) > _NAMED else ""
        return f"{self.target} cannot hold {self.unfit:,} of {self.rows:,} rows: {'; '.join(said)}{more}"

    def as_json(self) -> dict[str, object]:
        """Return the report as one object; rows are numbered from 0."""
        return {
            "to": self.target,
            "form": self.form,
            "rows": self.rows,
            "fit": self.fit,
            "as_they_are": self.as_they_are,
            "unfit": self.unfit,
            "reasons": [_plain(one) for one in self.reasons.values()],
            "notes": [_plain(one) for one in self.notes.values()],
        }


def add(reasons: dict[str, Reason], words: str, row: int) -> None:
    """Count a row under a reason."""
    reasons.setdefault(words, Reason(words)).add(row)


def _plain(one: Reason) -> dict[str, object]:
    return {"reason": one.words, "rows": one.rows, "first": one.first}
