"""The command line: opens the screen, or runs one verb without it."""
