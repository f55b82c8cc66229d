"""Rule checks: what is wrong with a row without asking anybody."""
