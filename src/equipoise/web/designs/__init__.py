"""Searches for designs: asked for, followed, explored."""
