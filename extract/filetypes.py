"""Kinds of files that reports are published in: one list for the reader and the crawler."""

from __future__ import annotations

#: File name extensions, as alternatives of a regular expression.
FILE_TYPES = "pdf|docx?|wps|xlsx?|et|ofd|rtf|zip|rar"
