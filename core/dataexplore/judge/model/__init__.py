"""Judges with a model of this machine: a rubric by probabilities, IFD, lengths; beside torch alone."""
