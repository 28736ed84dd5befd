"""What charts and regions share: rates of rows that are sums, and the levels to choose from."""

from __future__ import annotations

from typing import Any

from archive.site.queries import Row

#: A level that the release does not know.
UNKNOWN = "wei"


def number(value: object) -> float | None:
    """A number of a row; None of anything else."""
    return float(value) if isinstance(value, int | float) else None


def rate(row: Row, code: str) -> float | None:
    """A rate of a row; None where there is nothing to divide by, or less."""
    above, below = number(row[f"{code}_above"]), number(row[f"{code}_below"])
    return None if above is None or below is None or below <= 0 else above / below


def known_levels(conn: Any, kind: str = "") -> list[tuple[str, int]]:
    """Levels of agencies with how many reports of their own, those with the most first.

    Args:
        conn: A connection.
        kind: Of the agencies; "" for all.
    """
    sql = (
        "SELECT coalesce(level, ?1), sum(iif(scope = 'own', reports, 0)) FROM _kind_sums "
        "WHERE ?2 IN ('', kind) GROUP BY level ORDER BY 2 DESC, 1"
    )
    return [(str(level), int(count)) for level, count in conn.execute(sql, (UNKNOWN, kind))]


def usual_level(levels: list[tuple[str, int]]) -> str:
    """The level that is shown where none is asked for."""
    return next((level for level, _ in levels if level != UNKNOWN), "county")
