"""A user's model: loaded, traced, read node by node, or why not."""
