"""Text from data inside YAML and Markdown: it stays one value, one line and nothing but text."""

import json
import re
from collections.abc import Mapping, Sequence

from dataexplore.text import short, visible_lines

_PLAIN = re.compile(r"(?!(?:yes|off|true|false|null)$)[a-z]{3,}(_[a-z]+)*")
"""Names that YAML takes for text without quotes."""

Yaml = str | int | float | bool | Mapping[str, "Yaml"] | Sequence["Yaml"]


def yaml_lines(value: Mapping[str, Yaml], indent: str = "") -> list[str]:
    """Return a document of YAML; every text is quoted, so none of it is read as anything else."""
    lines = []
    for name, held in value.items():
        label = f"{indent}{name if _PLAIN.fullmatch(name) else _quoted(name)}:"
        if isinstance(held, Mapping):
            lines += [label, *yaml_lines(held, indent + "  ")]
        elif isinstance(held, Sequence) and not isinstance(held, str):
            lines.append(label)
            lines += [line for item in held for line in _item(item, indent)]
        else:
            lines.append(f"{label} {_scalar(held)}")
    return lines


def _item(item: Yaml, indent: str) -> list[str]:
    if not isinstance(item, Mapping):
        assert isinstance(item, str | int | float)
        return [f"{indent}  - {_scalar(item)}"]
    first, *rest = yaml_lines(item, indent + "    ")
    return [f"{indent}  - {first.lstrip()}", *rest]


def _scalar(value: str | int | float | bool) -> str:
    return _quoted(value) if isinstance(value, str) else json.dumps(value)


def _quoted(text: str) -> str:
    """Return a quoted text in ASCII; YAML writes code points beyond 16 bits in another way than JSON."""
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if " " <= char <= "~":
        return char
    code = ord(char)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def code(text: str, limit: int = 200) -> str:
    """Return text as a code span: in it Markdown knows no links, no markup and no HTML."""
    shown = short(text, limit)
    if not shown:
        return "(nothing)"
    fence = "`" * (_longest(shown) + 1)
    pad = " " if "`" in (shown[0], shown[-1]) or shown.strip() != shown else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def block(text: str) -> list[str]:
    """Return text as a code block that nothing in it can close."""
    fence = "`" * max(3, _longest(text) + 1)
    return [fence, *visible_lines(text.rstrip("\n")), fence]


def _longest(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
