"""Who speaks, with words of a file's own that a person explained."""

from collections.abc import Mapping, Sequence

from dataexplore.dataset.roles import ASSISTANT, SYSTEM, TOOL, USER, role_of
from dataexplore.errors import ExportError
from dataexplore.text import short

Roles = Mapping[str, str]
"""Words of the file's own, by role."""
_ROLES = (USER, ASSISTANT, SYSTEM, TOOL)


def known_role(word: str, roles: Roles) -> str:
    """Return the role that a word stands for, "" when nobody said."""
    role = roles.get(word) or role_of(word)
    return role if role in _ROLES else ""


def parse_roles(given: Sequence[str]) -> dict[str, str]:
    """Read `word=role` pairs; raise ExportError for anything else."""
    roles = {}
    for one in given:
        word, found, role = one.rpartition("=")
        if not found or role not in _ROLES:
            raise ExportError(
                f"--role {short(one, 60)!r}: say WORD=ROLE with the role user, assistant, system or tool"
            )
        roles[word] = role
    return roles
