"""Rows in another schema: what is said in a row is read once and written as the target has it."""
