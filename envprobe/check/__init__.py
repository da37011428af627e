"""Check: a model's training step against a machine's or a cluster's matrix, before training."""
