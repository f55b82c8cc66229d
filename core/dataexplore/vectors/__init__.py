"""Turns row text into vectors: encoders, and the store that keeps their vectors by key."""
