"""How much CPU all checks take, beside reading the same number of reports.

A report's own checks are timed on the pages that are read, those over the archive while a
release of a whole country is written; reading is scaled to as many reports.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from archive import checks
from extract import read
from extract.checks import run_checks
from tests import synthetic
from tests.bench import SMALL, Figure, copies, cpu, medians
from tests.portal.layouts import Layout
from tests.portal.render import article_html
from tests.portal.reports import make_report

_PAGES = 60 if SMALL else 1000
_REPORTS = 3000 if SMALL else 100_000
_ROUNDS = 1 if SMALL else 3


class _Timed(Exception):
    """The checks are done; what a release says beyond them is not asked here."""


def figures() -> Iterator[Figure]:
    """The bench's figures."""
    pages = _pages()
    reports = [read(page) for page in pages]

    def check() -> object:
        return [run_checks(report) for report in reports]

    reading, own = medians(_ROUNDS, lambda: [read(page) for page in pages], check)
    reading, own = (1000 * spent / _PAGES for spent in (reading - own, own))
    over = 1000 * _over_the_archive(_REPORTS) / _REPORTS
    print(
        f"  a report, in milliseconds of CPU: reading without checks {reading:.2f}, "
        f"its own checks {own:.3f}, checks over {_REPORTS} reports {over:.3f}",
        flush=True,
    )
    yield Figure("all checks ÷ reading", 100 * (own + over) / reading, 10, False, " %")
    yield from copies.figures()


def _pages() -> list[bytes]:
    """Pages of reports that all differ; every other one had requests, as in the country."""
    return [
        article_html(
            make_report(
                f"示例市示例{i}局", f"99{i:04d}", "justice", 2019 + i % 6,
                form=("2019", "2021")[i % 2], busy=i % 2 == 0, layout=Layout(),
            )[0]
        ).encode()
        for i in range(_PAGES)
    ]  # fmt: skip


def _over_the_archive(reports: int) -> float:
    """CPU of the checks that need several reports, while the country's release is written."""
    spent = 0.0

    def timed(tables: Any, db: Any, _: Any) -> None:
        nonlocal spent
        with db:  # as resolving knows them: what is not settled is hardly checked
            db.execute("UPDATE agencies SET level = 'county', is_vertical = 0")
            db.execute("UPDATE agencies SET org_form = iif(kind = ?, ?, 'department')",
                       (synthetic.GOVERNMENT,) * 2)  # fmt: skip
        spent = cpu(lambda: checks.run_checks(tables, db))
        raise _Timed

    with (
        tempfile.TemporaryDirectory() as name,
        mock.patch("archive.release.meaning.duplicate_rows", return_value=[]),
        mock.patch("archive.release.meaning.run_checks", timed),
        contextlib.suppress(_Timed),
    ):
        synthetic.write(Path(name), reports)
    return spent
