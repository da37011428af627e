"""Running: a training command watched while it runs, and diagnosed when it fails."""
