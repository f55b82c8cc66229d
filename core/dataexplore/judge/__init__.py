"""Judges: what they are asked, what they answered, and what it cost."""
