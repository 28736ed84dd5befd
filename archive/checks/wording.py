"""How findings of several reports are worded: as those of one are, and what else they say."""

from __future__ import annotations

from extract.checks.wording import (
    PLACES,
    blank,
    blank_en,
    differ,
    differ_en,
    rounded,
    say,
    unread,
    unread_en,
)
from extract.types import Value

__all__ = [
    "PLACES", "blank", "blank_en", "blanks", "blanks_en", "differ", "differ_en", "exceeds",
    "exceeds_en", "rounded", "say", "unread", "unread_en",
]  # fmt: skip


def exceeds(about: str, left: Value, right: Value) -> str:
    """A number that should be at least, or at most, the other one."""
    return f"{about}：前者为{say(left)}，后者为{say(right)}。"


def exceeds_en(about: str, left: Value, right: Value) -> str:
    """The same in English."""
    return f"{about}: {say(left)} on one side, {say(right)} on the other."


def blanks(about: str, cells: int) -> str:
    """Several comparisons with empty cells: their sides are not said."""
    return f"{about}：有{cells}格未填数字（空白、斜线、横线或“无”）。"


def blanks_en(about: str, cells: int) -> str:
    """The same in English."""
    return f"{about}: cells without a number: {cells}."
