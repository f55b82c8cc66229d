"""One file per verb: what it takes, and what it does with it."""
