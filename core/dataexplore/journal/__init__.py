"""Decisions: the append-only journal and what follows from it."""
