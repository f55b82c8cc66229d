"""Pushing to a hub: what arrives, and one sentence for whatever keeps it from that."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.selection.push_server import TOKEN, Hub, serving
from dataexplore.errors import ExportError
from dataexplore.selection.hub_push import push


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with serving() as found:
        yield found


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    contents = {"a.train.jsonl": b'{"text":"a"}\n', "README.md": b"---\nlicense: unknown\n---\n"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return {name: tmp_path / name for name in contents}


@pytest.mark.parametrize("large", [False, True])
def test_files_arrive_in_one_commit_of_a_private_dataset(
    hub: Hub, files: dict[str, Path], large: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub._commit_api.is_xet_available", lambda: False)
    hub.large = large
    address = push(files, "org/name", endpoint=hub.url)
    assert address == f"{hub.url}/datasets/org/name/commit/1"
    assert hub.files == {name: path.read_bytes() for name, path in files.items()}
    assert hub.commits == ["Add rows chosen with dataexplore"]
    (made,) = hub.made
    assert (made["type"], made["organization"], made["name"]) == ("dataset", "org", "name")
    assert made["visibility"] == "private"
    assert hub.tokens == {f"Bearer {TOKEN}"}


def test_a_public_one_has_to_be_asked_for(hub: Hub, files: dict[str, Path]) -> None:
    push(files, "org/name", private=False, endpoint=hub.url)
    assert hub.made[0]["visibility"] == "public"


def test_a_dataset_that_is_there_is_added_to(hub: Hub, files: dict[str, Path]) -> None:
    hub.refusals["/api/repos/create"] = 409
    push(files, "org/name", endpoint=hub.url)
    assert set(hub.files) == set(files)


@pytest.mark.parametrize(
    ("where", "status", "says"),
    [
        ("/api/", 401, "the hub does not know the token (401)"),
        ("/api/", 403, "the token may not write there (403)"),
        ("/preupload/", 404, "the hub knows no such place (404)"),
        ("/commit/", 413, "the hub takes no files this large (413)"),
        ("/commit/", 500, "the hub has a failure of its own (500)"),
        ("/commit/", 418, "the hub refused (418"),
    ],
)
def test_refusals_are_one_sentence_without_the_token(
    hub: Hub, files: dict[str, Path], where: str, status: int, says: str
) -> None:
    hub.refusals[where] = status
    with pytest.raises(ExportError) as refused:
        push(files, "org/name", endpoint=hub.url)
    message = str(refused.value)
    assert message.startswith("org/name: not pushed: ")
    assert says in message
    assert message.endswith("; the files on disk are complete")
    assert TOKEN not in message
    assert "\x1b" not in message
    assert "\n" not in message
    assert not hub.files


def test_a_hub_that_does_not_answer(hub: Hub, files: dict[str, Path]) -> None:
    hub.silent = threading.Event()
    with pytest.raises(ExportError, match="the hub does not answer; try again later"):
        push(files, "org/name", endpoint=hub.url, patience=0.2)


def test_no_network(hub: Hub, files: dict[str, Path]) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # nobody listens
        with pytest.raises(ExportError, match="cannot be reached; check the network"):
            push(files, "org/name", endpoint=f"http://127.0.0.1:{held.getsockname()[1]}")


def test_offline_and_without_a_token(
    hub: Hub, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ExportError, match="HF_HUB_OFFLINE is set; unset it to push"):
        push(files, "org/name", endpoint=hub.url)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "none"))
    monkeypatch.delenv("HF_TOKEN")
    with pytest.raises(ExportError, match="there is no token; set HF_TOKEN or run `hf auth login` first"):
        push(files, "org/name", endpoint=hub.url)
    assert not hub.tokens


@pytest.mark.parametrize(
    "name", ["name", "a/b/c", "../x", "org/na me", "org/-x", "/x", "org/a--b", "o/a..b", ""]
)
def test_a_name_that_is_none_is_refused_before_anything(files: dict[str, Path], name: str) -> None:
    with pytest.raises(ExportError, match="is no name of a repository; say ORG/NAME"):
        push(files, name)
