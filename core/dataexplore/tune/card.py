"""The papers of an adapter or a model: what it was made from, so that nobody has to guess later."""

import json
from pathlib import Path
from typing import Any

from dataexplore.jobs.spec import JobSpec
from dataexplore.text import short


def write_card(folder: Path, spec: JobSpec, facts: dict[str, Any]) -> None:
    """Write card.json for programs and README.md for people."""
    versions = {**spec.versions, **facts["versions"]}
    rest = {name: value for name, value in facts.items() if name != "versions"}
    card = {
        "base": spec.settings.get("base"),
        "dataset": Path(spec.dataset).name,
        "rows": spec.rows,
        "rows_hash": spec.rows_hash,
        "settings": spec.settings,
        "versions": versions,
        "facts": rest,
    }
    (folder / "card.json").write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", "utf-8")
    lines = [
        "# Tuned model" if spec.settings.get("method") == "full" else "# LoRA adapter",
        "",
        f"Base `{_cell(card['base'])}`, tuned on {spec.rows:,} rows of `{_cell(card['dataset'])}`",
        f"(hash of the rows `{_cell(spec.rows_hash)}`). The licences of the base and of the rows apply.",
        "",
        "| setting | value |",
        "|---|---|",
        *(f"| {name} | {_cell(value)} |" for name, value in spec.settings.items()),
        *(f"| {_cell(name)} | {_cell(value)} |" for name, value in rest.items()),
        *(f"| version of {_cell(name)} | {_cell(value)} |" for name, value in versions.items()),
        "",
    ]
    (folder / "README.md").write_text("\n".join(lines), "utf-8")


def _cell(value: object) -> str:
    return short(str(value), 200).replace("|", "/").replace("`", "'")
