"""The smallest changes under which a model would run."""
