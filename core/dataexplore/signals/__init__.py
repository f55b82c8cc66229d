"""One value per row: columns, histograms, imports."""
