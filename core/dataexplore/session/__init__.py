"""The one owner of mutable state."""
