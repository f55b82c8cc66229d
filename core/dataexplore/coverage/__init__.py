"""Tells how well a subset covers all rows, and picks rows that cover them."""
