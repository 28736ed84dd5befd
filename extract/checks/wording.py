"""How findings are worded: both sides, and no judgement (docs: 报告所载数字不相等)."""

from __future__ import annotations

from decimal import Decimal

from ..types import Value

#: Places behind the point that count: of what is printed no more is known, and sums of
#: floating-point numbers go astray behind them.
PLACES = 6


def rounded(value: Value) -> Value:
    """A sum as sums are compared: what only floating-point numbers tell apart is equal.

    >>> rounded(0.1 + 0.2)
    0.3
    """
    return round(value, PLACES) if isinstance(value, float) else value


def say(value: Value, nothing: str = "（空）") -> str:
    """A number as a sentence says it: all its digits, to the sixth place, and no exponent.

    >>> say(1234567.5), say(0.1 + 0.2), say(12345678901)
    ('1234567.5', '0.3', '12345678901')
    """
    if value is None:
        return nothing
    if isinstance(value, int):
        return str(value)
    text = f"{Decimal(repr(value)):.{PLACES}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def differ(about: str, left: Value, right: Value) -> str:
    """Two numbers that should be equal."""
    return f"{about}：报告所载数字不相等，前者为{say(left)}，后者为{say(right)}。"


def differ_en(about: str, left: Value, right: Value) -> str:
    """The same in English."""
    return (
        f"{about}: the printed figures differ, {say(left)} on one side and {say(right)} "
        "on the other."
    )


def blank(about: str, cells: int, left: Value, right: Value) -> str:
    """A comparison with empty cells: what is left without them."""
    return (
        f"{about}：有{cells}格未填数字（空白、斜线、横线或“无”）；"
        f"只计已填数字，前者为{say(left)}，后者为{say(right)}。"
    )


def blank_en(about: str, cells: int, left: Value, right: Value) -> str:
    """The same in English."""
    return (
        f"{about}: cells without a number: {cells}; without them one side is "
        f"{say(left, 'empty')}, the other {say(right, 'empty')}."
    )


def blank_beside_words(about: str, cells: int, right: Value) -> str:
    """A denial against empty cells: it has words on its side, and no number."""
    printed = f"只计已填数字，表格为{say(right)}"
    return f"{about}：有{cells}格未填数字（空白、斜线、横线或“无”）；{printed}。"


def blank_beside_words_en(about: str, cells: int, right: Value) -> str:
    """The same in English."""
    return (
        f"{about}: cells without a number: {cells}; without them the tables say "
        f"{say(right, 'empty')}."
    )


def unread(about: str, cells: int) -> str:
    """A comparison with cells that were not read."""
    return f"{about}：有{cells}个数值未读出，无法核对。"


def unread_en(about: str, cells: int) -> str:
    """The same in English."""
    return f"{about}: figures that were not found: {cells}; not assessable."
