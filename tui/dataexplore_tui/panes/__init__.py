"""Parts of a screen that know the rows but not each other."""
