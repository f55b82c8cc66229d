"""Data for all tests: a small Alpaca, and the real files where the folder beside the repository has them."""

import gzip
import json
import os
import socket
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from paths import BAD_INPUTS, REAL_DATA

MakeAlpaca = Callable[..., Path]

os.environ |= {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}  # for the programs that tests start, too
_QUEUES = tempfile.TemporaryDirectory(prefix="dataexplore-tests-")
os.environ["XDG_RUNTIME_DIR"] = _QUEUES.name  # runs of session-wide fixtures take turns with nobody else's


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Refuses every connection that leaves the machine: no test may need a hub."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(
            ("127.", "::1")
        ):
            raise AssertionError(f"a test reached for the network: {address}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(autouse=True)
def own_devices(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets no run of a test wait for a run of another one, or of whoever uses this machine."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))


@pytest.fixture
def alpaca(tmp_path: Path) -> MakeAlpaca:
    """Writes a JSONL of instruction, input, output and a score, one record per given output."""

    def make(outputs: list[Any] | int = 12, name: str = "small.jsonl", **more: list[Any]) -> Path:
        if isinstance(outputs, int):
            outputs = [f"answer {row} " + "x" * (7 * row % 40) for row in range(outputs)]
        records = [
            {"instruction": f"task {row}", "input": "", "output": output, "score": row % 6}
            | {field: values[row] for field, values in more.items()}
            for row, output in enumerate(outputs)
        ]
        path = tmp_path / name
        path.write_bytes(b"".join(json.dumps(record).encode() + b"\n" for record in records))
        return path

    return make


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Unpacks a real file once; skips where there are none."""
    folder = tmp_path_factory.mktemp("real")

    def unpack(name: str) -> Path:
        packed = REAL_DATA / f"{name}.gz"
        if not packed.exists():
            pytest.skip("the real data is not beside the repository")
        path = folder / name
        if not path.exists():
            path.write_bytes(gzip.decompress(packed.read_bytes()))
        return path

    return unpack


@pytest.fixture(scope="session")
def bad_inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpacks the regular files of the corpus of bad inputs."""
    corpus = BAD_INPUTS / "corpus.tar.gz"
    if not corpus.exists():
        pytest.skip("the bad inputs are not beside the repository")
    folder = tmp_path_factory.mktemp("bad")
    with tarfile.open(corpus) as archive:
        for member in archive:
            if member.isreg():
                source = archive.extractfile(member)
                assert source is not None
                (folder / Path(member.name).name).write_bytes(source.read())
    return folder
