"""A diagnosis for a terminal or a file."""
