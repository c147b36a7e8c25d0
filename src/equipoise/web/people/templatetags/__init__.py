"""Template tags of people: the time in two places."""
