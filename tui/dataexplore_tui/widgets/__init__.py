"""Parts of a screen that know nothing of datasets."""
