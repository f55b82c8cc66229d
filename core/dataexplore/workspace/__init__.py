"""The folder beside the data that holds decisions, signals, vectors and jobs."""
