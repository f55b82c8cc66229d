"""`select --in` and `--not-in`: sets of rows from the command line."""
