"""Everything the program refuses to do, as messages for the person at the keyboard."""


class DataexploreError(Exception):
    """Base of all expected failures; its text is one sentence: what, where, what to do."""


class InputRefusedError(DataexploreError):
    """A file that cannot be opened as a dataset at all."""


class FilterError(DataexploreError):
    """A filter, sort or search that does not fit the columns there are."""


class WorkspaceError(DataexploreError):
    """The folder of decisions cannot be read or written, or another session holds it."""


class SignalError(DataexploreError):
    """A signal that does not exist, is not numeric or cannot be imported."""


class RuleError(DataexploreError):
    """A rule or recipe that lacks something it needs."""


class EditError(DataexploreError):
    """An edit that would not leave a row, or a text of one that cannot be read back."""


class EncoderError(DataexploreError):
    """An encoder without weights, or vectors that do not fit the rows."""


class JobError(DataexploreError):
    """A job that cannot be started, reached or stopped."""


class JudgeError(DataexploreError):
    """A rubric, an endpoint or stored replies that cannot be used."""


class ExportError(DataexploreError):
    """Rows that cannot be written where they were asked for."""
