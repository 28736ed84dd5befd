"""The identities C01–C05 stated a second time, and the errors a report can be given.

Nothing here knows how the figures were made, so that what follows from a planted
error is found, not assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from extract.forms import Form
from tests.portal.figures import APPLICANTS, ENDS, VERDICTS, Figures, Number, results

PLANTS = ("row_sum", "balance", "result_sum", "dispute_sum", "not_whole")


@dataclass(frozen=True, slots=True)
class Broken:
    """An identity that does not hold.

    Attributes:
        check: `C01` … `C05` (forms-and-rules §2).
        keys: Keys of the figures concerned, addends first, the printed total last.
        left: Left side of the equation (C01: 一 + 二; else the sum of the addends).
        right: Right side (C01: (七) + 四; else the printed total).
    """

    check: str
    keys: tuple[str, ...]
    left: Number
    right: Number


def broken(found: Mapping[str, Number], form: Form) -> tuple[Broken, ...]:
    """State which of C01–C05 do not hold, in the order of check, table and column."""
    failing: list[Broken] = []

    def compare(check: str, left: tuple[str, ...], right: tuple[str, ...]) -> None:
        sides = sum(found[key] for key in left), sum(found[key] for key in right)
        if sides[0] != sides[1]:
            failing.append(Broken(check, (*left, *right), *sides))

    columns = (*APPLICANTS, "total")
    for column in columns:
        ends = [f"t3_{code}_{column}" for code in ENDS]
        compare("C01", tuple(ends[:2]), tuple(ends[2:]))
    for column in columns:
        addends = tuple(f"t3_{code}_{column}" for code in results(form))
        compare("C02", addends, (f"t3_processed_total_{column}",))
    for line in form.table("t3"):
        row = tuple(f"t3_{line.code}_{column}" for column in columns)
        compare("C03", row[:-1], row[-1:])
    for line in form.table("t4"):
        row = tuple(f"t4_{line.code}_{code}" for code in (*VERDICTS, "total"))
        compare("C04", row[:-1], row[-1:])
    for slot in form.slots():
        value = found[slot.key]
        whole = value == int(value) and (value >= 0 or slot.measure.kind == "signed")
        if slot.measure.kind != "money" and not whole:
            failing.append(Broken("C05", (slot.key,), value, int(value)))
    return tuple(failing)


def plant(found: Mapping[str, Number], form: Form, kind: str) -> tuple[Figures, tuple[Broken, ...]]:
    """Spoil one thing.

    Args:
        found: Figures that add up.
        form: Their form.
        kind: One of `PLANTS`.

    Returns:
        The spoilt figures and everything that no longer holds because of it.
    """
    spoilt = dict(found)
    changes: dict[str, Number]
    if kind == "row_sum":  # one mistyped 总计: its row, and the sum of its column
        changes = {"t3_granted_total": 9}
    elif kind == "balance":  # 一 counted once more, consistently in its row
        changes = {"t3_received_new_natural": 7, "t3_received_new_total": 7}
    elif kind == "result_sum":  # one request more under (七) and one fewer carried over
        changes = {"t3_processed_total_natural": 1, "t3_processed_total_total": 1}
        changes |= {"t3_carried_out_natural": -1, "t3_carried_out_total": -1}
    elif kind == "dispute_sum":
        changes = {"t4_review_total": 2}
    elif kind == "not_whole":
        changes = {"t2_license_decisions": Decimal("1.5") - spoilt["t2_license_decisions"]}
    else:
        raise ValueError(f"no such error to plant: {kind}")
    for key, change in changes.items():
        spoilt[key] += change
    return spoilt, broken(spoilt, form)
