"""Reading: from a document as published to a plan of its responsibilities."""

from kg.reading.reader import read_bytes, read_file, read_text

__all__ = ["read_bytes", "read_file", "read_text"]
