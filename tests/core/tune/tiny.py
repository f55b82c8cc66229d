"""A tiny Llama and tokenizers made in memory, so that real training needs no network and no time."""

from pathlib import Path
from typing import Any

CHAT = (
    "{% for m in messages %}"
    "{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}"
    "{% endfor %}"
)
_TEXT = "the sea is calm tonight add two and name a color red blue green one three hello world"
WORDS = _TEXT.split()
SHAPE = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 256,
}


def rows(count: int = 12) -> list[dict[str, Any]]:
    """Return rows with answers that can be learned."""
    made = []
    for number in range(count):
        question = f"name {WORDS[number % len(WORDS)]} number {number}"
        answer = " ".join(WORDS[(number + step) % len(WORDS)] for step in range(4 + number % 5))
        messages = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
        made.append({"row": number, "key": f"k{number}", "messages": messages})
    return made


def tokenizer(chat: bool = True, bos: bool = False, eos: bool = True) -> Any:
    """Return a byte-level BPE tokenizer trained on a few words; any text can be written in it."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    special = ["<pad>", "<s>", "</s>", "<|im_start|>", "<|im_end|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=340, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    backend.train_from_iterator([" ".join(WORDS)] * 4, trainer)
    if bos:
        backend.post_processor = processors.TemplateProcessing(
            single="<s> $A", special_tokens=[("<s>", backend.token_to_id("<s>"))]
        )
    made = PreTrainedTokenizerFast(
        tokenizer_object=backend,
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>" if eos else None,
        additional_special_tokens=["<|im_start|>", "<|im_end|>"],
    )
    made.chat_template = CHAT if chat else None
    return made


def causal(kind: str) -> Any:
    """Return a random model of one family, or of a family with a peculiarity."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    torch.manual_seed(0)
    family = {"qwen2": "qwen2", "sliding": "mistral"}.get(kind, "llama")
    more: dict[str, Any] = {"sliding": {"sliding_window": 8}, "tied": {"tie_word_embeddings": True}}.get(
        kind, {}
    )
    config = AutoConfig.for_model(family, **SHAPE, vocab_size=340, **more)
    model = AutoModelForCausalLM.from_config(config)
    if kind == "odd head":
        own = model.forward
        model.forward = lambda **given: _scaled(own(**given))
    if (
        kind == "mixing"
    ):  # a layer that carries something from each place to the next, as state-space models do
        model.model.layers[0].register_forward_hook(
            lambda layer, given, found: found + found.roll(1, 1) * _later(found)
        )
    return model


def _scaled(found: Any) -> Any:
    found.logits = found.logits * 3
    return found


def _later(hidden: Any) -> Any:
    import torch

    return (torch.arange(hidden.shape[1]) > 0).to(hidden.dtype)[None, :, None]


def save_model(folder: Path, chat: bool = True) -> Path:
    """Save a Llama of two layers (about 40,000 weights) with its tokenizer and return its folder."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    words = tokenizer(chat)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(words),
        **SHAPE,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    words.save_pretrained(folder)
    return folder
