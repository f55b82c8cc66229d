"""Rules, recipes and what is written out."""
