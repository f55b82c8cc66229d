"""Loads a sentence-transformers model: where it is, whether the hub may be asked, in which precision."""

import hashlib
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dataexplore.errors import EncoderError
from dataexplore.text import short

_HUB_SECONDS = 5.0


def load_model(name: str) -> Any:
    """Return the model of a folder or a hub id, in bfloat16 where the machine multiplies that fast.

    Runs no code of the model's. Raises EncoderError when the extra `ml` or the weights are missing.
    """
    folder = Path(name).expanduser()
    looks_local = name.startswith((".", "/", "~")) or name.count("/") > 1
    if looks_local and not folder.is_dir():
        raise EncoderError(
            f"The encoder {short(name)} is not a folder: name a model folder, a hub id, static or lexical."
        )
    try:
        import torch
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        message = f'The encoder {short(name)} needs the extra ml: pip install "dataexplore-tui[ml]".'
        raise EncoderError(message) from error
    _quiet()
    offline = folder.is_dir() or not _hub_answers()
    gpu = torch.cuda.is_available()
    half = torch.cuda.is_bf16_supported() if gpu else _multiplies_bfloat16()
    options = {"use_safetensors": True}  # other weights are pickles
    try:
        return SentenceTransformer(
            str(folder) if folder.is_dir() else name,
            device="cuda" if gpu else None,
            model_kwargs={**options, "dtype": torch.bfloat16} if half else options,
            trust_remote_code=False,
            local_files_only=offline,
        )
    except Exception as error:  # the libraries raise OSError, ValueError, KeyError and their own
        away = "in the local cache, and the hub cannot be asked"
        where = "in that folder" if folder.is_dir() else away if offline else "on the hub"
        reason = short(str(error).strip().split("\n")[0], 80)
        message = f"The encoder {short(name)} has no usable model {where} ({reason})"
        raise EncoderError(f"{message}: name another, static or lexical.") from error


def _quiet() -> None:
    """Keep the libraries' bars and warnings off the screen."""
    logging = sys.modules.get("transformers.utils.logging")
    if logging:
        logging.set_verbosity_error()
        logging.disable_progress_bar()


def _hub_answers() -> bool:
    """Tell whether the hub may be asked: without a network its own client tries for minutes."""
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}:
        return False
    if any(os.environ.get(name) for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")):
        return True
    hub = urlsplit(os.environ.get("HF_ENDPOINT") or "https://huggingface.co")
    try:
        port = hub.port or (80 if hub.scheme == "http" else 443)
        with socket.create_connection((hub.hostname or "", port), timeout=_HUB_SECONDS):
            return True
    except (OSError, ValueError):
        return False


def _multiplies_bfloat16() -> bool:
    """Tell whether the processor has instructions for it: MiniLM is 1.7 times as fast then."""
    with suppress(OSError):
        return bool({"avx512_bf16", "amx_bf16"} & set(Path("/proc/cpuinfo").read_text("utf-8").split()))
    return False


def fingerprint_of(name: str, model: Any) -> str:
    """Return a digest of a folder's files (name, size, time), or of the hub's revision."""
    folder = Path(name).expanduser()
    if folder.is_dir():
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        facts = [
            f"{path.relative_to(folder)} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files
        ]
    else:
        config = getattr(getattr(model[0], "auto_model", None), "config", None)
        facts = [name, str(getattr(config, "_commit_hash", ""))]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]
