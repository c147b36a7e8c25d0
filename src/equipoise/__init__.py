"""Equipoise: from a clinical question to a study worth running, together."""

__version__ = "0.1.0"
