"""Tokens a second of a LoRA beside transformers' stock Trainer, on the same rows in batches of eight.

    python benchmarks/tuning.py alpaca.jsonl

Random weights, 20 million or as many as `--shape` says, are tuned on rows as long as the dataset's (four
characters a token). Both sides take steps of eight rows (`--batch` changes ours); the peer pads them to their
longest, as it does by itself. Loading, importing and the first two steps are not counted. Goal: at least 1.5
times the peer's tokens a second, on a GPU with 0.5B four times; there the share of the device's peak is
printed, too (4 FLOPs per weight and token).
"""

import json
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from in_turn import in_turn, options

GOALS = {"tiny": 1.5, "0.5B": 4.0, "1.5B": 4.0}
SIDES = ("ours", "peer")
VOCABULARY = 32_000
BATCH = 8
UNCOUNTED = 2
SHAPES = {
    "tiny": (256, 768, 4, 8, 4, VOCABULARY),
    "0.5B": (896, 4864, 24, 14, 2, 151_936),
    "1.5B": (1536, 8960, 28, 12, 2, 151_936),
}
"""Width, inner width, layers, heads, key heads and vocabulary; the large ones are Qwen2's."""


def main() -> int:
    parser = options(__doc__, SIDES, rounds=3)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--shape", choices=SHAPES, default="tiny")
    parser.add_argument("--batch", type=int, default=BATCH, help="rows of one of our steps (8)")
    asked = parser.parse_args()
    if asked.side:
        batch = asked.batch if asked.side == "ours" else BATCH
        rows = rows_of(asked.dataset, (asked.steps + UNCOUNTED) * batch, asked.seed)
        with tempfile.TemporaryDirectory() as folder:
            base = saved_model(Path(folder) / "base", asked.shape)
            print(json.dumps(ours(base, rows, batch) if asked.side == "ours" else peer(base, rows)))
        return 0
    results = in_turn(__file__, SIDES, asked.rounds)
    for side, runs in results.items():
        print(side, *(f"{run['tokens'] / run['seconds']:,.0f} tokens/s" for run in runs))
    shares = [run["mfu"] for run in results["ours"] if run["mfu"]]
    if shares:
        print("share of the peak", *(f"{share:.3f}" for share in shares))
    fast, slow = (statistics.median(r["tokens"] / r["seconds"] for r in runs) for runs in results.values())
    goal = GOALS[asked.shape]
    print(f"ratio {fast / slow:.2f} (goal {goal})")
    return 0 if fast / slow >= goal else 1


def rows_of(dataset: Path, count: int, seed: int) -> list[Any]:
    from dataexplore.tune.plan import Encoded
    from dataexplore.tune.template import IGNORED

    draw = random.Random(seed)
    lines = draw.sample(dataset.read_bytes().splitlines(), count)
    rows = []
    for number, line in enumerate(lines):
        row = json.loads(line)
        asked = 20 + len(row["instruction"] + row.get("input", "")) // 4
        answer = 2 + len(row["output"]) // 4
        ids = [draw.randrange(10, VOCABULARY) for _ in range(asked + answer)][:512]
        rows.append(Encoded(number, ids, [IGNORED] * asked + ids[asked:]))
    return [row for row in rows if len(row.input_ids) == len(row.labels)]


def saved_model(folder: Path, shape: str) -> Path:
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(0)
    width, inner, layers, heads, key_heads, vocabulary = SHAPES[shape]
    config = Qwen2Config(
        vocab_size=vocabulary,
        hidden_size=width,
        intermediate_size=inner,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=key_heads,
        tie_word_embeddings=shape != "tiny",
        dtype=torch.bfloat16 if torch.cuda.is_available() else torch.float32,
    )
    Qwen2ForCausalLM(config).save_pretrained(folder)
    return folder


def ours(base: Path, rows: list[Any], batch: int) -> dict[str, Any]:
    from dataexplore.tune.forward import Forward
    from dataexplore.tune.gpu import Gpu
    from dataexplore.tune.loop import Loop
    from dataexplore.tune.memory import Budget
    from dataexplore.tune.model import load_model
    from dataexplore.tune.optimizer import Optimizer
    from dataexplore.tune.presets import preset
    from dataexplore.tune.ranks import Ranks

    settings = preset("quick", str(base), batch_rows=batch, epochs=1)
    steps = settings.steps(len(rows))
    forward = Forward(load_model(settings))
    optimizer = Optimizer(forward.model, settings, steps)
    budget = Budget(forward, None, print)
    loop = Loop(forward, optimizer, budget, rows, settings, steps, Ranks())
    tokens, began = 0, 0.0
    for number in range(steps):
        if number == UNCOUNTED:
            tokens, began = 0, time.perf_counter()
        tokens += loop.step(number).tokens
    seconds = time.perf_counter() - began
    flops = 4 * forward.parameters * tokens / seconds
    return {"tokens": tokens, "seconds": seconds, "mfu": Gpu().reading(flops)["mfu"]}


def peer(base: Path, rows: list[Any]) -> dict[str, float]:
    import torch
    from transformers import Trainer, TrainerCallback, TrainingArguments

    from dataexplore.tune.model import load_model
    from dataexplore.tune.presets import preset

    ends: list[float] = []
    tokens: list[int] = []

    class Clock(TrainerCallback):
        def on_step_end(self, *args: Any, **rest: Any) -> None:
            ends.append(time.perf_counter())

    def padded(batch: list[Any]) -> dict[str, Any]:
        width = max(len(row.input_ids) for row in batch)
        tokens.append(sum(len(row.input_ids) for row in batch))

        def filled(lists: list[list[int]], value: int) -> Any:
            return torch.tensor([values + [value] * (width - len(values)) for values in lists])

        return {
            "input_ids": filled([row.input_ids for row in batch], 0),
            "attention_mask": filled([[1] * len(row.input_ids) for row in batch], 0),
            "labels": filled([row.labels for row in batch], -100),
        }

    arguments = TrainingArguments(
        output_dir=str(base.parent / "peer"),
        per_device_train_batch_size=BATCH,
        num_train_epochs=1,
        learning_rate=2e-4,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
        remove_unused_columns=False,
        label_names=["labels"],
        use_cpu=not torch.cuda.is_available(),
        bf16=torch.cuda.is_available(),
    )
    model = load_model(preset("quick", str(base)))
    trainer = Trainer(model, arguments, data_collator=padded, train_dataset=rows, callbacks=[Clock()])
    trainer.train()
    return {"tokens": sum(tokens[UNCOUNTED:]), "seconds": ends[-1] - ends[UNCOUNTED - 1]}


if __name__ == "__main__":
    sys.exit(main())
