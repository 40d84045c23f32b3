"""Real clients of each kind against the running service."""
