"""Many machines' matrices: merged into one cluster file, and two of them compared."""
