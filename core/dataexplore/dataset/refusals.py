"""Says in one sentence what kept the hub from giving a file; nothing that a server wrote is repeated."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from dataexplore.errors import InputRefusedError
from dataexplore.text import short

_LOGIN = "log in with `hf auth login` or set HF_TOKEN"
_CLIENTS = ("httpx", "httpx2", "httpcore", "httpcore2", "requests", "urllib3", "hf_xet")


class AwayError(Exception):
    """The hub cannot be reached; the text says why."""


@contextmanager
def refusal(address: object, *, away: bool = False) -> Iterator[None]:
    """Turn what huggingface_hub raises into InputRefusedError; `away`: AwayError where no answer came."""
    try:
        yield
    except (InputRefusedError, AwayError):
        raise
    except Exception as error:
        why = _away(error)
        if why and away:
            raise AwayError(why) from None
        shown = short(str(address), 200)
        reason = f"{why}; try again later" if why else _reason(error)
        if reason is None:
            raise
        raise InputRefusedError(f"{shown}: {reason}") from None


def host() -> str:
    """Return the hub's host, without what a person may have put before it."""
    from huggingface_hub import constants

    parts = urlsplit(constants.ENDPOINT)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def _away(error: Exception) -> str:
    """Return why there is no answer to work with, "" when there is one."""
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled

    names = {kind.__name__ for kind in type(error).__mro__}
    if isinstance(error, OfflineModeIsEnabled):
        return "HF_HUB_OFFLINE is set"
    if isinstance(error, HfHubHTTPError):
        status = _status(error)
        return f"{host()} is out of order (it answers {status})" if status >= 500 else ""
    if isinstance(error, LocalEntryNotFoundError) and isinstance(error.__cause__, Exception):
        return _away(error.__cause__)
    if names & {"TimeoutException", "Timeout", "TimeoutError"}:
        return f"{host()} does not answer in time"
    if type(error).__module__.partition(".")[0] in _CLIENTS:
        return f"{host()} cannot be reached"
    return ""


def _reason(error: Exception) -> str | None:
    from huggingface_hub import errors

    cause = error.__cause__
    if isinstance(error, errors.LocalEntryNotFoundError) and isinstance(cause, Exception):
        return _reason(cause)
    if isinstance(error, errors.GatedRepoError):
        return f"is gated: ask for access on its page at {host()}, then {_LOGIN}"
    if isinstance(error, errors.RepositoryNotFoundError):
        return f"no such dataset on {host()}, or it is private; look at the name, or {_LOGIN}"
    if isinstance(error, errors.RevisionNotFoundError):
        return "the dataset has no such revision; name a branch, a tag or a commit after @"
    if isinstance(error, errors.EntryNotFoundError) and not isinstance(error, OSError):
        return "the dataset has no such file"
    if isinstance(error, errors.HFValidationError):
        return "is no name of a dataset; say ORG/NAME"
    if isinstance(error, errors.DisabledRepoError):
        return f"was disabled by {host()}"
    if isinstance(error, errors.HfHubHTTPError):
        return _by_status(_status(error))
    if isinstance(error, errors.FileMetadataError | errors.LocalEntryNotFoundError):
        return f"{host()} does not answer as a hub does; look at HF_ENDPOINT and at proxies"
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk of the hub's cache is full; set HF_HOME to a larger one"
    if isinstance(error, OSError) and error.errno:
        place = short(str(error.filename or "the hub's cache"), 120)
        return f"{place}: {(error.strerror or 'cannot be written').lower()}; set HF_HOME to another folder"
    broken = (OSError, ValueError, RuntimeError, getattr(errors, "XetDownloadError", OSError))
    if isinstance(error, broken):
        return "the download broke off, or is not what the hub announced; try again"
    return None


def _by_status(status: int) -> str:
    if status == 401:
        return f"{host()} does not know this token; {_LOGIN} with a new one"
    if status == 403:
        return (
            f"{host()} forbids it (403); ask its owner for access, or {_LOGIN} with a token that may read it"
        )
    if status == 404:
        return f"is not on {host()}"
    if status == 429:
        return f"{host()} is asked too often (429); try again in a few minutes, or {_LOGIN}"
    return f"{host()} refuses it ({status})"


def _status(error: Exception) -> int:
    return int(getattr(getattr(error, "response", None), "status_code", 0) or 0)
