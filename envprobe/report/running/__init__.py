"""A watched run for a terminal."""
