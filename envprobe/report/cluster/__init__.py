"""Reports on clusters: what a merge made, and what differs between two files."""
