"""Findings of a dry run: what one real step came to."""
