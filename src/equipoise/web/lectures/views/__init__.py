"""The pages of the lectures."""
