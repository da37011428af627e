"""A model's op list on a terminal."""
