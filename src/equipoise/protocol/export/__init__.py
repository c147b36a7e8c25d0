"""A protocol as a document to read and to sign: Word, PDF and Markdown."""

from equipoise.protocol.export.pdf import to_pdf

__all__ = ["to_pdf"]
