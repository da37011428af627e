"""What logs tell by the way, and what rules make conditions on; one file a topic."""
