"""The ways in which two rows are alike, from the surest to the loosest."""

from collections.abc import Sequence

from dataexplore.errors import RuleError
from dataexplore.text import short

KINDS = ("exact", "lexical", "semantic")
"""The same text apart from case and white space; many character 5-grams in common; vectors nearly alike."""
EXACT, LEXICAL, SEMANTIC = range(len(KINDS))


def kinds_named(name: str) -> tuple[str, ...]:
    """Return the kinds that a name stands for, such as "lexical" or "all"; raise RuleError for others."""
    if name == "all":
        return KINDS
    check_kinds([name])
    return (name,)


def check_kinds(kinds: Sequence[str]) -> None:
    """Raise RuleError for a kind that does not exist, or for none at all."""
    for kind in kinds or ("",):
        if kind not in KINDS:
            raise RuleError(
                f"There is no kind of duplicates {short(kind, 40)!r}: choose {', '.join(KINDS)} or all."
            )
