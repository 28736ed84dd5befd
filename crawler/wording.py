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


def plain(text: str) -> str:
    """A line that can do nothing to a terminal: addresses and titles come from the web."""
    return "".join(sign if sign.isprintable() or sign == "\u3000" else "\ufffd" for sign in text)
