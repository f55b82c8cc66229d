"""Puts written files into a dataset repository on the Hugging Face hub, only ever when asked."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from dataexplore.errors import ExportError
from dataexplore.text import short

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
_PATIENCE = 60.0
"""Seconds without an answer after which the hub counts as silent; the module itself would wait for ever."""


def check_name(repository: str) -> None:
    """Raise ExportError for what is no name of a repository."""
    if not _NAME.fullmatch(repository) or ".." in repository or "--" in repository:
        raise ExportError(f"{short(repository, 80)!r} is no name of a repository; say ORG/NAME")


def push(
    files: Mapping[str, Path],
    repository: str,
    *,
    private: bool = True,
    endpoint: str | None = None,
    patience: float = _PATIENCE,
) -> str:
    """Make the repository if it is not there, add the files in one commit, and return its address.

    The token is huggingface_hub's own: HF_TOKEN, or the one it has stored. Raises ExportError, and never with
    the token in it; the files on disk stay in any case.
    """
    check_name(repository)
    try:
        import huggingface_hub
        from huggingface_hub import CommitOperationAdd, HfApi
    except ImportError:
        raise ExportError("to push to the hub, install the module huggingface_hub") from None
    with _refusals(repository):
        token = huggingface_hub.get_token() or ""
    if not token:
        raise ExportError(
            f"{repository}: not pushed: there is no token; set HF_TOKEN or run `hf auth login` first"
        )
    with _patient(patience), _refusals(repository, token):
        api = HfApi(endpoint=endpoint, token=token, library_name="dataexplore")
        made = api.create_repo(repository, repo_type="dataset", private=private, exist_ok=True)
        operations = [
            CommitOperationAdd(path_in_repo=name, path_or_fileobj=str(path)) for name, path in files.items()
        ]
        commit = api.create_commit(
            repository,
            operations,
            repo_type="dataset",
            commit_message="Add rows chosen with dataexplore",
        )
        return str(getattr(commit, "commit_url", None) or made)


@contextmanager
def _patient(seconds: float) -> Iterator[None]:
    """Let a request fail that gets no answer; progress is not drawn over the screen."""
    bars: Any = import_module("huggingface_hub.utils")
    drawn = not bars.are_progress_bars_disabled()
    bars.disable_progress_bars()
    try:
        with _timeout(seconds):
            yield
    finally:
        if drawn:
            bars.enable_progress_bars()


@contextmanager
def _timeout(seconds: float) -> Iterator[None]:
    try:
        from huggingface_hub.utils import _http
        from huggingface_hub.utils._http import default_client_factory, set_client_factory
    except ImportError:  # another version of the module, with time limits of its own
        yield
        return

    def patient() -> Any:
        client = default_client_factory()
        client.timeout = seconds
        return client

    before = getattr(_http, "_GLOBAL_CLIENT_FACTORY", default_client_factory)
    set_client_factory(patient)
    try:
        yield
    finally:
        set_client_factory(before)


@contextmanager
def _refusals(repository: str, token: str = "") -> Iterator[None]:
    """Say in one sentence why the hub took nothing."""
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    try:
        yield
    except OfflineModeIsEnabled:
        reason = "HF_HUB_OFFLINE is set; unset it to push"
    except HfHubHTTPError as error:
        reason = _answer(error.response.status_code, error.server_message or "")
    except Exception as error:  # whatever the network and the module's transports raise
        reason = _network(error)
    else:
        return
    kept = "the files on disk are complete"
    reason = reason.replace(token, "***") if token else reason
    raise ExportError(f"{repository}: not pushed: {short(reason, 300)}; {kept}") from None


def _answer(status: int, message: str) -> str:
    known = {
        401: "the hub does not know the token (401); make a new one and set HF_TOKEN",
        403: "the token may not write there (403); give it write access, or push to another name",
        404: "the hub knows no such place (404); check ORG/NAME and that the token may see it",
        409: "somebody else is changing the repository (409); try again",
        413: "the hub takes no files this large (413)",
        429: "the hub asks to wait (429); try again later",
    }
    if status in known:
        return known[status]
    if status >= 500:
        return f"the hub has a failure of its own ({status}); try again later"
    return f"the hub refused ({status}{': ' + message if message else ''})"


def _network(error: Exception) -> str:
    name = type(error).__name__
    if "Timeout" in name:
        return "the hub does not answer; try again later"
    if "Connect" in name or "Network" in name or isinstance(error, ConnectionError):
        where = os.environ.get("HF_ENDPOINT", "the hub")
        return f"{where} cannot be reached; check the network"
    return f"{name}: {str(error).splitlines()[0] if str(error) else 'no reason given'}"
