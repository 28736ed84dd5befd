"""Units of money: what is printed, and the amount in yuan where a unit is printed.

The number stays as printed; a converted amount stands beside it, never in its place
(forms-and-rules §3: cell before heading, nothing where no unit is printed).
"""

from __future__ import annotations

from decimal import Decimal

from .types import Value

#: Unit as printed → yuan.
YUAN = {
    "元": 1,
    "千元": 1_000,
    "万元": 10_000,
    "百万元": 1_000_000,
    "千万元": 10_000_000,
    "亿元": 100_000_000,
}


def in_yuan(value: Value, unit: str | None) -> Decimal | None:
    """An amount in yuan, exact.

    Args:
        value: The number as printed.
        unit: The unit printed in its cell or heading, or None.

    Returns:
        The amount; 0 for a printed 0, whatever its unit; None where no unit is printed.

    >>> in_yuan(43.788, "万元")
    Decimal('437880')
    """
    if value is None:
        return None
    if value == 0:
        return Decimal(0)
    factor = YUAN.get(unit or "")
    if factor is None:
        return None
    amount = (Decimal(str(value)) * factor).normalize()
    return amount.quantize(Decimal(1)) if amount == amount.to_integral() else amount


def unit_flags(value: Value, in_cell: str | None, in_heading: str | None) -> tuple[str, ...]:
    """What is unusual about an amount's unit: `unit_conflict`, `unit_missing`.

    Zero needs no unit.

    Args:
        value: The number as printed.
        in_cell: Unit printed behind the number, or None; it counts where both are printed.
        in_heading: Unit printed in the column's heading, or None.
    """
    if in_cell and in_heading and in_cell != in_heading:
        return ("unit_conflict",)
    return ("unit_missing",) if value and not (in_cell or in_heading) else ()
