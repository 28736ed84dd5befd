"""Each figure as it was read comes back from the two files of a release."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive import printed
from archive.absence import Absence
from archive.agencies import Agency
from archive.bodies import Body, Seen
from archive.histories import Gathered, ReportHistory, Version
from archive.kept import Reading
from archive.release.databases import write_databases
from archive.root import Registry
from extract import read
from extract.forms import forms
from extract.types import FIGURE_STATUSES, Figure, Report
from tests.portal.render import article_html
from tests.portal.reports import make_report

Recover = Callable[[list[Report]], list[tuple[Figure, ...]]]
DAY = "2026-01-02T03:04:05.678Z"
ODD = (
    "1,234", "12，345", "０", "３０", "007", "1.50", "798.2243 ", "-3", "+2", "", "　", "—", "——",
    "-", "/", "无", "0件", "12937元", "1.5万元", "约5", "见附件", "1 2", "1.0", "12.", "1e3", "%",
)  # fmt: skip


def history(number: int, report: Report) -> ReportHistory:
    """A report as it is gathered; its body's digest is its number."""
    agency = Agency(f"99{number:04d}-finance", "示例局", f"99{number:04d}", "示例市", "finance",
                    "财政", "own")  # fmt: skip
    capture = {
        "url": f"http://127.0.0.1/{number}.html", "sha256": f"{number:064x}", "portal": "shili",
        "role": "article", "listing": "", "list_title": "", "list_date": "", "status": 200,
        "content_type": "text/html", "bytes": 1, "fetched_at": DAY, "record_id": "<urn:x>",
        "warc_file": "a.warc.gz", "warc_offset": 0,
    }  # fmt: skip
    body = Body(capture, (Seen(DAY, "r", DAY),), 0, (DAY, capture["url"], capture["sha256"]))
    version = Version.of(report, body)
    version.number, version.absences = 1, {body.url: Absence()}
    return ReportHistory(agency.report_id(2022), agency, 2022, [version])


@pytest.fixture
def recover(tmp_path: Path) -> Iterator[Recover]:
    """Writes a release of reports; gives the figures that its files tell of each."""
    opened: list[sqlite3.Connection] = []

    def written(reports: list[Report]) -> list[tuple[Figure, ...]]:
        made = [history(number, report) for number, report in enumerate(reports)]
        gathered = Gathered({each.report_id: each for each in made})

        def whole(sha256: str) -> Reading:
            return Reading(sha256, "read", "", reports[int(sha256, 16)])

        write_databases(tmp_path, Registry("demo", fiction=True), gathered, whole)
        nianbao, text = (sqlite3.connect(tmp_path / f"{name}.db") for name in ("nianbao", "text"))
        opened.extend((nianbao, text))
        return [printed.figures(nianbao, text, f"{each.report_id}.v1") for each in made]

    yield written
    for connection in opened:
        connection.close()


def rendered(number: int) -> Report:
    """A report read from a page on which every third cell is printed oddly."""
    dice = random.Random(number)
    form = dice.choice(list(forms()))
    report, _ = make_report("示例市财政局", "990100", "finance", 2022, busy=number % 2 == 0,
                            form=form)  # fmt: skip
    cells = {
        key: dice.choice(ODD) if dice.random() < 0.33 else text
        for key, text in report.cells.items()
    }
    unit = dice.choice(("", "元", "万元"))
    return read(article_html(replace(report, cells=cells, amount_unit=unit), "trs").encode())


def test_figures_of_rendered_reports_come_back(recover: Recover) -> None:
    reports = [rendered(number) for number in range(16)]
    every = [figure for report in reports for figure in report.figures]
    assert {"reported", "blank", "dash", "slash", "none_word", "unparsed"} <= {
        figure.status for figure in every
    }
    assert len({figure.printed for figure in every} & set(ODD)) > 15
    assert any(figure.unit for figure in every)
    assert any(figure.flags for figure in every)
    assert recover(reports) == [report.figures for report in reports]


def invented(number: int) -> Report:
    """A report of figures in which anything is anything, as far as the types allow it."""
    dice = random.Random(number)
    figures = []
    for slot in forms()["2021"].slots():
        status = dice.choice(FIGURE_STATUSES)
        valued = status in ("reported", "inferred", "hand_read")
        value = dice.choice((0, 7, 1234, -2, 1.5, 12.0, 0.1 + 0.2, 1e15, 2**53)) if valued else None
        text = dice.choice((None, *ODD)) if not valued else dice.choice((str(value), *ODD))
        flags = tuple(dice.sample(("unit_in_cell", "wrapped", "comma"), dice.randint(0, 2)))
        figures.append(
            Figure(
                slot.line.table,
                slot.line.code,
                slot.measure.code,
                text,
                value,
                status,
                dice.choice((None, None, "万元")),
                dice.choice((None, f"t1r{dice.randint(1, 99)}c2")),
                flags if dice.random() < 0.3 else (),
            )
        )
    return Report(status="read", figures=tuple(figures), form="2021")


def test_figures_of_any_kind_come_back(recover: Recover) -> None:
    reports = [invented(number) for number in range(12)]
    found = recover(reports)
    assert found == [report.figures for report in reports]
    types = [[type(figure.value) for figure in report.figures] for report in reports]
    assert [[type(figure.value) for figure in figures] for figures in found] == types


def test_a_version_without_figures_has_none(recover: Recover) -> None:
    assert recover([Report(status="needs_ocr")]) == [()]
