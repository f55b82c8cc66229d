"""One micro-batch through the model: the summed loss over its learned tokens, and how rows are kept apart."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from dataexplore.tune.attention import ROWS, isolate, own_attention
from dataexplore.tune.loss import agrees, head, summed
from dataexplore.tune.pack import MicroBatch, micro_batch
from dataexplore.tune.plan import Encoded


class Forward:
    """A causal language model, adapter or not, that computes losses of rows."""

    def __init__(self, model: Any) -> None:
        self.model = model
        """What is trained and saved: the model itself or the adapter around it."""
        self.causal = model.get_base_model() if hasattr(model, "get_base_model") else model
        self.device: str = self.causal.device.type
        self.vocabulary = int(self.causal.config.get_text_config().vocab_size)
        self.checkpointing = False
        self._own = self.causal.config._attn_implementation
        self.model.eval()  # dropout would make every comparison fail
        with self.precision():
            self._logits = head(self.causal) if agrees(self.causal, head(self.causal)) else None
            self.why_padded = isolate(self.causal)
            """Why rows cannot lie end to end in this model; "" where they do."""
        output = self.causal.get_output_embeddings()
        self._weights = [weight for weight in output.parameters() if weight.requires_grad]

    @property
    def parameters(self) -> int:
        """Weights that every token is multiplied by: all but an embedding that is only looked up."""
        config, embedding = self.causal.config.get_text_config(), self.causal.get_input_embeddings()
        looked_up = 0 if config.tie_word_embeddings else embedding.weight.numel()
        return int(self.causal.num_parameters()) - looked_up

    @property
    def packed(self) -> bool:
        """Whether rows lie end to end."""
        return not self.why_padded

    def loss(self, rows: Sequence[Encoded]) -> Any:
        """Return the summed loss of one micro-batch, longest row first, as a tensor to go backward from."""
        batch = micro_batch(rows, self.packed, self.device)
        with self.precision():
            return self._loss(batch)

    def _loss(self, batch: MicroBatch) -> Any:
        import torch

        if self.packed:
            ROWS.lay(batch.lengths, self.causal.device)
        given = {
            "input_ids": batch.input_ids,
            "position_ids": batch.position_ids,
            "attention_mask": batch.attention_mask,
            "use_cache": False,
        }
        if self._logits is None:  # a family with a head of its own
            logits = self.causal(**given).logits.flatten(0, 1).index_select(0, batch.places)
            return torch.nn.functional.cross_entropy(logits.float(), batch.targets, reduction="sum")
        hidden = self.causal.base_model(**given).last_hidden_state.flatten(0, 1)
        learned = hidden.index_select(0, batch.places)
        return summed(learned, batch.targets, self._logits, self._weights, self.vocabulary)

    def precision(self) -> AbstractContextManager[Any]:
        """Return the context to compute in: bfloat16 where CUDA has it."""
        import torch

        wanted = self.device == "cuda" and torch.cuda.is_bf16_supported()
        found: AbstractContextManager[Any] = torch.autocast(self.device, torch.bfloat16, enabled=wanted)
        return found

    def plain(self) -> AbstractContextManager[None]:
        """Return a context in which the model has its own attention, for answering and for saving."""
        return own_attention(self.causal, self._own)

    def save_memory(self) -> None:
        """Compute activations again on the way back instead of keeping them."""
        self.causal.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
        self.checkpointing = True
