"""How numbers stand on the pages: shares beside their n, and what a chart has room for."""

from __future__ import annotations


def share(part: float, whole: float) -> str:
    """A share as it is printed beside its n; none of nothing. Few are not called none.

    >>> share(1, 3), share(0, 5), share(1, 40000), share(39999, 40000), share(0, 0)
    ('33.3%', '0%', '不足 0.1%', '99.9% 以上', '—')
    """
    if not whole:
        return "—"
    if part in (0, whole):
        return "0%" if not part else "100%"
    rounded = f"{100 * part / whole:.1f}"
    return {"0.0": "不足 0.1%", "100.0": "99.9% 以上"}.get(rounded, f"{rounded}%")


def short(value: float) -> str:
    """A number as there is room for it in a chart.

    >>> short(0), short(1.5), short(211576), short(7185600)
    ('0', '1.5', '211,576', '719 万')
    """
    return f"{value:,.15g}" if value < 1_000_000 else f"{value / 10_000:,.0f} 万"


def ceiling(value: float) -> int:
    """Where the axis of a chart ends: the next round number that four ticks divide.

    >>> ceiling(3), ceiling(5), ceiling(21), ceiling(61000)
    (4, 8, 40, 80000)
    """
    step = 4
    while True:
        for factor in (1, 2, 5):
            if value <= step * factor:
                return step * factor
        step *= 10
