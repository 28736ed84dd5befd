"""C17: a department or town beside the aggregate of its government (forms-and-rules §2).

The one place, with C18, where `own` and `aggregate` reports are held against each other.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from extract.forms import columns
from extract.types import Finding, Value
from extract.units import YUAN

from .running import Found, Passed, check
from .wording import say

#: CROSS JOIN keeps the order, each step by a key: left to choose, SQLite held every report of a
#: country against every other one (a million of them were not done in half an hour).
_PAIRS = """FROM temp.current c CROSS JOIN temp.members m ON m.agency_id = c.agency_id
CROSS JOIN temp.current w
  ON w.agency_id = m.government AND w.scope = 'aggregate' AND w.year = c.year
CROSS JOIN figures p ON p.version_id = c.version_id
CROSS JOIN figures g ON g.version_id = w.version_id"""
#: What a bare number most often is, since the newer form names it for its own amounts.
_USUAL = "万元"


_IS_OWN = "c.scope = 'own'"


def _counts() -> list[str]:
    """Figures that are counts, totals first: they are named where several are larger."""
    found = (key for key, slots in columns().items() if slots[-1].measure.kind == "count")
    return sorted(found, key=lambda key: not key.endswith("_total"))


def _larger(table: str) -> str:
    """SQL: some count of a table is larger in the part."""
    return " OR ".join(f'p."{k}" > g."{k}"' for k in _counts() if k.startswith(table))


def _compared(table: str) -> str:
    """SQL: some count of a table is printed by both."""
    return " OR ".join(f'p."{k}" + g."{k}" IS NOT NULL' for k in _counts() if k.startswith(table))


def _any_table(says: Callable[[str], str]) -> str:
    """SQL: what holds of some table that can be compared.

    Tables two and three are compared on the same form only; table four is printed alike.
    """
    return f"""(c.form_t2 = w.form_t2 AND ({says("t2")})
OR c.form_t3 = w.form_t3 AND ({says("t3")}) OR {says("t4")})"""


#: What the counts of a pair say: some are larger, or some were compared and none is.
_LARGER, _NOT_LARGER = 2, 1


@check("C17")
def part_and_whole(db: sqlite3.Connection) -> Iterator[Found | Passed]:
    """No count of a part is larger than its government's; nor its money, in yuan.

    Where no count has a number on both sides nothing was compared, and nothing passed.
    """
    sql = f"""SELECT c.version_id, w.version_id, m.government_name, c.form_t2 = w.form_t2,
c.form_t3 = w.form_t3,
CASE WHEN {_any_table(_larger)} THEN {_LARGER} WHEN {_any_table(_compared)} THEN {_NOT_LARGER} END
{_PAIRS} WHERE {_IS_OWN} ORDER BY c.n, w.report_id"""
    counts = _counts()
    for version_id, whole, name, same_t2, same_t3, said in db.execute(sql):
        if said == _NOT_LARGER:
            yield Passed(version_id)
        if said != _LARGER:
            continue
        tables = {"t2": same_t2, "t3": same_t3, "t4": True}
        part, of_whole = (_figures(db, each) for each in (version_id, whole))
        larger = [k for k in counts if tables[k[:2]] and _is_larger(part[k], of_whole[k])]
        yield Found(version_id, _counted(larger, part, of_whole, name, whole))
    for position, (key, slots) in enumerate(columns().items()):
        if slots[-1].measure.kind == "money":
            yield from _amounts(db, key, position)


def _figures(db: sqlite3.Connection, version_id: str) -> dict[str, Value]:
    cursor = db.execute("SELECT * FROM figures WHERE version_id = ?", (version_id,))
    names = [column[0] for column in cursor.description]
    return dict(zip(names, cursor.fetchone(), strict=True))


def _is_larger(part: Value, whole: Value) -> bool:
    return part is not None and whole is not None and part > whole


def _label(key: str) -> tuple[str, str]:
    slot = columns()[key][-1]
    name, measure = slot.line.name, slot.measure
    return f"“{name}”{measure.label}", f"{slot.line.label_en}, {measure.label_en}"


def _counted(
    larger: list[str], part: dict[str, Value], whole: dict[str, Value], name: str, related: str
) -> Finding:
    key, more = larger[0], len(larger)
    left, right = part[key], whole[key]
    label, label_en = _label(key)
    many, many_en = (f"等{more}项", f" (figures: {more})") if more > 1 else ("", "")
    return Finding(
        "C17", "fail", left, right, tuple(larger),
        f"{label}{many}，大于所属政府（{name}）同年汇总年报的数值：前者为{say(left)}，"
        f"后者为{say(right)}。",
        f"{label_en}{many_en}: larger than in the aggregate report of its government ({name}): "
        f"{say(left)} on one side, {say(right)} on the other.",
        related=related,
    )  # fmt: skip


# -- money ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Amount:
    version_id: str
    related: str
    government: str
    part: float
    part_unit: str | None
    whole: float
    whole_unit: str | None


def _factor(column: str) -> str:
    return f"CASE {column} {' '.join(f'WHEN {u!r} THEN {n}' for u, n in YUAN.items())} END"


def _note(alias: str, version: str, position: int) -> str:
    return (
        f"LEFT JOIN _notes {alias}n ON {alias}n.version = {version} "
        f"AND {position} BETWEEN {alias}n.first AND {alias}n.last "
        f"LEFT JOIN _said {alias}u ON {alias}u.n = {alias}n.said"
    )


def _amounts(db: sqlite3.Connection, key: str, position: int) -> Iterator[Found | Passed]:
    """Amounts that can be compared: both with a unit, or a bare one with what it cannot be."""
    joined = f"""{_PAIRS} {_note("p", "c.n", position)} {_note("g", "w.n", position)}
WHERE {_IS_OWN} AND c.form_t2 = w.form_t2 AND p."{key}" > 0
AND (g."{key}" = 0 OR {_factor("gu.unit")} IS NOT NULL)"""
    whole = f'round(g."{key}" * coalesce({_factor("gu.unit")}, 1), 2)'
    part = f'round(p."{key}" * {_factor("pu.unit")}, 2)'
    bare = f'round(p."{key}" * {YUAN[_USUAL]}, 2)'
    for (version_id,) in db.execute(f"SELECT c.version_id {joined} AND {part} <= {whole}"):
        yield Passed(version_id)
    sql = f"""SELECT c.version_id, w.version_id, m.government_name, p."{key}", pu.unit, g."{key}",
gu.unit {joined} AND ({part} > {whole} OR pu.unit IS NULL AND {bare} > {whole})
ORDER BY c.n, w.report_id"""
    for row in db.execute(sql):
        amount = _Amount(*row)
        yield Found(amount.version_id, _larger_amount(amount, key))


def _larger_amount(amount: _Amount, key: str) -> Finding:
    is_bare = amount.part_unit is None
    whole = amount.whole * YUAN.get(amount.whole_unit or "", 1)
    # In 元, the smallest unit, a bare number may still be in order.
    is_open = is_bare and amount.part <= whole
    said, said_en = _of_bare(amount, key, is_open) if is_bare else _of_both(amount, key)
    status = "uncertain" if is_open else "fail"
    return Finding(
        "C17", status, amount.part, amount.whole, (key,), said, said_en, related=amount.related
    )


def _of_both(amount: _Amount, key: str) -> tuple[str, str]:
    """What is said where both have a unit."""
    label, label_en = _label(key)
    part, whole = f"{say(amount.part)}{amount.part_unit}", _of_whole(amount)
    return (
        f"{label}，折合后大于所属政府（{amount.government}）同年汇总年报的数值：前者为{part}，"
        f"后者为{whole}。",
        f"{label_en}: the amount is larger than in the aggregate report of its government "
        f"({amount.government}): {part} on one side, {whole} on the other.",
    )


def _of_bare(amount: _Amount, key: str, is_open: bool) -> tuple[str, str]:
    """What is said of a number without a unit: what its unit cannot be."""
    label, label_en = _label(key)
    cannot, cannot_en = (
        "不论以何单位计，前者均较大",
        "which is less whatever the bare number's unit",
    )
    if is_open:
        cannot = f"前者的单位不会是{_USUAL}"
        cannot_en = f"so that the bare number cannot be in {_USUAL}"
    return (
        f"{label}印为{say(amount.part)}，未印单位；所属政府（{amount.government}）同年汇总年报为"
        f"{_of_whole(amount)}，{cannot}。",
        f"{label_en} is printed as {say(amount.part)} without a unit; the aggregate report of "
        f"its government ({amount.government}) has {_of_whole(amount)} for the same year, "
        f"{cannot_en}.",
    )


def _of_whole(amount: _Amount) -> str:
    return f"{say(amount.whole)}{amount.whole_unit or ''}"
