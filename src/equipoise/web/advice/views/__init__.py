"""The pages of the room of advice."""
