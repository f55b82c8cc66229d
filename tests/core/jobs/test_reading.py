"""Reading job folders: torn lines, damage, junk."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.jobs.lifelike import Maker
from dataexplore.errors import JobError
from dataexplore.jobs.files import append_line, to_line
from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import create
from dataexplore.jobs.listing import list_jobs
from dataexplore.jobs.spec import JobSpec


def test_metrics_are_read_on_from_where_they_ended(make: Maker) -> None:
    job = make()
    path = job.folder / "metrics.jsonl"
    assert job.metrics() == ([], 0)
    append_line(path, {"step": 1})
    first, offset = job.metrics()
    assert first == [{"step": 1}]
    with path.open("ab") as file:
        file.write(b'{"step": 2, "lo')
    assert job.metrics(offset) == ([], offset)
    append_line(path, {"step": 3})
    assert job.metrics(offset)[0] == [{"step": 3}]


def test_numbers_json_has_no_word_for_are_null() -> None:
    line = to_line({"loss": float("nan"), "all": [float("inf"), 1.5], "path": Path("a")})
    assert json.loads(line) == {"loss": None, "all": [None, 1.5], "path": "a"}


@given(st.binary(max_size=200))
def test_no_status_file_can_break_a_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("job")
    spec = JobSpec("tune", "m", {}, "a", 0, "", 0, {}, "python")
    (folder / "spec.json").write_text(spec.to_json())
    (folder / "status.json").write_bytes(data)
    assert Job(folder).status().state == "damaged"


def test_a_damaged_status_is_named_and_can_be_resumed_over(make: Maker) -> None:
    job = make()
    (job.folder / "status.json").write_text('{"state": "runn')
    assert job.status().state == "damaged"
    assert "status.json" in job.status().reason


def test_a_spec_comes_back_as_it_was() -> None:
    spec = JobSpec("tune", "m", {"a": [1, None, {"b": 0.5}]}, "ä.jsonl", 7, "ff", 3, {"torch": "2"}, "py")
    assert JobSpec.from_json(spec.to_json()) == spec


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"kind": 1}', '{"kind": "tune", "rows": "7"}'])
def test_a_spec_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(JobError, match=r"spec\.json"):
        JobSpec.from_json(text)


def test_jobs_are_listed_newest_first_with_the_damaged_ones(make: Maker, tmp_path: Path) -> None:
    jobs = tmp_path / "jobs"
    assert list_jobs(jobs) == []
    first, second = make(), make()
    (jobs / "junk").mkdir()
    (jobs / "a file").touch()
    (jobs / "20200101T000000Z-tune-ffffff").mkdir()
    (jobs / "20200101T000000Z-tune-ffffff/spec.json").write_text("{")
    listed = list_jobs(jobs)
    assert [job.id for job in listed[:3]] == [second.id, first.id, "20200101T000000Z-tune-ffffff"]
    assert [job.status().state for job in listed] == ["created", "created", "damaged", "damaged"]
    assert all(job.status().reason for job in listed[2:])
    assert listed[2].kind == "tune"


@pytest.mark.parametrize("name", ["spec.json", "../evil", ".hidden", "a/b", ""])
def test_input_files_cannot_leave_the_folder(tmp_path: Path, name: str) -> None:
    spec = JobSpec("tune", "m", {}, "a", 0, "", 0, {}, "python")
    with pytest.raises(JobError, match="input file"):
        create(tmp_path, spec, {name: b""})


def test_the_tail_of_a_log_is_its_last_lines(make: Maker) -> None:
    job = make()
    assert job.log_tail() == []
    (job.folder / "log.txt").write_text("".join(f"line {n}\n" for n in range(20_000)))
    assert job.log_tail(2) == ["line 19998", "line 19999"]
    assert job.log_tail(0) == []
