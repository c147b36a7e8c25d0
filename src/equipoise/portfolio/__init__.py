"""Registry records: what trials there are, read, kept, searched, and turned into assumptions for a design."""

from equipoise.portfolio.reading import read_records
from equipoise.portfolio.record import Record, Refusal
from equipoise.portfolio.sources import SOURCES

__all__ = ["SOURCES", "Record", "Refusal", "read_records"]
