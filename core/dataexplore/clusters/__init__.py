"""Finds what a dataset is made of: k-means, term labels, samples of each cluster."""
