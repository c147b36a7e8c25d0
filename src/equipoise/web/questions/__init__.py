"""Clinical questions, written down step by step until they can be searched."""
