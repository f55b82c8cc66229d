"""A model that answers and measures answers: a base with or without an adapter, never merged."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from dataexplore.compare.answers import Answer
from dataexplore.compare.decoding import Decoding
from dataexplore.compare.side import Side
from dataexplore.errors import JobError
from dataexplore.jobs.context import reason_of
from dataexplore.judge.model.conversation import opening
from dataexplore.text import short
from dataexplore.tune import model as models
from dataexplore.tune.template import IGNORED, Template

_TOKENS = 8192
"""Prompts and answers of a batch on the CPU; on CUDA what half of the free memory holds."""
_MOST_ROWS = 256
_ON_CUDA = 8192
"""Tokens that are measured at once on CUDA, and a quarter of it on the CPU: their logits are held whole."""


class Speaker:
    """Weights from safetensors alone, in bf16 on CUDA and fp32 on the CPU, and the tokenizer's template."""

    def __init__(self, side: Side) -> None:
        import torch

        self.tokenizer = models.load_tokenizer(side.base)
        self.template = Template(self.tokenizer)
        self.model = _load(side)
        self.cuda = torch.cuda.is_available()
        self.model.to("cuda" if self.cuda else "cpu").eval()
        self._config = self.model.config.get_text_config()
        self.window = int(getattr(self._config, "max_position_embeddings", None) or 1 << 30)
        """The longest sequence that the model can read, in tokens."""
        self._ends = self._endings()

    def room(self, decoding: Decoding) -> int:
        """Return the tokens of prompts and answers to begin with."""
        import torch

        if not self.cuda:
            return _TOKENS
        config = self._config
        heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
        width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        per_token = config.num_hidden_layers * 2 * heads * width * self.model.dtype.itemsize
        held = int(torch.cuda.mem_get_info()[0] // 2 // per_token)
        return min(held, 2 * _MOST_ROWS * decoding.max_new_tokens)

    @property
    def measured_at_once(self) -> int:
        """Tokens of a batch of references."""
        return _ON_CUDA if self.cuda else _ON_CUDA // 4

    def answer(
        self, prompts: Sequence[list[int]], decoding: Decoding, stop: Callable[[], bool]
    ) -> list[Answer] | None:
        """Answer prompts side by side, padded on the left; None when `stop` said so on the way."""
        import torch
        from transformers import GenerationConfig, set_seed

        width = max(map(len, prompts))
        pad = self._ends[0]
        ids = torch.tensor([[pad] * (width - len(one)) + one for one in prompts], device=self.model.device)
        seen = torch.tensor([[0] * (width - len(one)) + [1] * len(one) for one in prompts])
        sampled: dict[str, Any] = {}
        if decoding.temperature:
            sampled = {"temperature": decoding.temperature, "top_p": decoding.top_p, "top_k": 0}
            set_seed(decoding.seed)
        asked = [False]

        def asked_to_stop(read: Any, scores: Any, **more: Any) -> Any:
            asked[0] = asked[0] or stop()
            return torch.full((read.shape[0],), asked[0], dtype=torch.bool, device=read.device)

        # the model's own defaults (a penalty, a temperature) would fill what is left open here
        self.model.generation_config = GenerationConfig(
            max_new_tokens=decoding.max_new_tokens,
            do_sample=bool(sampled),
            eos_token_id=self._ends,
            pad_token_id=pad,
            **sampled,
        )
        with torch.inference_mode():
            made = self.model.generate(
                input_ids=ids, attention_mask=seen.to(ids.device), stopping_criteria=[asked_to_stop]
            )
        if asked[0]:
            return None
        return [self._answer(row) for row in made[:, width:].tolist()]

    def _answer(self, ids: list[int]) -> Answer:
        end = next((place for place, token in enumerate(ids) if token in self._ends), None)
        text = self.tokenizer.decode(ids[:end], skip_special_tokens=True).strip()
        return Answer(text, len(ids) if end is None else end + 1, "length" if end is None else "stop")

    def losses(self, rows: Sequence[tuple[list[int], list[int]]]) -> list[float]:
        """Return the summed loss of each row's labels, as they are learned; rows are padded on the right."""
        import torch

        width = max(len(ids) for ids, _ in rows)
        ids = torch.tensor([one + [0] * (width - len(one)) for one, _ in rows], device=self.model.device)
        labels = torch.tensor(
            [one + [IGNORED] * (width - len(one)) for _, one in rows], device=self.model.device
        )
        with torch.inference_mode():
            # without a mask: padding stands behind a row, where a causal model cannot see it
            logits = self.model(input_ids=ids, use_cache=False).logits[:, :-1]
            places = labels[:, 1:] != IGNORED
            lost = torch.nn.functional.cross_entropy(
                logits[places].float(), labels[:, 1:][places], reduction="none"
            )
            at = places.nonzero()[:, 0]
            totals = torch.zeros(len(rows), dtype=torch.float64, device=lost.device)
            totals.index_add_(0, at, lost.double())
        return [float(total) for total in totals.tolist()]

    def _endings(self) -> list[int]:
        """Return every token that ends an answer: the template's, the tokenizer's, the model's own."""
        prompt = [{"role": "user", "content": "a"}]
        ids, _ = self.template.render([*prompt, {"role": "assistant", "content": ""}])
        own = self.model.generation_config.eos_token_id
        after = ids[len(opening(self.template, prompt)) :]
        first = next((token for token in after if self.template.ends([token])), None)
        found = [first, self.tokenizer.eos_token_id, *(own if isinstance(own, list) else [own])]
        return [token for token in dict.fromkeys(found) if token is not None]


def _load(side: Side) -> Any:
    import torch
    from transformers import AutoModelForCausalLM

    shown = short(side.adapter or side.base, 200)
    if side.adapter and not (Path(side.adapter) / "adapter_model.safetensors").is_file():
        raise JobError(f"{shown}: has no adapter_model.safetensors; it was moved or removed")
    dtype = torch.bfloat16 if models.uses_bf16() else torch.float32
    try:
        model = AutoModelForCausalLM.from_pretrained(
            side.base, dtype=dtype, use_safetensors=True, trust_remote_code=False
        )
        if side.adapter:
            from peft import PeftModel

            model = PeftModel.from_pretrained(model, side.adapter)
    except (torch.OutOfMemoryError, MemoryError):
        raise JobError(f"{shown}: the model does not fit into memory; take a smaller one") from None
    except Exception as error:  # the libraries raise anything
        raise JobError(f"{shown}: the model cannot be loaded: {short(reason_of(error), 200)}") from None
    return model
