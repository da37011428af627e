"""One real step of a model, and what it left behind."""
