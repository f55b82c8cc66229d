"""Ways to choose that papers describe, by name."""
