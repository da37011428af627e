"""What a model is held against: matrix and cluster files, or this machine."""
