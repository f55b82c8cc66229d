"""The process of a job: `python -m dataexplore.jobs.run FOLDER [ATTEMPT]`."""

import importlib
import sys
from pathlib import Path

from dataexplore.errors import JobError
from dataexplore.jobs.context import JobContext

BUSY = 3
"""Exit status of a second worker on the same job."""


def main(arguments: list[str]) -> int:
    """Run the job's module and return the exit status: 0 ended well, 1 failed, 3 another worker has it."""
    attempt = int(arguments[1]) if len(arguments) > 1 else 1
    context = JobContext(Path(arguments[0]), attempt)
    try:
        context.__enter__()
    except JobError as error:
        print(error, file=sys.stderr)  # noqa: T201 # stdout and stderr are the log
        return BUSY
    try:
        importlib.import_module(context.spec.module).run(context)
    except BaseException as error:
        context.__exit__(type(error), error, error.__traceback__)
        return 1
    context.__exit__(None, None, None)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
