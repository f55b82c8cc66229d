"""The verbs there are; a verb's code is loaded when it is asked for."""

from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast


class VerbModule(Protocol):
    """What the file of a verb holds."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what the verb takes, with a description that is worth reading."""

    def run(self, arguments: Namespace) -> int:
        """Do it and return the exit code."""


@dataclass(frozen=True)
class Verb:
    """A word of the command line."""

    name: str
    help: str
    """One line for the list of verbs."""

    def load(self) -> VerbModule:
        """Import the verb's own file."""
        return cast(VerbModule, import_module(f"dataexplore_tui.cli.verbs.{self.name}"))


VERBS = {
    verb.name: verb
    for verb in (
        Verb("check", "count rows, name the schema, list what is unreadable or odd"),
        Verb("scores", "list signals, import ratings, count the rows at a threshold"),
        Verb("judge", "score rows by a model or by rules; nothing is asked twice"),
        Verb("embed", "make vectors of the rows, as a job, with any encoder"),
        Verb("duplicates", "find groups of near-duplicate rows"),
        Verb("clusters", "group the rows by meaning and name the groups"),
        Verb("map", "lay the rows out on a plane with UMAP, as a job"),
        Verb("select", "write a subset chosen by a filter, a recipe or a size"),
        Verb("coverage", "tell how well a subset covers the rows, beside random ones"),
        Verb("arms", "write a subset and the controls it has to beat, ready to tune"),
        Verb("export", "write the rows as they were decided, byte for byte, with reasons"),
        Verb("convert", "write all rows in another schema: alpaca, sharegpt, messages ..."),
        Verb("tune", "fine-tune a model on the rows, here or as a detached job"),
        Verb("compare", "let two runs answer, and a judge compare them in both orders"),
        Verb("runs", "list, stop and resume jobs"),
    )
}
