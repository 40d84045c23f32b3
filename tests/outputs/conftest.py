"""Stores with more than one document, as the questions have them."""

from tests.questions.conftest import draft_and_final

__all__ = ["draft_and_final"]
