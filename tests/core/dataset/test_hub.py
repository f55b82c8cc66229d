"""Datasets on the hub: which files are fetched, from where, and what is said when they are not."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.dataset.hub_server import Hub, Request, serve
from dataexplore.dataset.address import Address, address_of
from dataexplore.dataset.hub import Fetched, fetch
from dataexplore.errors import InputRefusedError

ROWS = "".join(json.dumps({"instruction": f"ask {row}", "output": f"say {row}"}) + "\n" for row in range(4))
SECRET = "hf_thisIsNobodysToken"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub with an empty cache, and a token that must never be shown."""
    hub, stop = serve()
    constants = "huggingface_hub.constants"
    monkeypatch.setattr(f"{constants}.ENDPOINT", hub.url)
    monkeypatch.setattr(
        f"{constants}.HUGGINGFACE_CO_URL_TEMPLATE", hub.url + "/{repo_id}/resolve/{revision}/{filename}"
    )
    monkeypatch.setattr(f"{constants}.HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(f"{constants}.HF_HUB_OFFLINE", False)
    monkeypatch.setattr(f"{constants}.HF_HUB_ETAG_TIMEOUT", 2)
    monkeypatch.setenv("HF_TOKEN", SECRET)
    monkeypatch.setattr("time.sleep", lambda seconds: None)  # what the client waits between two attempts
    yield hub
    stop()


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    return lambda: monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


def got(name: str, **more: Any) -> Fetched:
    address = address_of(name)
    assert address is not None
    return fetch(address, **more)


def contents(fetched: Fetched) -> list[str]:
    return [path.read_text() for path in fetched.paths]


def refusal(name: str, **more: Any) -> str:
    with pytest.raises(InputRefusedError) as refused:
        got(name, **more)
    said = str(refused.value)
    assert said.startswith(name.removeprefix("hf://datasets/")[:20])
    assert SECRET not in said
    assert "\n" not in said
    assert "\x1b" not in said
    return said


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("org/name", Address("org/name")),
        ("org/name@v1", Address("org/name", "v1")),
        ("org/name@v1/data/a.jsonl", Address("org/name", "v1", "data/a.jsonl")),
        ("hf://datasets/org/name", Address("org/name")),
        ("hf://datasets/org/name/", Address("org/name")),
        ("hf://datasets/squad", Address("squad")),
        ("hf://datasets/org/name/a.jsonl", Address("org/name", "main", "a.jsonl")),
        ("hf://datasets/o/n@refs/convert/parquet/x/0.pq", Address("o/n", "refs/convert/parquet", "x/0.pq")),
        ("hf://datasets/org/name@a%2Fb/x.json", Address("org/name", "a/b", "x.json")),
        ("name", None),
        ("./org/name", None),
        ("org/name/a.jsonl", None),
        ("/org/name", None),
    ],
)  # fmt: skip
def test_addresses_are_read_as_people_write_them(name: str, address: Address | None) -> None:
    assert address_of(name) == address


@pytest.mark.parametrize(
    "name", ["hf://org/name", "hf://models/org/name", "hf://datasets/", "hf://datasets/a/b@..%2F..%2Fx/c"]
)
def test_other_addresses_are_refused(name: str) -> None:
    with pytest.raises(InputRefusedError, match="hf://datasets/ORG/NAME"):
        address_of(name)


def test_a_dataset_of_one_file_is_fetched_once_and_known_by_its_commit(hub: Hub) -> None:
    repo = hub.add("org/one", {"README.md": "# one", ".gitattributes": "x", "data.jsonl": ROWS})
    fetched = got("org/one")
    assert contents(fetched) == [ROWS]
    assert fetched.origin == f"hf://datasets/org/one@{repo.commit}/data.jsonl"
    assert fetched.name == "org--one"
    assert fetched.notes == ()
    hub.asked.clear()
    assert got("org/one") == fetched
    assert [path for _, path in hub.asked] == ["/api/datasets/org/one/revision/main"]  # nothing is sent again


def test_large_files_come_from_where_the_hub_points(hub: Hub) -> None:
    hub.add("org/large", {"data.jsonl": ROWS * 1000}, large=True)
    assert contents(got("org/large")) == [ROWS * 1000]
    assert any(path.startswith("/cdn/") for _, path in hub.asked)


def test_a_dataset_that_was_renamed_is_followed(hub: Hub) -> None:
    hub.add("old/name", {}, moved_to="new/name")
    hub.add("new/name", {"data.jsonl": ROWS})
    assert contents(got("old/name")) == [ROWS]


def test_a_branch_a_commit_and_a_file_may_be_named(hub: Hub) -> None:
    first = hub.add("org/versions", {"a.jsonl": "1\n", "b.jsonl": "2\n"})
    hub.add("org/versions", {"a.jsonl": "3\n"}, branch="v2")
    assert contents(got("org/versions@v2")) == ["3\n"]
    assert contents(got(f"hf://datasets/org/versions@{first.commit}/b.jsonl")) == ["2\n"]
    assert got("hf://datasets/org/versions/b.jsonl").name == "org--versions--b.jsonl"
    assert contents(got("hf://datasets/org/versions/*.jsonl")) == ["1\n", "2\n"]


def test_a_folder_of_a_dataset_may_be_named(hub: Hub) -> None:
    hub.add(
        "org/many",
        {"README.md": "# many", "en/train.jsonl": "1\n", "en/test.jsonl": "2\n", "de/a.jsonl": "3\n"},
    )
    assert contents(got("org/many@main/en")) == ["1\n"]
    assert contents(got("org/many@main/**")) == ["3\n", "2\n", "1\n"]


def test_the_card_says_which_files_are_the_dataset(hub: Hub) -> None:
    card = """---
configs:
- config_name: default
  data_files:
  - split: train
    path: rows/*.jsonl
  - split: test
    path: held_out.jsonl
---
# a card
"""
    files = {
        "README.md": card,
        "rows/b.jsonl": "2\n",
        "rows/a.jsonl": "1\n",
        "held_out.jsonl": "3\n",
        "more.csv": "x",
    }
    hub.add("org/card", files)
    fetched = got("org/card")
    assert contents(fetched) == ["1\n", "2\n"]
    assert fetched.notes == ("the train split is read; there is also test (org/card@main/held_out.jsonl)",)
    assert contents(got("org/card@main/held_out.jsonl")) == ["3\n"]


@pytest.mark.parametrize(
    "card", ["---\n[\n---\n", "---\n- a\n---\n", "---\nconfigs: 3\n---\n", "\xff no yaml"]
)
def test_a_card_that_says_nothing_leaves_the_choice_to_names(hub: Hub, card: str) -> None:
    hub.add("org/odd", {"README.md": card.encode("latin-1"), "train.jsonl": ROWS, "test.jsonl": "x"})
    assert contents(got("org/odd")) == [ROWS]


def test_shards_are_several_files_in_their_order(hub: Hub) -> None:
    shards = {f"data/train-0000{n}-of-00003-abc.jsonl": f"{n}\n" for n in (2, 0, 1)}
    hub.add("org/shards", {**shards, "data/test-00000-of-00001-d.jsonl": "x\n"})
    fetched = got("org/shards")
    assert contents(fetched) == ["0\n", "1\n", "2\n"]
    assert fetched.origin.count("/") == 4  # the dataset; no one file


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (["train_a.parquet", "loader.py"], None),
        (["data/train_sft-00000-of-00001.parquet", "data/gen-00000-of-00001.parquet"],
         "several splits; name one: gen (org/some@main/data/gen-00000-of-00001.parquet), train_sft ("),
        (["test.jsonl", "dev.jsonl"], "several splits"),
        (["data.json", "data.parquet"], "the same rows more than once"),
        (["loader.py", "README.md"], "holds no file of rows"),
        ([], "holds no file of rows"),
    ],
)  # fmt: skip
def test_what_is_not_one_dataset_is_refused_naming_the_parts(
    hub: Hub, files: list[str], says: str | None
) -> None:
    hub.add("org/some", dict.fromkeys(files, "{}"))
    if says is None:
        assert len(got("org/some").paths) == 1
    else:
        assert says in refusal("org/some")


def test_several_configurations_are_refused_naming_them(hub: Hub) -> None:
    configs = "".join(f"- config_name: {name}\n  data_files: {name}/*.jsonl\n" for name in ("en", "de"))
    hub.add(
        "org/tongues", {"README.md": f"---\nconfigs:\n{configs}---\n", "en/a.jsonl": "1", "de/a.jsonl": "2"}
    )
    said = refusal("org/tongues")
    assert "en (org/tongues@main/en/*.jsonl), de (org/tongues@main/de/*.jsonl)" in said
    assert contents(got("org/tongues@main/de/*.jsonl")) == ["2"]


@pytest.mark.parametrize(
    ("name", "answer", "says"),
    [
        ("org/none", None, "no such dataset on 127.0.0.1:"),
        ("org/private", (401, "RepoNotFound"), "or it is private"),
        ("org/token", (401, ""), "hf auth login"),
        ("org/forbidden", (403, ""), "forbids it (403)"),
        ("org/missing", (404, ""), "is not on 127.0.0.1:"),
        ("org/busy", (429, ""), "asked too often (429)"),
        ("org/down", (503, ""), "out of order (it answers 503), and the hub's cache has nothing of it"),
        ("org/teapot", (418, ""), "refuses it (418)"),
        ("org/bad--name", None, "is no name of a dataset"),
    ],
)
def test_each_way_of_saying_no_is_one_sentence(
    hub: Hub, name: str, answer: tuple[int, str] | None, says: str
) -> None:
    if answer:
        hub.answers[name] = lambda request: request.no(*answer)
    assert says in refusal(name)


def test_a_gated_dataset_says_where_to_ask(hub: Hub) -> None:
    hub.add("org/gated", {"data.jsonl": ROWS}, gated=True)
    assert "is gated: ask for access on its page" in refusal("org/gated")


def test_a_revision_or_file_that_is_not_there_is_named(hub: Hub) -> None:
    hub.add("org/name", {"data.jsonl": ROWS, "other.jsonl": ROWS})
    assert "no such revision" in refusal("org/name@nope")
    assert "has no such file at main; there is data.jsonl, other.jsonl" in refusal("org/name@main/x.jsonl")


def test_a_hub_that_does_not_answer_is_given_up(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_ETAG_TIMEOUT", 0.05)
    answered = threading.Event()

    def late(request: Request) -> None:
        answered.wait(20)

    hub.answers["org/slow"] = late
    try:
        assert "does not answer in time" in refusal("org/slow")
    finally:
        answered.set()


def test_a_download_that_breaks_off_leaves_nothing_half(hub: Hub, tmp_path: Path) -> None:
    hub.add("org/broken", {"data.jsonl": ROWS})
    hub.before_file = lambda request: request.connection.shutdown(socket.SHUT_RDWR)
    assert "cannot be reached" in refusal("org/broken")
    hub.before_file = None
    assert contents(got("org/broken")) == [ROWS]


def test_something_else_that_speaks_http_is_told(hub: Hub) -> None:
    hub.answers["org/other"] = lambda request: request.send(200, {}, b'{"id": "org/other"}')
    assert "does not answer as a hub does" in refusal("org/other")
    hub.answers["org/page"] = lambda request: request.send(200, {}, b"<html>log in</html>")
    assert "is not what the hub announced" in refusal("org/page")


def test_without_a_network_the_cache_serves_and_that_is_said(hub: Hub, offline: Callable[[], None]) -> None:
    repo = hub.add(
        "org/cached",
        {"README.md": "---\nconfigs:\n- data_files: a.jsonl\n---\n", "a.jsonl": ROWS, "b.csv": "x"},
    )
    online = got("org/cached")
    offline()
    hub.asked.clear()
    again = got("org/cached")
    assert again.paths == online.paths
    assert again.notes == (f"HF_HUB_OFFLINE is set: read from the cache, commit {repo.commit[:12]}",)
    assert contents(got(f"org/cached@{repo.commit}/a.jsonl")) == [ROWS]
    assert "has no such file in the cache" in refusal("org/cached@main/b.csv")
    assert hub.asked == []
    assert "the hub's cache has nothing of it" in refusal("org/never")


def test_a_hub_that_is_down_is_no_hindrance_to_what_is_cached(hub: Hub) -> None:
    hub.add("org/cached", {"a.jsonl": ROWS})
    online = got("org/cached")
    hub.answers["org/cached"] = lambda request: request.no(500)
    assert got("org/cached").paths == online.paths


def test_pieces_that_are_missing_from_the_cache_are_not_left_out_silently(
    hub: Hub, offline: Callable[[], None]
) -> None:
    hub.add("org/part", {f"train-0000{n}-of-00002.jsonl": f"{n}\n" for n in range(2)})
    got("org/part@main/train-00000-of-00002.jsonl")
    offline()
    assert "has 1 of its 2 files" in refusal("org/part")


def test_a_limit_is_held_before_anything_is_downloaded(hub: Hub) -> None:
    hub.add("org/much", {"a.jsonl": ROWS})
    assert "more than --max-bytes allows" in refusal("org/much", max_bytes=len(ROWS) - 1)
    assert not any("resolve" in path for _, path in hub.asked)
    assert got("org/much", max_bytes=len(ROWS)).paths


def test_a_file_name_that_climbs_out_of_the_cache_is_not_there(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "secret.jsonl").write_text("mine")
    hub.add("org/evil", {"../../../../secret.jsonl": "theirs", "a.jsonl": ROWS})
    assert contents(got("org/evil")) == [ROWS]


def test_the_token_goes_to_the_hub_alone(hub: Hub, capfd: pytest.CaptureFixture[str]) -> None:
    hub.add("org/one", {"data.jsonl": ROWS}, large=True)
    said: list[str] = []
    fetch(Address("org/one"), say=said.append)
    assert {token for _, token in hub.tokens} == {f"Bearer {SECRET}"}
    assert not any(path.startswith("/cdn/") for path, _ in hub.tokens)
    assert any("downloading data.jsonl" in text for text in said), said
    assert SECRET not in "".join(said)
    assert capfd.readouterr() == ("", "")
