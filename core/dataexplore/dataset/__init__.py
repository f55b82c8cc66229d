"""Datasets as they are on disk: opened read-only, every row reachable as its own bytes."""
