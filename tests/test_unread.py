"""What a build is to read: found by the process that builds, or by one beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from archive.bodies import captured
from archive.ledger import Ledger
from archive.readings import Readings
from archive.root import DataRoot
from archive.unread import told_and_unread
from extract.convert import Office
from extract.reading import Find
from tests.stored import SITE, Got, Run, article, build, keep, report_of


def test_another_process_finds_the_same(tmp_path: Path) -> None:
    root = DataRoot(tmp_path)
    years = range(2019, 2024)
    keep(root, Run([Got(f"{SITE}/{y}.html", article(report_of(y))) for y in years]))
    build(root)
    with closing(sqlite3.connect(root.readings)) as db, db:
        digests = [row[0] for row in db.execute("SELECT sha256 FROM readings ORDER BY 1")]
        missing, waiting = digests[1:4:2]
        db.execute("DELETE FROM readings WHERE sha256 = ?", (missing,))
        db.execute("UPDATE readings SET status = 'needs_converter' WHERE sha256 = ?", (waiting,))
    with closing(Ledger(root.ledger)) as ledger:
        few = captured(ledger)
        cases: list[tuple[Find, set[str]]] = [
            (lambda: None, {missing}),
            (lambda: Office(Path("soffice"), "LibreOffice"), {missing, waiting}),
        ]
        for find, unread in cases:
            readings = Readings(root.readings, find)
            alone = told_and_unread(root, ledger, readings, None, 1)
            beside = told_and_unread(root, ledger, readings, None, 2)
            at_once = told_and_unread(root, ledger, readings, few, 2)
            readings.close()
            assert alone == beside
            assert set(alone[1]) == unread == set(at_once[1])
            assert alone[0].digest("by") == at_once[0].digest("by")


def test_what_a_crawl_adds_meanwhile_is_for_the_next_build(tmp_path: Path) -> None:
    root = DataRoot(tmp_path)
    keep(root, Run([Got(f"{SITE}/2020.html", article(report_of(2020)))]))
    with closing(Ledger(root.ledger)) as ledger, closing(Readings(root.readings)) as readings:
        (first,) = ledger.rows("SELECT max(rowid) AS last FROM captures")
        said, unread = told_and_unread(root, ledger, readings, None, 2)
        assert said.last == first["last"]
        keep(root, Run([Got(f"{SITE}/2021.html", article(report_of(2021)))]))
        later, more = told_and_unread(root, ledger, readings, None, 2)
    assert later.last > said.last
    assert set(unread) < set(more)


def test_a_row_that_moves_while_another_looks_is_not_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other process may look when a row of its own lies behind the last one that is asked."""
    root = DataRoot(tmp_path)
    keep(root, Run([Got(f"{SITE}/{y}.html", article(report_of(y))) for y in range(2019, 2024)]))
    with closing(Ledger(root.ledger)) as ledger, closing(Readings(root.readings)) as readings:
        wanted = told_and_unread(root, ledger, readings, None, 1)

        @contextmanager
        def beside(looking: Callable[[Any], Any]) -> Iterator[Callable[[Any], Callable[[], Any]]]:
            def begin(task: Any) -> Callable[[], Any]:
                with closing(sqlite3.connect(root.ledger)) as db, db:
                    moved = "(SELECT max(rowid) + 1 FROM captures)"
                    last = "(SELECT max(rowid) FROM captures)"
                    db.execute(f"UPDATE captures SET rowid = {moved} WHERE rowid = {last}")
                return lambda: looking(task)

            yield begin

        monkeypatch.setattr("archive.unread.beside", beside)
        assert told_and_unread(root, ledger, readings, None, 2) == wanted
