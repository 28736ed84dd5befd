"""Exact search in Chinese text of any length: a bigram index, verified against the text."""
