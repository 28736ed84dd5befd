"""The forms that current reports are written in, and the columns that reports of each print.

A report may print a column that is none of its form: then the form's wide table has it, too.
Whether one does is asked of all reports, or of few where a release is patched upon another.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...manifest import FILES, reading
from ..sums import SUMS, listed, sha256_of
from .cells import FROM, Line, lines
from .partlist import NAME as PARTS
from .partlist import read_parts

#: Begins the names of wide tables; their form follows.
PREFIX = "wide_"


@dataclass(frozen=True, slots=True)
class Wide:
    """What must be known of all reports of a form before one of them is written.

    Attributes:
        form: The form.
        count: How many current reports with figures are written in it, at most.
        figures: The form's own columns, and others that a report of it prints all the same.
    """

    form: str
    count: int
    figures: tuple[str, ...]


def wide_forms(db: sqlite3.Connection) -> list[Wide]:
    """The forms that current reports with figures are written in.

    Args:
        db: nianbao.db.
    """
    codebook = lines(db)
    strange = _strange(codebook)
    # A country's reports are only counted; few print a column that is not of their form.
    prints_strange = _case("r.form", {form: _any(names) for form, names in strange.items()})
    counts: Counter[str] = Counter()
    printed: dict[str, set[str]] = {}
    sql = f"SELECT r.form, {prints_strange}, count(*) {FROM} GROUP BY 1, 2"
    for form, has_strange, count in db.execute(sql).fetchall():
        if form in strange:
            counts[form] += count
        if has_strange:
            where = f"WHERE r.form = ? AND {prints_strange}"
            printed[form] = _printed(db, strange[form], where, (form,))
    return _found(codebook, counts, printed)


def wide_forms_upon(
    db: sqlite3.Connection, before: Path, written: Collection[str]
) -> list[Wide] | None:
    """What `wide_forms` gives of a release that was patched upon another.

    Args:
        db: nianbao.db.
        before: Folder of the other release.
        written: Reports that were written or are no more; all others are the same in both.

    Returns:
        None if the other release does not tell, for it has no parts, or they are damaged.
    """
    had = _forms_of(before)
    if not had:
        return None
    codebook, asked = lines(db), json.dumps(sorted(written))
    where = "WHERE r.form = ? AND r.report_id IN (SELECT value FROM json_each(?))"
    count = f"SELECT count(*) {FROM} {where}"
    counts: Counter[str] = Counter()
    printed: dict[str, set[str]] = {}
    with reading(before / FILES[0]) as old:
        for form, strange in _strange(codebook).items():
            rows, names = had.get(form, (0, frozenset()))
            counts[form] = rows + db.execute(count, (form, asked)).fetchone()[0]
            more = names & set(strange)
            # What a report printed that is no more, or prints something else, others may print.
            doubtful = more & _printed(old, strange, where, (form, asked))
            still = _printed(db, sorted(doubtful), "WHERE r.form = ?", (form,))
            new = _printed(db, strange, where, (form, asked))
            printed[form] = {*(more - doubtful), *still, *new}
    exists = f"SELECT EXISTS (SELECT 1 {FROM} WHERE r.form = ?)"
    there = {f: n for f, n in counts.items() if n and db.execute(exists, (f,)).fetchone()[0]}
    return _found(codebook, there, printed)


def _forms_of(release: Path) -> dict[str, tuple[int, frozenset[str]]]:
    """Of each form of a release that lies in parts: rows and columns of its wide table."""
    import pyarrow.parquet as pq

    found: dict[str, tuple[int, frozenset[str]]] = {}
    if not all((release / name).is_file() for name in (SUMS, PARTS)):
        return {}
    if listed(release).get(PARTS) != sha256_of(release / PARTS):
        return {}
    for part in read_parts(release).values():
        if not part.table.startswith(PREFIX) or not part.parquet:
            continue
        form, path = part.table.removeprefix(PREFIX), release / part.path
        if form not in found:
            if not path.is_file() or sha256_of(path) != part.parquet:
                return {}
            found[form] = 0, frozenset(pq.read_schema(path).names)
        rows, names = found[form]
        found[form] = rows + part.rows, names
    return found


def _strange(codebook: Sequence[Line]) -> dict[str, list[str]]:
    """Form → the columns that are not of it."""
    forms = sorted({form for line in codebook for form in line.forms})
    return {form: [x.figure for x in codebook if form not in x.forms] for form in forms}


def _found(
    codebook: Sequence[Line], counts: Mapping[str, int], printed: Mapping[str, Collection[str]]
) -> list[Wide]:
    found = []
    for form in sorted(counts):
        more = printed.get(form, ())
        own = (x.figure for x in codebook if form in x.forms or x.figure in more)
        found.append(Wide(form, counts[form], tuple(own)))
    return found


def _printed(
    db: sqlite3.Connection, names: Sequence[str], where: str, given: tuple[str, ...]
) -> set[str]:
    """Those of some columns that one of some reports prints."""
    if not names:
        return set()
    asked = ", ".join(f'max(f."{name}" IS NOT NULL)' for name in names)
    (row,) = db.execute(f"SELECT {asked} {FROM} {where}", given)
    return {name for name, has in zip(names, row, strict=True) if has}


def _any(names: Iterable[str]) -> str:
    """SQL: 1 if a report prints one of some columns."""
    return " OR ".join(f'f."{name}" IS NOT NULL' for name in names) or "0"


def _case(value: str, of: Mapping[str, str]) -> str:
    """SQL that depends on a code; 0 for all others."""
    cases = "".join(f" WHEN '{code}' THEN {sql}" for code, sql in of.items())
    return f"CASE {value}{cases} ELSE 0 END"
