"""A scan's result on a terminal."""
