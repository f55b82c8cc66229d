"""Finds what repeats: edges once, groups at any threshold, one survivor per group."""
