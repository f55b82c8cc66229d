"""The generate job as a process: answers that are the model's own, killed, stopped, resumed, taken over."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from core.compare.lifelike import SAID, prompts, tuned
from core.jobs.lifelike import ended, until, worker
from dataexplore.compare.answers import ANSWERS, Loss, read_answers, read_losses
from dataexplore.compare.comparison import comparison
from dataexplore.compare.decoding import Decoding
from dataexplore.compare.generation import generation
from dataexplore.compare.prompt import Prompt
from dataexplore.compare.side import bare, of_run
from dataexplore.errors import JobError
from dataexplore.jobs import control
from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import start
from processes import printed

SHORT = Decoding(max_new_tokens=12)


def alone(model: Path, adapter: Path, prompt: Prompt, decoding: Decoding) -> tuple[str, float]:
    """Answer one prompt by itself and measure its reference, in the plainest way there is."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    words = AutoTokenizer.from_pretrained(model)
    speaker = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(model), adapter).eval()
    asked = f"<|im_start|>user\n{prompt.text}<|im_end|>\n<|im_start|>assistant\n"
    ids = words(asked, return_tensors="pt")["input_ids"]
    end = words.convert_tokens_to_ids("<|im_end|>")
    made = list[int]()
    with torch.no_grad():
        for _ in range(decoding.max_new_tokens):
            given = torch.cat([ids, torch.tensor([made], dtype=ids.dtype)], dim=1)
            token = int(speaker(input_ids=given).logits[0, -1].argmax())
            if token in (end, words.eos_token_id):
                break
            made.append(token)
        learned = words(prompt.reference, return_tensors="pt")["input_ids"]
        whole = torch.cat([ids, learned, torch.tensor([[end]])], dim=1)
        logits = speaker(input_ids=whole).logits[0, ids.shape[1] - 1 : -1]
        lost = torch.nn.functional.cross_entropy(logits, whole[0, ids.shape[1] :])
    return words.decode(made, skip_special_tokens=True).strip(), float(lost)


def test_answers_and_losses_are_those_of_each_prompt_alone(model: Path, jobs: Path) -> None:
    run = tuned(jobs, model, 1)
    some = prompts([*SAID[:7], "a longer prompt: " + " ".join(SAID[:5])])
    some.append(some[1])  # counts twice in a comparison, and is answered once
    job = start(generation(jobs, of_run(run), some, SHORT, "p.jsonl"))
    assert ended(job) == "finished", job.log_tail()
    said, lost = read_answers(job.folder), read_losses(job.folder)
    assert said.keys() == {one.key for one in some}
    for prompt in some:
        text, loss = alone(model, run.folder / "adapter", prompt, SHORT)
        assert said[prompt.key].text == text
        if prompt.reference:
            assert lost[prompt.reference_key].mean == pytest.approx(loss, abs=1e-4)
    found: Any = job.result()
    assert (found["prompts"], found["answered"], found["references"]) == (8, 8, 4)
    assert found["decoding"] == job.spec.settings["decoding"] == SHORT.to_json()
    assert found["new_tokens"] == sum(one.tokens for one in said.values())
    assert len(lost) == 4
    total = [one for one in lost.values() if one.total is not None]
    assert found["reference_loss"] == pytest.approx(
        sum(one.total or 0 for one in total) / sum(one.tokens for one in total)
    )


def slow(jobs: Path, model: Path) -> Job:
    """Make a job of many small batches."""
    many = prompts(f"{text} {number}" for number in range(6) for text in SAID)
    return generation(jobs, bare(str(model)), many, SHORT, "p.jsonl", batch_tokens=80)


def lines(job: Job) -> list[bytes]:
    """Return the lines of answers that are on disk."""
    path = job.folder / ANSWERS
    return path.read_bytes().splitlines() if path.exists() else []


def test_killed_and_resumed_no_prompt_is_answered_twice(model: Path, jobs: Path) -> None:
    job = start(slow(jobs, model))
    until(lambda: len(lines(job)) > 20)
    os.kill(worker(job), signal.SIGKILL)
    assert ended(job) == "lost"
    before = lines(job)
    assert 20 < len(before) < job.spec.rows
    with (job.folder / ANSWERS).open("ab") as file:
        file.write(b'{"prompt": "torn')
    control.resume(job)
    assert ended(job) == "finished", job.log_tail()
    after = lines(job)
    assert after[: len(before)] == before
    assert len(after) == job.spec.rows + 1  # with the torn one
    assert len(read_answers(job.folder)) == job.spec.rows


def test_a_stop_is_heard_within_a_batch(model: Path, jobs: Path) -> None:
    endless = Decoding(max_new_tokens=200)
    job = generation(
        jobs, bare(str(model)), prompts(f"{text} {n}" for n in range(9) for text in SAID), endless, "p"
    )
    start(job)
    until(lambda: job.status().phase == "answering")
    control.stop(job)
    assert ended(job) == "stopped", job.log_tail()
    assert job.status().done < job.spec.rows


def test_what_is_known_is_taken_over(model: Path, jobs: Path) -> None:
    side = bare(str(model))
    few = generation(jobs, side, prompts(SAID[:4]), SHORT, "p")
    assert ended(start(few)) == "finished"
    assert generation(jobs, side, prompts(SAID[:4]), SHORT, "p").folder == few.folder
    more = generation(jobs, side, prompts(SAID[:6]), SHORT, "p")
    assert more.folder != few.folder
    assert read_answers(more.folder) == read_answers(few.folder)
    assert read_losses(more.folder) == read_losses(few.folder)
    assert read_answers(generation(jobs, side, prompts(SAID[:6]), Decoding(13), "p").folder) == {}
    elsewhere = generation(jobs, side, prompts(SAID[:6]), SHORT, "p", "/other/python")
    assert elsewhere.folder != more.folder
    assert len(read_answers(elsewhere.folder)) == 4
    assert generation(jobs, side, prompts(SAID[:4]), SHORT, "p", "/other/python").folder == few.folder


def test_what_cannot_be_answered_has_a_reason(model: Path, jobs: Path) -> None:
    some = [*prompts(["word " * 300, "short"]), Prompt((("oracle", "?"), ("user", "a")))]
    job = start(generation(jobs, bare(str(model)), some, SHORT, "p"))
    assert ended(job) == "finished", job.log_tail()
    found: Any = job.result()
    assert found["unanswered"] == {"longer than the window": 1, "a turn of an unknown role": 1}
    assert found["answered"] == 1
    compared = comparison(jobs.parent, (bare(str(model)), of_run(tuned(jobs, model, 1))), some, SHORT, "p")
    assert compared.jobs[0].folder == job.folder
    answered = compared.answered()
    assert answered.pairs == []
    assert answered.unanswered == {
        "longer than the window": 1,
        "not asked yet": 1,
        "a turn of an unknown role": 1,
    }


def test_a_model_is_not_compared_with_itself(model: Path, jobs: Path) -> None:
    side = bare(str(model))
    with pytest.raises(JobError, match="are the same one"):
        comparison(jobs.parent, (side, side), prompts(), SHORT, "p")


def test_a_model_without_weights_fails_in_one_sentence(model: Path, jobs: Path) -> None:
    run = tuned(jobs, model, 1)
    side = of_run(run)
    (run.folder / "adapter/adapter_model.safetensors").unlink()
    job = start(generation(jobs, side, prompts(), SHORT, "p"))
    assert ended(job) == "failed"
    assert "has no adapter_model.safetensors" in job.status().reason


def test_a_loss_says_nats_a_token() -> None:
    assert Loss(6.0, 3).mean == 2
    assert Loss(None, 3).mean is Loss(0.0, 0).mean is None


@pytest.mark.parametrize(
    "wrong", [{"max_new_tokens": 0}, {"temperature": -1.0}, {"top_p": 0.0}, {"seed": -1}]
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(JobError):
        Decoding(**wrong)


def test_the_worker_needs_no_screen_and_no_frames() -> None:
    code = "import sys, dataexplore.compare.generate_worker; print(*sys.modules)"
    loaded = set(printed(code).split())
    assert not loaded & {"polars", "textual", "rich", "torch", "openai", "orjson"}
