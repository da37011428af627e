"""Keeps tokens, keys and passwords out of everything that a run leaves behind."""
