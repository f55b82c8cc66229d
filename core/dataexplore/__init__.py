"""The library under the dataexplore screen: datasets, decisions, signals, duplicates, clusters and tuning."""

__version__ = "0.1.0"
