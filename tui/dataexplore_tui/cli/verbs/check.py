"""`dataexplore check`: what is in a file and what is wrong with it."""

from argparse import ArgumentParser, Namespace

from dataexplore.dataset.dataset import Dataset
from dataexplore.errors import WorkspaceError
from dataexplore.report.gather import gather
from dataexplore.report.report import MAX_TOKENS, SAMPLE, Settings
from dataexplore.report.tokens import token_counter
from dataexplore_tui.cli.files import read_files
from dataexplore_tui.cli.opened import edited
from dataexplore_tui.cli.options import DONE, PROBLEMS, add_edits, add_file, positive, whole
from dataexplore_tui.cli.output import put, put_json, say
from dataexplore_tui.cli.progress import ProgressLine
from dataexplore_tui.cli.report_json import as_object
from dataexplore_tui.cli.report_text import as_lines

_ABOUT = """\
Says in one go what is in a dataset and what is wrong with it: rows, format,
schemas, fields; lines that are no rows, with the reason of each; rows with odd
content; strings that look like keys or passwords; blank fields; exact repeats;
lengths in characters and tokens; answers that decline; languages, of a sample.
Makes no workspace, writes nothing, and never prints a secret. It is about the
files as they are; how many rows were edited in the workspace is said, and
--edits looks at those as they were edited."""
_KEYS = """\
keys: path, format, bytes, rows, files [{path, rows}] in the order of the rows,
  edited (rows that are others in the workspace), edits_counted, schema,
  roles {meaning: field}, schemas [{schema, roles, rows}], fields,
  bad (what the exit code says),
  unreadable [{line, reason}], problems {name: rows}, secrets {kind: rows},
  empty {text field: rows}, repeats {what: {rows, groups, largest}},
  lengths {prompt, response, whole: {least, p5, median, mean, p95, p99, most}},
  tokens {counted_by, exact, least ... most, total, max_length, over},
  refusals {name: rows}, languages {by, sample, seed, counts {code: rows}},
  findings [{kind, name, rows, first_file, first_line, at [row]}]: all of the
  above that name rows. Lines count from 1 in their file, as `sed -n Np` does,
  rows from 0; a reason begins with the name of the file if there are several.
exit codes: 0 nothing wrong; 1 unreadable lines, problems or secrets; 2 refused.
  Blank fields, repeats, lengths, refusals and languages are information."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what `check` takes."""
    parser.description = _ABOUT
    parser.epilog = _KEYS
    add_file(parser)
    add_edits(parser, default=False)
    parser.add_argument(
        "--tokenizer",
        metavar="NAME",
        default="",
        help="count tokens with this tokenizer: a folder, a tokenizer.json, or a name on the hub"
        " (without it they are estimated as bytes / 4)",
    )
    parser.add_argument(
        "--max-length",
        metavar="N",
        type=positive,
        default=MAX_TOKENS,
        help=f"count the rows of more than N tokens (default {MAX_TOKENS:,}, as `tune` cuts rows)",
    )
    parser.add_argument(
        "--sample",
        metavar="N",
        type=whole,
        default=SAMPLE,
        help=f"look at the language of N rows, 0 for all (default {SAMPLE:,})",
    )


def run(arguments: Namespace) -> int:
    """Print what was found; 1 when something is wrong."""
    settings = Settings(arguments.tokenizer, arguments.max_length, arguments.sample)
    token_counter(settings.tokenizer)  # a wrong name is refused before a large file is read
    dataset = read_files(arguments.file, arguments.workspace)
    changed = _edited(dataset, arguments)
    edits = len(changed.edits)
    dataset = changed if arguments.edits else dataset
    with ProgressLine("looking at rows") as progress:
        report = gather(dataset, settings, progress)
    if arguments.json:
        put_json(as_object(dataset, report, edits))
    else:
        put(as_lines(dataset, report, edits))
    return PROBLEMS if report.bad else DONE


def _edited(dataset: Dataset, arguments: Namespace) -> Dataset:
    try:
        return edited(dataset, arguments.workspace)
    except WorkspaceError as error:
        if arguments.edits:
            raise
        say(str(error))  # the file can be looked at all the same
        return dataset
