"""What is told of a GPU: its peak by name, what nvidia-smi answers, and nothing without one."""

from pathlib import Path

import pytest

from core.jobs.lifelike import until
from dataexplore.tune.gpu import Gpu, Watch, peak


@pytest.mark.parametrize(
    ("name", "teraflops"),
    [
        ("NVIDIA H200", 989),
        ("NVIDIA GH200 480GB", 989),
        ("NVIDIA H100 PCIe", 756),
        ("NVIDIA H100 80GB HBM3", 989),
        ("NVIDIA A100-SXM4-80GB", 312),
        ("NVIDIA L40S", 362),
        ("NVIDIA L4", 121),
        ("NVIDIA GeForce RTX 4090", 165),
        ("NVIDIA RTX A4000", None),
        ("Tesla T4", None),
    ],
)
def test_the_peak_of_a_device(name: str, teraflops: float | None) -> None:
    found = peak(name)
    assert (None if found is None else found / 1e12) == teraflops


def program(folder: Path, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "nvidia-smi").write_text(f"#!/bin/sh\n{body}\n")
    (folder / "nvidia-smi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_watts_and_degrees_come_from_nvidia_smi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, f'echo "$@" > {tmp_path}/asked; echo "312.5, 61"', monkeypatch)
    watch = Watch("GPU-1")
    try:
        until(lambda: watch.latest)
        assert watch.latest == {"power": 312.5, "temperature": 61}
        assert "-i GPU-1" in (tmp_path / "asked").read_text()
    finally:
        watch.close()


@pytest.mark.parametrize("body", ['echo "[N/A], 61"', "exit 9", "echo"])
def test_an_answer_that_is_none_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    program(tmp_path, f"echo x >> {tmp_path}/asked; {body}", monkeypatch)
    watch = Watch("")
    until(lambda: (tmp_path / "asked").exists())
    watch.close()
    assert watch.latest == {}


def test_without_a_gpu_nothing_is_said_of_one() -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip(reason="this machine has a GPU")
    gpu = Gpu()
    assert (gpu.reading(1e12), gpu.facts()) == ({"mfu": None}, {})
    gpu.close()
