"""Words for numbers."""

from __future__ import annotations


def counted(number: int, noun: str, many: str = "") -> str:
    """A number of things: `1 portal`, `2 portals`.

    Args:
        number: How many.
        noun: What, of one.
        many: What, of several, where that is more than an s.
    """
    return f"{number} {noun if number == 1 else many or noun + 's'}"
