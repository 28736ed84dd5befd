"""What the audited release says of a drawn document."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from .draw import Drawn

#: A status by which a cell is there and holds no number: its class is compared, too.
CLASSES = ("blank", "dash", "slash", "none_word")
_REPORT = """SELECT r.report_id, r.agency_id, r.agency, r.region_name, r.year, r.scope
FROM reports r WHERE r.report_id = ? AND r.version_id = ?"""
_NAMES = """SELECT name FROM agency_names WHERE agency_id = ?1
UNION SELECT name FROM agencies WHERE agency_id = ?1"""


@dataclass(frozen=True, slots=True)
class Cell:
    """What the release says of a cell.

    Attributes:
        value: The number, if it has one.
        status: As in `figure_notes`; "" where the release has no cell.
        unit: Of an amount, as printed in its cell or heading, or "".
    """

    value: Decimal | None = None
    status: str = ""
    unit: str = ""

    def shown(self) -> str:
        """For the list of errors."""
        if self.value is None:
            return f"({self.status or 'no cell'})"
        return f"{self.value}{self.unit}"


NOTHING = Cell()


@dataclass(frozen=True, slots=True)
class Held:
    """A read report as the release holds it.

    Attributes:
        names: Names under which its agency is known, the printed one first.
        region: Name of its region, or "".
        year: Its year.
        scope: `own`, `aggregate` or `unknown`.
        cells: By column of `figures`.
    """

    names: tuple[str, ...]
    region: str
    year: int
    scope: str
    cells: Mapping[str, Cell] = field(default_factory=dict)


def held(nianbao: sqlite3.Connection, drawn: Drawn) -> Held | None:
    """What the release says of a drawn document; None of one that is no read report in it."""
    row = nianbao.execute(_REPORT, (drawn.report_id, drawn.version_id)).fetchone()
    if row is None:
        return None
    _, agency_id, agency, region, year, scope = row
    names = [agency, *(name for (name,) in nianbao.execute(_NAMES, (agency_id,)))]
    known = tuple(dict.fromkeys(name for name in names if name))
    return Held(known, region or "", int(year), str(scope), _cells(nianbao, drawn.version_id))


def _cells(nianbao: sqlite3.Connection, version_id: str) -> dict[str, Cell]:
    cursor = nianbao.execute("SELECT * FROM figures WHERE version_id = ?", (version_id,))
    row = cursor.fetchone()
    if row is None:
        return {}
    names = [column[0] for column in cursor.description]
    cells = {
        name: Cell(Decimal(str(value)), "reported")
        for name, value in zip(names, row, strict=True)
        if name != "version_id" and value is not None
    }
    sql = "SELECT figure, status, unit FROM figure_notes WHERE version_id = ?"
    for figure, status, unit in nianbao.execute(sql, (version_id,)):
        value = cells[figure].value if figure in cells else None
        cells[figure] = Cell(value, status, unit or "")
    return cells
