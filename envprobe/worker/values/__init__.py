"""Follows the batch's values through a traced step, to find what they do not suit."""
