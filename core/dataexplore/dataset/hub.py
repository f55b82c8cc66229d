"""Fetches datasets from the Hugging Face hub into its usual cache; without a network what is there serves."""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataexplore.dataset.address import SCHEME, Address, inside
from dataexplore.dataset.choosing import Choice, Place, choose, data_files, matching
from dataexplore.dataset.refusals import AwayError, host, refusal
from dataexplore.errors import InputRefusedError
from dataexplore.text import short

if TYPE_CHECKING:
    from huggingface_hub import HfApi

Say = Callable[[str], None]

_COMMIT = re.compile(r"[0-9a-f]{40}")
_SHARD = re.compile(r"(?P<name>.*)-\d{5}-of-(?P<all>\d{5})")
_CARD = "README.md"
_CARD_BYTES = 1 << 22
"""A card that is larger is no card."""


@dataclass(frozen=True)
class Fetched:
    """Files of a dataset in the hub's cache."""

    paths: tuple[Path, ...]
    origin: str
    """hf://datasets/ORG/NAME@COMMIT, with the path of the file if there is but one."""
    name: str
    """ORG--NAME, and the path if one was asked for: a name for a folder of decisions."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Listing:
    commit: str
    sizes: Mapping[str, int]
    away: str = ""
    """Why the hub was not asked; the cache was, then."""


def fetch(address: Address, max_bytes: int | None = None, say: Say | None = None) -> Fetched:
    """Choose the files of a dataset, download those that are not in the cache, all of one commit.

    Raises InputRefusedError with one sentence for whatever keeps it from that; a token is never in it.
    """
    try:
        from huggingface_hub import HfApi
    except ImportError:
        raise InputRefusedError(
            f"{short(str(address), 200)}: to read it from the hub, install the module huggingface_hub"
        ) from None
    say = say or _nothing
    with _quiet(), refusal(address):
        api = HfApi()
        say(f"asking the hub for {address}")
        try:
            listing = _asked(api, address)
        except AwayError as error:
            listing = _cached(address, str(error))
        choice = _chosen(api, address, listing)
        _check_room(address, listing, choice.files, max_bytes)
        paths = []
        for number, file in enumerate(choice.files, 1):
            if len(choice.files) > 1:
                say(f"file {number:,} of {len(choice.files):,}")
            paths.append(_got(api, address, listing, file, say))
    notes = [choice.note] if choice.note else []
    if listing.away:
        notes.append(f"{listing.away}: read from the cache, commit {listing.commit[:12]}")
    one = f"/{choice.files[0]}" if len(choice.files) == 1 else ""
    name = "--".join(part for part in (address.repo, address.path) if part).replace("/", "--")
    return Fetched(tuple(paths), f"{SCHEME}datasets/{address.repo}@{listing.commit}{one}", name, tuple(notes))


def _asked(api: "HfApi", address: Address) -> _Listing:
    from huggingface_hub import constants

    with refusal(address, away=True):
        info = api.dataset_info(
            address.repo,
            revision=address.revision,
            files_metadata=True,
            timeout=constants.HF_HUB_ETAG_TIMEOUT,
        )
    if not _COMMIT.fullmatch(info.sha or ""):
        raise InputRefusedError(f"{short(str(address), 200)}: {host()} does not answer as a hub does")
    sizes = {one.rfilename: one.size or 0 for one in info.siblings or () if inside(one.rfilename)}
    return _Listing(str(info.sha), sizes)


def _cached(address: Address, why: str) -> _Listing:
    """Return what the cache has of a dataset; raise InputRefusedError when that is nothing."""
    folder = _folder(address)
    try:
        commit = (
            address.revision
            if _COMMIT.fullmatch(address.revision)
            else (folder / "refs" / address.revision).read_text().strip()
        )
        snapshot = folder / "snapshots" / commit
        sizes = {
            path.relative_to(snapshot).as_posix(): path.stat().st_size
            for path in snapshot.rglob("*")
            if path.is_file()
        }
    except (OSError, ValueError):
        sizes, commit = {}, ""
    if not sizes:
        raise InputRefusedError(
            f"{short(str(address), 200)}: {why}, and the hub's cache has nothing of it; connect, or copy the "
            "files here"
        )
    return _Listing(commit, sizes, why)


def _folder(address: Address) -> Path:
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE) / f"datasets--{address.repo.replace('/', '--')}"


def _chosen(api: "HfApi", address: Address, listing: _Listing) -> Choice:
    shown = short(str(address), 200)
    place = Place(shown, lambda path: short(f"{address.repo}@{address.revision}/{path}", 120))
    if not address.path:
        choice = choose(listing.sizes, _card(api, address, listing), place, prefer="train")
    elif address.path in listing.sizes:
        choice = Choice((address.path,))
    elif files := data_files(matching(listing.sizes, address.path)):
        choice = Choice(tuple(files))
    elif files := [name for name in listing.sizes if name.startswith(f"{address.path.rstrip('/')}/")]:
        choice = choose(files, {}, place, prefer="train")
    else:
        where = "in the cache" if listing.away else f"at {address.revision}"
        raise InputRefusedError(f"{shown}: {address.repo} has no such file {where}; {_some(listing.sizes)}")
    if listing.away:
        _check_whole(shown, choice.files, listing)
    return choice


def _some(files: Mapping[str, int]) -> str:
    names = [name for name in files if not name.startswith(".")]
    more = f" and {len(names) - 5:,} more" if len(names) > 5 else ""
    return f"there is {', '.join(short(name, 60) for name in names[:5])}{more}" if names else "it is empty"


def _card(api: "HfApi", address: Address, listing: _Listing) -> Mapping[str, Any]:
    """Return what the card says of itself; one that cannot be read says nothing."""
    if not 0 < listing.sizes.get(_CARD, 0) <= _CARD_BYTES:
        return {}
    from huggingface_hub.repocard import metadata_load

    path = _got(api, address, listing, _CARD)
    try:
        return metadata_load(path) or {}
    except Exception:  # whatever a parser of YAML raises for what a stranger wrote
        return {}


def _check_whole(shown: str, files: Sequence[str], listing: _Listing) -> None:
    """Raise InputRefusedError when the cache lacks some of the pieces that a file was cut into."""
    pieces: dict[tuple[str, int], int] = {}
    for file in files:
        if found := _SHARD.match(file):
            key = found["name"], int(found["all"])
            pieces[key] = pieces.get(key, 0) + 1
    for (_, every), there in pieces.items():
        if there < every:
            raise InputRefusedError(
                f"{shown}: {listing.away}, and the hub's cache has {there} of its {every} files; connect to "
                "get the others, or name one"
            )


def _check_room(address: Address, listing: _Listing, files: Sequence[str], max_bytes: int | None) -> None:
    size = sum(listing.sizes[file] for file in files)
    shown = short(str(address), 200)
    if max_bytes is not None and size > max_bytes:
        raise InputRefusedError(
            f"{shown}: is {size / 1e6:,.1f} MB, more than --max-bytes allows; raise it, or name some of its "
            "files"
        )
    snapshot = _folder(address) / "snapshots" / listing.commit
    missing = sum(listing.sizes[file] for file in files if not (snapshot / file).exists())
    place = next(folder for folder in snapshot.parents if folder.is_dir())
    free = shutil.disk_usage(place).free
    if missing > free:
        raise InputRefusedError(
            f"{shown}: is {missing / 1e6:,.0f} MB, and {short(str(place), 120)} has {free / 1e6:,.0f} MB "
            "free; set HF_HOME to a larger disk"
        )


def _got(api: "HfApi", address: Address, listing: _Listing, file: str, say: Say | None = None) -> Path:
    """Return a file in the cache, downloaded if it is not there."""
    from huggingface_hub import constants

    folder = _folder(address)
    path = folder / "snapshots" / listing.commit / file
    if not path.is_file():
        if listing.away:
            raise InputRefusedError(
                f"{short(str(address), 200)}: {listing.away}, and {short(file, 80)} is not here"
            )
        path = Path(
            api.hf_hub_download(
                address.repo,
                file,
                repo_type="dataset",
                revision=listing.commit,
                cache_dir=constants.HF_HUB_CACHE,
                tqdm_class=_bar(file, say),
            )
        )
    if not listing.away:
        _remember(folder, address.revision, listing.commit)
    return path


def _remember(folder: Path, revision: str, commit: str) -> None:
    """Note which commit a branch or tag is, as the hub's own client does for when there is no network."""
    if revision == commit:
        return
    note = folder / "refs" / revision
    try:
        note.parent.mkdir(parents=True, exist_ok=True)
        if not note.is_file() or note.read_text() != commit:
            note.write_text(commit)
    except OSError:  # a cache that may only be read
        return


def _bar(file: str, say: Say | None) -> Any:
    """Return a kind of progress bar that says how far it is instead of drawing."""
    import io
    from importlib import import_module

    tqdm: Any = import_module("tqdm.auto").tqdm

    class Bar(tqdm):  # type: ignore[misc] # its base has no types
        def __init__(self, *args: Any, **options: Any) -> None:
            options.pop("name", None)
            super().__init__(*args, **{**options, "disable": False, "file": io.StringIO()})

        def display(self, *_: Any, **__: Any) -> None:
            total = f" of {self.total / 1e6:,.1f}" if self.total else ""
            if say:
                say(f"downloading {file}: {self.n / 1e6:,.1f}{total} MB")

    return Bar


def _nothing(text: str) -> None:
    """Say nothing."""


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the hub's client from writing: what went wrong is said in one sentence."""
    import logging
    import warnings

    log = logging.getLogger("huggingface_hub")
    before = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(before)
