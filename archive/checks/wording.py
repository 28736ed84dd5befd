"""How findings are worded: both sides, and no judgement (docs: 报告所载数字不相等)."""

from __future__ import annotations

from extract.types import Value


def say(value: Value, nothing: str = "（空）") -> str:
    """A number as a sentence says it."""
    if value is None:
        return nothing
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def differ(about: str, left: Value, right: Value) -> str:
    """Two numbers that should be equal."""
    return f"{about}：报告所载数字不相等，前者为{say(left)}，后者为{say(right)}。"


def differ_en(about: str, left: Value, right: Value) -> str:
    """The same in English."""
    return (
        f"{about}: the printed figures differ, {say(left)} on one side and {say(right)} "
        "on the other."
    )


def exceeds(about: str, left: Value, right: Value) -> str:
    """A number that should be at least, or at most, the other one."""
    return f"{about}：前者为{say(left)}，后者为{say(right)}。"


def exceeds_en(about: str, left: Value, right: Value) -> str:
    """The same in English."""
    return f"{about}: {say(left)} on one side, {say(right)} on the other."


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


def blanks(about: str, cells: int) -> str:
    """Several comparisons with empty cells: their sides are not said."""
    return f"{about}：有{cells}格未填数字（空白、斜线、横线或“无”）。"


def blanks_en(about: str, cells: int) -> str:
    """The same in English."""
    return f"{about}: cells without a number: {cells}."


def unread(about: str, cells: int) -> str:
    """A comparison with cells that were not read."""
    return f"{about}：有{cells}个数值未读出，无法核对。"


def unread_en(about: str, cells: int) -> str:
    """The same in English."""
    return f"{about}: figures that were not found: {cells}; not assessable."
