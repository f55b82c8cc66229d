"""The terminal of dataexplore: command line, screens, panes and widgets."""
