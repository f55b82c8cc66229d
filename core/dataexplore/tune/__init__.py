"""Fine-tunes as jobs: kept rows in, a LoRA adapter with its card out."""
