"""C24: text or figures that another report prints, too (forms-and-rules §0.8).

Tables of zeros are alike in good order, and so are those of an agency with a single request:
they say nothing here (rules.toml).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from extract.types import Finding

from .running import Found, Passed, check

#: From which share of its text on a report is called another's (near-duplicates, text.db).
NEARLY_ALL = 0.9
#: All of one digest follow each other, and reports are looked through once: asked for one digest
#: at a time, each question looked through a whole country.
_SAME = """SELECT c.{0}, c.version_id, c.agency_id, c.year, a.name
FROM temp.current c CROSS JOIN agencies a ON a.agency_id = c.agency_id
WHERE c.{0} IN (SELECT {0} FROM temp.current GROUP BY 1 HAVING count(*) > 1)
ORDER BY c.{0}, c.year, c.report_id"""
_NEAR = f"""SELECT c.version_id, c.agency_id, c.year, o.version_id, o.agency_id, o.year, a.name
FROM text.duplicates d JOIN temp.current c ON c.version_id = d.version_id
JOIN temp.current o ON o.version_id = d.other JOIN agencies a ON a.agency_id = o.agency_id
WHERE d.share >= {NEARLY_ALL} ORDER BY c.n, d.share DESC, o.report_id"""
#: Different numbers other than zero that tables must have before they are called the same:
#: one request puts a 1 into several cells, two of different applicants a 1 and a 2.
NUMBERS = 3
_FIGURES = "SELECT * FROM figures WHERE version_id = ?"
_SOME_TEXT = "SELECT 1 FROM text.chapters WHERE version_id = ? AND text <> '' LIMIT 1"
_WORDS = {
    "text": ("正文", "the text is that"),
    "figures": ("表格各数值", "the figures are those"),
    "both": ("正文和表格各数值", "text and figures are those"),
    "near": ("正文绝大部分", "nearly all of the text is that"),
}


@dataclass(frozen=True, slots=True)
class _One:
    """A report, and how it is named."""

    version_id: str
    agency_id: str
    year: int
    agency: str


@check("C24")
def copies(db: sqlite3.Connection) -> Iterator[Found | Passed]:
    """No other current report prints the same text, or the same figures."""
    found: dict[str, tuple[_One, _One, str]] = {}
    for what, tells in (("figures", tells_by_figures), ("text", _has_text)):
        for one, other in _alike(db, f"{what}_sha256", tells):
            before = found.get(one.version_id)
            same = before is not None and before[1] == other
            found[one.version_id] = (one, other, "both" if same else what)
    for version, agency, year, *other_is in db.execute(_NEAR):
        near = _One(version, agency, year, "")
        found.setdefault(version, (near, _One(*other_is), "near"))
    for version_id, (one, other, what) in sorted(found.items()):
        yield Found(version_id, _finding(one, other, what))
    for (version_id,) in db.execute("SELECT version_id FROM temp.current"):
        if version_id not in found:
            yield Passed(version_id)


def tells_by_figures(db: sqlite3.Connection, version_id: str) -> bool:
    """Whether a version's figures are so many that another's are hardly the same by chance."""
    row = db.execute(_FIGURES, (version_id,)).fetchone() or ()
    return len({each for each in row if isinstance(each, int | float) and each}) >= NUMBERS


def _has_text(db: sqlite3.Connection, version_id: str) -> bool:
    return db.execute(_SOME_TEXT, (version_id,)).fetchone() is not None


def _alike(
    db: sqlite3.Connection, digest: str, tells: Callable[[sqlite3.Connection, str], bool]
) -> Iterator[tuple[_One, _One]]:
    """Each report with the earliest other one of the same digest, where that tells anything."""
    for _, rows in groupby(db.execute(_SAME.format(digest)), key=itemgetter(0)):
        alike = [_One(*row[1:]) for row in rows]
        if not tells(db, alike[0].version_id):
            continue
        for one in alike:
            yield one, alike[1] if one is alike[0] else alike[0]


def _finding(one: _One, other: _One, what: str) -> Finding:
    said, said_en = _WORDS[what]
    same = one.agency_id == other.agency_id
    whose = f"同一机关{other.year}年度年报" if same else f"{other.agency}{other.year}年度年报"
    whose_en = "the same agency" if same else other.agency
    alike = "相同" if what != "near" else "见于后者"
    return Finding(
        "C24", "fail", None, None, (),
        f"{said}，与{whose}：所印内容{alike}。",
        f"As printed, {said_en} of the report of {other.year} of {whose_en}.",
        related=other.version_id,
    )  # fmt: skip
