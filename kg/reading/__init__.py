"""Reading: from a document as published to a plan of its responsibilities."""

from kg.reading.printout import outline_text
from kg.reading.reader import read_bytes, read_file, read_text

__all__ = ["outline_text", "read_bytes", "read_file", "read_text"]
