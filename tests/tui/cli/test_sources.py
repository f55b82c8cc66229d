"""Every way of naming a dataset on the command line: several files, patterns, folders, a pipe, the hub."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.dataset.hub_server import Hub, serve
from dataexplore_tui.cli.files import size

ROOT = Path(__file__).parents[3]


def lines(word: str, rows: int, **more: str) -> str:
    made = [{"instruction": f"{word} {row}", "output": f"say {row}", **more} for row in range(rows)]
    return "".join(json.dumps(row) + "\n" for row in made)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with two files of rows."""
    monkeypatch.chdir(tmp_path)
    Path("a.jsonl").write_text(lines("ask", 3))
    Path("b.json").write_text(json.dumps([{"instruction": "x", "output": "y"}]))
    return tmp_path


@pytest.fixture
def hub() -> Iterator[Hub]:
    hub, stop = serve()
    yield hub
    stop()


def piped(data: str, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the command in a process of its own with something in its standard input."""
    return subprocess.run(
        [sys.executable, "-m", "dataexplore_tui.cli.main", *arguments],
        input=data,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'core'}:{ROOT / 'tui'}", **environment},
        timeout=120,
        check=False,
    )


def to(hub: Hub, folder: Path) -> dict[str, str]:
    """Return what makes the hub's client ask this hub and keep its cache in a folder."""
    return {
        "HF_ENDPOINT": hub.url, "HF_HUB_OFFLINE": "0", "HF_HOME": str(folder / "hf"), "HF_TOKEN": "hf_secret"
    }  # fmt: skip


def workspaces(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / ".dataexplore").iterdir())


def rows(ran: "subprocess.CompletedProcess[str]") -> int:
    assert ran.returncode == 0, ran.stderr
    (signal,) = (one for one in json.loads(ran.stdout)["signals"] if one["name"] == "tokens")
    return int(signal["scored"])


def test_several_files_are_one_dataset(run, here):
    found = run("scores", "a.jsonl", "b.json", "--json").found
    assert {one["scored"] for one in found["signals"]} == {4}
    assert run("scores", "*.js*", "--json").found == found
    assert run("scores", ".", "--json").found == found
    assert not (here / ".dataexplore").exists()


def test_what_is_decided_on_several_files_is_found_again_in_any_order(run, here):
    assert run("select", "a.jsonl", "b.json", "--size", "2", "-o", "out/some.jsonl").code == 0
    (name,) = workspaces(here)
    assert name.startswith("a+1-")
    assert run("export", "b.json", "a.jsonl", "-o", "out/again.jsonl", "--json").found["rows"] == 2
    both = [Path("out", name).read_text().splitlines() for name in ("some.jsonl", "again.jsonl")]
    assert sorted(both[0]) == sorted(both[1])


def test_what_was_named_twice_is_said(run, here):
    ran = run("scores", "a.jsonl", "./a.jsonl", "--json")
    assert "named more than once and read once: a.jsonl" in ran.err
    assert {one["scored"] for one in ran.found["signals"]} == {3}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("scores", "a.jsonl", "nosuch.jsonl"), "nosuch.jsonl: no such file"),
        (("nosuch",), "nosuch: no such file, and no verb; there are check"),
        (("nosuch.jsonl",), "nosuch.jsonl: no such file"),
        (("scoers", "a.jsonl"), "no verb; did you mean scores?"),
        (("scores", "*.parquet"), "nothing here fits the pattern"),
        (("scores", "some/where"), "no file here has this name either"),
        (("scores", "-", "a.jsonl"), "read alone"),
        (("scores", "a.jsonl", "--max-bytes", "2Q"), "'2Q' is no size"),
        (("scores", "a.jsonl", "--max-bytes", "1"), "allow at least 1024 bytes"),
        (("scores", "a.jsonl", "--map", "prompt"), "'prompt' is not ROLE=FIELD"),
        (("scores", "a.jsonl", "--map", "prompt=a", "--map", "prompt=b"), "prompt is two fields"),
        (("scores", "https://example.org/a.jsonl"), "is a web address"),
        (("a.jsonl", "b.json"), "needs a terminal"),
    ],
)
def test_what_stands_for_nothing_is_refused_in_one_line(run, here, arguments, says):
    assert says in run(*arguments).refusal
    assert not (here / ".dataexplore").exists()


def test_the_fields_may_be_said(run, here):
    Path("c.jsonl").write_text('{"q": "one", "a": "four"}\n')
    found = run("scores", "c.jsonl", "--map", "prompt=q", "--map", "response=a", "--json").found
    assert next(one["max"] for one in found["signals"] if one["name"] == "response_chars") == len("four")


def test_a_limit_holds_for_what_unpacks(run, here):
    import gzip

    Path("big.jsonl.gz").write_bytes(gzip.compress(lines("ask", 2000).encode()))
    assert "unpacks to more than" in run("scores", "big.jsonl.gz", "--max-bytes", "2K").refusal
    assert run("scores", "big.jsonl.gz", "--max-bytes", "2M").code == 0


@pytest.mark.parametrize(
    ("text", "bytes_"),
    [
        ("2G", 2 << 30),
        ("1.5k", 1536),
        ("3 MB", 3_000_000),
        ("4MiB", 4 << 20),
        ("5000", 5000),
        ("1T", 1 << 40),
    ],
)
def test_sizes_are_said_as_people_say_them(text, bytes_):
    assert size(text) == bytes_


def test_the_hubs_client_is_loaded_for_the_hub_alone(here):
    code = """
import sys
from dataexplore_tui.cli.main import main
assert main(["scores", "a.jsonl", "b.json"]) == 0
assert main(["scores", "*.jsonl"]) == 0
assert main(["scores", "."]) == 0
assert not {"huggingface_hub", "httpx", "httpx2", "requests", "yaml", "tqdm"} & set(sys.modules)
"""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'core'}:{ROOT / 'tui'}"}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True)


def test_what_is_piped_in_is_a_dataset_and_its_decisions_come_back(here):
    data = lines("ask", 6)
    assert rows(piped(data, "scores", "-", "--json")) == 6
    assert not (here / ".dataexplore").exists()
    assert piped(data, "select", "-", "--size", "2", "-o", "out/two.jsonl").returncode == 0
    (name,) = workspaces(here)
    assert name.startswith("stdin-")
    again = piped(data, "export", "-", "-o", "out/again.jsonl", "--json")
    assert json.loads(again.stdout)["rows"] == 2
    assert Path("out/again.jsonl").read_text() == Path("out/two.jsonl").read_text()
    other = piped(data + data, "export", "-", "-o", "out/other.jsonl", "--json")
    assert json.loads(other.stdout)["undecided"] == 12


def test_an_empty_pipe_and_a_screen_without_a_terminal_are_refused(here):
    empty = piped("", "scores", "-")
    assert (empty.returncode, empty.stdout) == (2, "")
    assert empty.stderr == "dataexplore: stdin: nothing came through the pipe; look at what is before it\n"
    ran = piped(lines("ask", 3), "-")
    assert ran.returncode == 2
    assert "the screen needs a terminal" in ran.stderr
    assert "more came than the 1,024 bytes of --max-bytes" in piped(
        lines("ask", 99), "scores", "-", "--max-bytes", "1K"
    ).stderr  # fmt: skip


def test_a_dataset_on_the_hub_is_opened_by_its_name_and_decided_on_here(here, hub, tmp_path):
    online = to(hub, tmp_path)
    hub.add("tatsu-lab/alpaca", {"train.jsonl": lines("ask", 5), "test.jsonl": lines("test", 2)})
    ran = piped("", "scores", "tatsu-lab/alpaca", "--json", **online)
    assert rows(ran) == 5
    assert ran.stderr == (
        "dataexplore: tatsu-lab/alpaca: the train split is read; there is also test "
        "(tatsu-lab/alpaca@main/test.jsonl)\n"
    )
    assert rows(piped("", "scores", "hf://datasets/tatsu-lab/alpaca/*.jsonl", "--json", **online)) == 7
    assert piped("", "select", "tatsu-lab/alpaca", "--size", "2", "-o", "two.jsonl", **online).returncode == 0
    assert workspaces(here) == ["tatsu-lab--alpaca"]
    again = piped("", "export", "tatsu-lab/alpaca", "-o", "again.jsonl", "--json", **online)
    assert json.loads(again.stdout)["rows"] == 2
    assert not list((tmp_path / "hf").rglob(".dataexplore"))
    offline = piped("", "scores", "tatsu-lab/alpaca", "--json", **{**online, "HF_HUB_OFFLINE": "1"})
    assert rows(offline) == 5
    assert "read from the cache" in offline.stderr


def test_a_hub_that_says_no_is_one_line_without_the_token(here, hub, tmp_path):
    online = to(hub, tmp_path)
    hub.add("org/gated", {"a.jsonl": lines("a", 1)}, gated=True)
    hub.answers["org/down"] = lambda request: request.no(502)
    for name in ("no/such", "org/gated", "org/down"):
        ran = piped("", "scores", name, **online)
        assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1), ran
        assert ran.stderr.startswith(f"dataexplore: {name}: ")
        assert "hf_secret" not in ran.stderr
        assert "Traceback" not in ran.stderr


def test_a_file_goes_before_a_dataset_of_the_same_name(here, hub, tmp_path):
    online = to(hub, tmp_path)
    Path("org").mkdir()
    Path("org/name").write_text(lines("here", 4))
    hub.add("org/name", {"a.jsonl": lines("there", 1)})
    assert rows(piped("", "scores", "org/name", "--json", **online)) == 4
    assert hub.asked == []
    ran = piped("", "scores", "org/other", "--json", **online)
    assert "no such file; for the dataset of this name on the hub say hf://datasets/org/other" in ran.stderr
    assert hub.asked == []
