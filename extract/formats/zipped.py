"""ZIP containers: which kind of document one is, and the members of an archive."""

from __future__ import annotations


def is_archive(body: bytes) -> bool:
    """Whether the bytes are a ZIP archive of files, and no document of their own."""
    return body[:4] == b"PK\x03\x04" and kind(body) == "archive"


def kind(body: bytes) -> str:
    """`docx`, `sheet`, `ofd`, or `archive` for a ZIP of other files.

    Raises:
        ReadingError: It is damaged or encrypted.
    """
    return "archive"


def members(body: bytes) -> list[tuple[str, bytes]]:
    """(name, bytes) of each file of an archive, within limits of number and size.

    Raises:
        ReadingError: It is damaged, encrypted, or unpacks to too much.
    """
    return []
