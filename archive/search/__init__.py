"""Exact search in Chinese text of any length: a bigram index, verified against the text."""

from __future__ import annotations

from .asking import MOST, Found, Hit, Question, search
from .bigrams import match, words
from .names import Names

__all__ = ["MOST", "Found", "Hit", "Names", "Question", "match", "search", "words"]
