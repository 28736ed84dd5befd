"""Figures of a fictional report, made from a seed so that all identities hold."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from decimal import Decimal

from extract.forms import Form, Line

Number = int | Decimal
Figures = dict[str, Number]

APPLICANTS = ("natural", "enterprise", "research", "ngo", "legal", "other_org")
VERDICTS = ("upheld", "corrected", "other", "pending")
ENDS = ("received_new", "carried_in", "processed_total", "carried_out")


def dice(*words: object) -> random.Random:
    """A random generator that depends on nothing but the words."""
    digest = hashlib.sha256("\x1f".join(map(str, words)).encode()).digest()
    return random.Random(int.from_bytes(digest, "big"))


def results(form: Form) -> tuple[str, ...]:
    """Codes of the lines of table three that (七)总计 adds up."""
    return tuple(line.code for line in form.table("t3") if line.code not in ENDS)


def figures(
    seed: str,
    form: Form,
    *,
    busy: bool,
    before: Mapping[str, Number] | None = None,
    rules: bool = True,
) -> Figures:
    """Make one report's figures.

    Args:
        seed: Any text; the same text gives the same figures.
        form: The statutory form.
        busy: No cell is zero and no number of the report occurs twice in it (zeros
            that `before` or `rules` ask for excepted); else a quiet office: most are 0.
        before: The previous year's figures, if this year is to continue them:
            结转, 现行有效, 上一年项目数量 then roll over.
        rules: Whether the agency may make 规章; if not, that line is zero.

    Returns:
        A figure for every slot of the form, all identities satisfied.
    """
    for attempt in range(2000):
        rng = dice("figures", seed, form.code, busy, attempt)
        found = _draw(rng, form, busy, before or {}, rules)
        if not busy or _telling(found, before or {}):
            return {slot.key: found[slot.key] for slot in form.slots()}
    raise ValueError(f"no distinct figures for {seed}")


def _telling(found: Figures, before: Mapping[str, Number]) -> bool:
    """Whether every number is its own, so that any shift shows."""
    shown = [value for value in found.values() if value]
    roll = all(
        found[f"t4_{block}_total"] >= before.get(f"t4_{block}_pending", 0)
        for block in ("review", "suit_direct", "suit_after_review")
    )
    return roll and len(set(shown)) == len(shown)


def _draw(
    rng: random.Random, form: Form, busy: bool, before: Mapping[str, Number], rules: bool
) -> Figures:
    found: Figures = {}
    small = rng.sample(range(1, 900), 899)
    taken = {int(value) for key, value in before.items() if key.startswith("t3_carried_out_")}
    pool = [number for number in small if number not in taken]
    requests = _busy_requests if busy else _quiet_requests
    requests(rng, form, before, pool, found)
    for line in form.table("t4"):
        for verdict in VERDICTS:
            found[f"t4_{line.code}_{verdict}"] = pool.pop() if busy else int(rng.random() < 0.06)
        if not busy:  # what was pending last year is decided this year
            found[f"t4_{line.code}_upheld"] += before.get(f"t4_{line.code}_pending", 0)
        addends = [found[f"t4_{line.code}_{verdict}"] for verdict in VERDICTS]
        found[f"t4_{line.code}_total"] = sum(addends)
    table_two = _table_two_2019 if form.code == "2019" else _table_two_2021
    for line in form.table("t2"):
        table_two(rng, line, busy, before, found)
        if line.code == "rules" and not rules:
            found.update({f"t2_rules_{code}": 0 for code in line.measures})
    return found


def _carried_in(before: Mapping[str, Number], column: str) -> int | None:
    value = before.get(f"t3_carried_out_{column}")
    return None if value is None else int(value)


def _busy_requests(
    rng: random.Random, form: Form, before: Mapping[str, Number], pool: list[int], found: Figures
) -> None:
    for column in APPLICANTS:
        for code in (*results(form), "carried_out"):
            found[f"t3_{code}_{column}"] = pool.pop()
        earlier = _carried_in(before, column)
        found[f"t3_carried_in_{column}"] = pool.pop() if earlier is None else earlier
    _close(form, found)


def _quiet_requests(
    rng: random.Random, form: Form, before: Mapping[str, Number], pool: list[int], found: Figures
) -> None:
    codes = results(form)
    # Quiet offices answer most requests with one of few results.
    usual = [c for c in codes if c in ("granted", "partial", "unavailable_not_held")] * 4
    for column in APPLICANTS:
        for code in codes:
            found[f"t3_{code}_{column}"] = 0
        most = {"natural": 14, "enterprise": 3}.get(column, 0)
        carried_in = _carried_in(before, column) or 0
        stock = carried_in + rng.randint(0, most)
        left = rng.randint(0, min(2, stock)) if rng.random() < 0.4 else 0
        for _ in range(stock - left):
            found[f"t3_{rng.choice([*usual, *codes])}_{column}"] += 1
        found[f"t3_carried_in_{column}"] = carried_in
        found[f"t3_carried_out_{column}"] = left
    _close(form, found)


def _close(form: Form, found: Figures) -> None:
    """Fill in what follows from the rest: (七), 一, and the 总计 column."""
    for column in APPLICANTS:
        done = sum(found[f"t3_{code}_{column}"] for code in results(form))
        stock = done + found[f"t3_carried_out_{column}"]
        found[f"t3_processed_total_{column}"] = done
        found[f"t3_received_new_{column}"] = stock - found[f"t3_carried_in_{column}"]
    for line in form.table("t3"):
        row = [found[f"t3_{line.code}_{column}"] for column in APPLICANTS]
        found[f"t3_{line.code}_total"] = sum(row)


def _some(rng: random.Random, busy: bool, low: int, high: int) -> int:
    """Between the bounds if busy; else mostly 0, seldom a small number."""
    if busy:
        return rng.randint(low, high)
    return rng.randint(1, 30) if rng.random() < 0.35 else 0


def _table_two_2019(
    rng: random.Random, line: Line, busy: bool, before: Mapping[str, Number], found: Figures
) -> None:
    key = f"t2_{line.code}_"
    if "made" in line.measures:
        made = _some(rng, busy, 950, 1900)
        public = made - (rng.randint(1, 40) if busy else 0)
        found[f"{key}made"] = made
        found[f"{key}newly_public"] = public
        stock = before.get(f"{key}total_public", _some(rng, busy, 2100, 7000))
        found[f"{key}total_public"] = stock + public
    if "delta" in line.measures:
        earlier = before.get(f"{key}prev_items")
        last = before.get(f"{key}delta")
        found[f"{key}prev_items"] = (
            earlier + last
            if earlier is not None and last is not None
            else _some(rng, busy, 1000, 8000)
        )
        delta = rng.choice((-1, 1)) * rng.randint(10, 940) if busy else rng.choice((0, 0, 1, -1))
        found[f"{key}delta"] = max(delta, -int(found[f"{key}prev_items"]))
    if "decisions" in line.measures:
        found[f"{key}decisions"] = _some(rng, busy, 10_000, 9_999_999)
    if "amount" in line.measures:
        projects = _some(rng, busy, 1000, 9000)
        found[f"{key}projects"] = projects
        found[f"{key}amount"] = _money(rng) if projects else 0


def _table_two_2021(
    rng: random.Random, line: Line, busy: bool, before: Mapping[str, Number], found: Figures
) -> None:
    key = f"t2_{line.code}_"
    if "in_force" in line.measures:
        issued = _some(rng, busy, 1000, 1900)
        stock = before.get(f"{key}in_force", _some(rng, busy, 2000, 9000))
        repealed = min(int(stock), _some(rng, busy, 910, 999))
        found[f"{key}issued"] = issued
        found[f"{key}repealed"] = repealed
        found[f"{key}in_force"] = stock + issued - repealed
    if "decisions" in line.measures:
        found[f"{key}decisions"] = _some(rng, busy, 10_000, 9_999_999)
    if "charged" in line.measures:
        found[f"{key}charged"] = _money(rng) if _some(rng, busy, 1, 1) else 0


def _money(rng: random.Random) -> Decimal:
    # The last digit is never 0: "12.30" and 12.3 must not differ in print.
    return Decimal(rng.randint(1000, 999_999) * 10 + rng.randint(1, 9)).scaleb(-4)
