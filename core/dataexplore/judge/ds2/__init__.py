"""Scores put right by those of near rows, after DS2."""
