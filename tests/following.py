"""Figures of one agency's years made to follow from each other: what a year leaves, the next takes.

So that checks from year to year pass in a synthetic country unless an error is planted.
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.forms import Form
from extract.types import Value

Values = dict[str, Value]
_ENDS = ("received_new", "carried_in", "processed_total", "carried_out")
_CLASSES = ("natural", "enterprise", "research", "ngo", "legal", "other_org")


def follow(years: Sequence[Values], forms: Sequence[Form]) -> None:
    """Change the figures of successive years so that each follows from the one before.

    Args:
        years: Figures by column, all identities of one report satisfied, oldest first.
        forms: The form of each.
    """
    for values in years:  # all agencies are departments, and make no 规章
        values |= dict.fromkeys((key for key in values if key.startswith("t2_rules_")), 0)
    for before, now, old, form in zip(years, years[1:], forms, forms[1:], strict=False):
        _carry(before, now, form)
        if old.code == form.code == "2021":
            _stay_in_force(before, now)
        if old.code == form.code == "2019":
            for key in [key for key in now if key.endswith("_prev_items")]:
                delta = before[key.replace("_prev_items", "_delta")]
                now[key] = max(0, _number(before[key]) + _number(delta))


def added(parts: Sequence[Values]) -> Values:
    """The sums that an aggregate of these reports prints."""
    sums = {key: sum(part[key] or 0 for part in parts) for key in parts[0]}
    return {key: round(value, 4) for key, value in sums.items()}


def _carry(before: Values, now: Values, form: Form) -> None:
    """Carry in what was left, and handle so many more or fewer requests."""
    results = [line.code for line in form.table("t3") if line.code not in _ENDS]
    for each in _CLASSES:
        left = _number(before[f"t3_carried_out_{each}"])
        more = left - _number(now[f"t3_carried_in_{each}"])
        now[f"t3_carried_in_{each}"] = left
        now[f"t3_processed_total_{each}"] = _number(now[f"t3_processed_total_{each}"]) + more
        for code in results:
            key = f"t3_{code}_{each}"
            step = max(more, -_number(now[key]))
            now[key] = _number(now[key]) + step
            more -= step
    for line in form.table("t3"):
        row = [_number(now[f"t3_{line.code}_{each}"]) for each in _CLASSES]
        now[f"t3_{line.code}_total"] = sum(row)


def _stay_in_force(before: Values, now: Values) -> None:
    stock = _number(before["t2_normative_in_force"]) + _number(now["t2_normative_issued"])
    repealed = min(stock, _number(now["t2_normative_repealed"]))
    now["t2_normative_repealed"], now["t2_normative_in_force"] = repealed, stock - repealed


def _number(value: Value) -> int:
    return int(value or 0)
