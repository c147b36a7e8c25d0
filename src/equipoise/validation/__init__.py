"""Checking Equipoise against its peers' figures: what `equipoise validate` does."""

from equipoise.validation.report import Column, Difference, Report, validate_files

__all__ = ["Column", "Difference", "Report", "validate_files"]
