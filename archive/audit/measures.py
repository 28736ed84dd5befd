"""What an audit counts in a document, and the rates that are made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counts:
    """What the comparison with the transcript counted in one drawn document.

    A cell is one of the report's form in which a number is printed, by the transcript.

    Attributes:
        printed: Cells in which a number is printed.
        nonzero: Of these, cells in which another number than 0 is printed.
        wrong: Of `printed`, cells where this archive has another number.
        invented: Cells where it has a number and none is printed.
        missing: Of `printed`, cells where it has no number.
        agency_wrong: 1 if the report is held under another agency.
        year_wrong: 1 if it is held under another year.
        scope_wrong: 1 if it is held as own and is aggregate, or the other way.
        missed: 1 if a document that is no read report here is an annual report; 0 of reports.
    """

    printed: int = 0
    nonzero: int = 0
    wrong: int = 0
    invented: int = 0
    missing: int = 0
    agency_wrong: int = 0
    year_wrong: int = 0
    scope_wrong: int = 0
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Measure:
    """A rate: errors of a kind among units of a kind.

    Attributes:
        name: Its code, as in `Rate.measure`.
        title: In Chinese.
        errors: How many errors a document has.
        units: How many units it has.
        of_unread: Whether it is a rate of the documents that are no read reports.
    """

    name: str
    title: str
    errors: Callable[[Counts], int]
    units: Callable[[Counts], int]
    of_unread: bool = False


def _one(_: Counts) -> int:
    return 1


MEASURES: tuple[Measure, ...] = (
    Measure("wrong_reports", "有错格的年报占比", lambda c: min(c.wrong, 1), _one),
    Measure("invented_reports", "有误增格的年报占比", lambda c: min(c.invented, 1), _one),
    Measure("missing_reports", "有漏格的年报占比", lambda c: min(c.missing, 1), _one),
    Measure(
        "wrong_per_nonzero", "错格数与所印非零格数之比", lambda c: c.wrong, lambda c: c.nonzero
    ),
    Measure(
        "invented_per_nonzero",
        "误增格数与所印非零格数之比",
        lambda c: c.invented,
        lambda c: c.nonzero,
    ),
    Measure(
        "missing_per_nonzero", "漏格数与所印非零格数之比", lambda c: c.missing, lambda c: c.nonzero
    ),
    Measure("wrong_per_printed", "错格占所印有数格数", lambda c: c.wrong, lambda c: c.printed),
    Measure(
        "invented_per_printed",
        "误增格数与所印有数格数之比",
        lambda c: c.invented,
        lambda c: c.printed,
    ),
    Measure("missing_per_printed", "漏格占所印有数格数", lambda c: c.missing, lambda c: c.printed),
    Measure("agency_wrong", "机关有误的年报占比", lambda c: c.agency_wrong, _one),
    Measure("year_wrong", "年度有误的年报占比", lambda c: c.year_wrong, _one),
    Measure("scope_wrong", "范围（本机关、汇总）有误的年报占比", lambda c: c.scope_wrong, _one),
    Measure(
        "missed",
        "未读取文件中实为年报的占比",
        lambda c: c.missed,
        _one,
        of_unread=True,
    ),
)
#: By name, for whoever reads a published `Rate`.
TITLES = {measure.name: measure.title for measure in MEASURES}
