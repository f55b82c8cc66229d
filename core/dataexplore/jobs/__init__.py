"""Slow work as processes that outlive the screen: a job is a folder, and the folder is the truth."""
