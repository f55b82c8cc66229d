"""Judges behind an OpenAI-compatible endpoint: many asked at once, each paid for once."""
