"""Finds the file of a tokenizer: on this machine, in the hub's cache, or on the hub."""

import logging
from pathlib import Path

from dataexplore.dataset.refusals import AwayError, refusal
from dataexplore.errors import EncoderError
from dataexplore.text import short

_FILE = "tokenizer.json"


def tokenizer_file(name: str) -> Path:
    """Return the tokenizer.json that a name means; raise EncoderError when there is none."""
    path = Path(name).expanduser()
    if path.is_dir():
        path /= _FILE
    if path.is_file():
        return path
    if path.name == _FILE or name.startswith(("/", ".", "~")) or name.count("/") > 1:
        raise EncoderError(f"{short(str(path), 200)}: no such tokenizer; name a folder that has a {_FILE}")
    return _of_hub(name)


def _of_hub(name: str) -> Path:
    from huggingface_hub import HfApi, constants, try_to_load_from_cache

    log = logging.getLogger("huggingface_hub")
    before = log.level
    log.setLevel(logging.CRITICAL + 1)  # it writes what servers say, as they say it
    try:
        cached = try_to_load_from_cache(name, _FILE)
        if isinstance(cached, str):
            return Path(cached)
        api = HfApi()
        with refusal(name, away=True):  # asked once: the download alone would try for half a minute
            commit = api.model_info(name, timeout=constants.HF_HUB_ETAG_TIMEOUT).sha
        return Path(api.hf_hub_download(name, _FILE, revision=commit))
    except AwayError as error:
        reason = f"{error}, and its cache has none"
    except Exception as error:  # unknown, gated, no such file, no name at all: types of several libraries
        reason = f"the hub gives none ({type(error).__name__})"
    finally:
        log.setLevel(before)
    raise EncoderError(f"{short(name, 100)}: no such folder, and as the name of a model: {reason}")
