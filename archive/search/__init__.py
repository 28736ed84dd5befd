"""Exact search in Chinese text of any length: a bigram index, verified against the text."""

from __future__ import annotations

from .asking import Found, Hit, Question, search, titles
from .bigrams import match, words
from .names import Names
from .snippets import Piece, snippet

__all__ = [
    "Found",
    "Hit",
    "Names",
    "Piece",
    "Question",
    "match",
    "search",
    "snippet",
    "titles",
    "words",
]
