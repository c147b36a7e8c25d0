"""English ones."""
