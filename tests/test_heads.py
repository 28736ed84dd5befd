"""Heads of readings: gathering from them comes to what gathering from whole readings does."""

from __future__ import annotations

import contextlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from unittest import mock

import pytest
from hypothesis import given

from archive.bodies import captured
from archive.curation import Curation
from archive.decisions import NONE
from archive.digests import Digests
from archive.division import Terms
from archive.division.packed import pack
from archive.division.room import gather_at_once
from archive.heads import light, unpack_head
from archive.histories import ReportHistory, Version
from archive.inputs import inputs_of
from archive.kept import Headed, Kept, Reading, headed
from archive.ledger import Ledger
from archive.manifest import current_hash, note_inputs
from archive.masking.masks import MASK
from archive.public import Public
from archive.readings import Readings, head_of
from archive.root import DataRoot
from archive.unpacking import unpack
from archive.withholding.decision import Withheld
from extract import codec
from extract.types import Report
from extract.version import reader_version
from tests.stored import ENTRY, SITE, Got, Run, article, build, db, keep, report_of
from tests.test_figures_by_column import REPORTS

_ENTRIES = {"shili": {**ENTRY, "agency": "示例市财政局"}}
_READINGS = "SELECT count(*), group_concat(hex(report)) FROM readings"


def _kept(root: DataRoot) -> Kept:
    return Kept(root.readings, reader_version(), {})


def _change(root: DataRoot, sql: str) -> None:
    with contextlib.closing(sqlite3.connect(root.readings)) as opened, opened:
        opened.execute(sql)


def _stored(folder: Path) -> DataRoot:
    """Reports with and without an agency of their own, one with a telephone, one changed."""
    root = DataRoot(folder)
    nobody = article(report_of(2021)).replace("示例市财政局".encode(), b"")
    called = article(report_of(2022)).replace(
        "无其他".encode(), "电话0795-7022345，无其他".encode()
    )
    got = [
        Got(f"{SITE}/2020.html", article(report_of(2020))),
        Got(f"{SITE}/2021.html", nobody, title="2021年政府信息公开工作年度报告"),
        Got(f"{SITE}/2022.html", called),
    ]
    keep(root, Run(got, entries=_ENTRIES))
    changed = article(report_of(2020, error="balance"))
    keep(root, Run([Got(f"{SITE}/2020.html", changed)], entries=_ENTRIES))
    return root


@given(REPORTS)
def test_a_head_is_the_reading_without_what_is_long_and_its_digests(report: Report) -> None:
    packed = codec.pack(report)
    assert unpack_head(head_of(packed)) == (light(unpack(packed)), Digests.of(report))
    assert head_of(packed) == head_of(codec.pack(unpack(packed)))


def test_of_other_code_a_head_says_nothing(tmp_path: Path) -> None:
    root = _stored(tmp_path)
    build(root)
    kept = _kept(root)
    (digest,) = db(root, "SELECT sha256 FROM sources WHERE url LIKE '%2022.html'")[0]
    whole = kept(digest)
    assert whole.digests is None
    assert whole.report
    head = kept.headed(digest)
    assert head.report == light(whole.report)
    assert head.digests == Digests.of(whole.report)
    with mock.patch("archive.heads.heads_version", return_value="other"):
        assert kept.headed(digest) == whole
    assert unpack_head('["other"]') is None  # of other code it may have other parts
    kept.close()


def test_what_is_not_kept_has_no_head(tmp_path: Path) -> None:
    root = _stored(tmp_path)
    build(root)
    passing = Reading("0" * 64, "time_limit", "took 60 s", None)
    kept = Kept(root.readings, reader_version(), {passing.sha256: passing})
    assert isinstance(kept, Headed)
    assert headed(kept)(passing.sha256) is passing
    assert headed(kept)("1" * 64).status == "unreadable"
    assert headed(lambda _: passing)("x") is passing
    kept.close()


def test_reports_gathered_by_heads_are_those_of_whole_readings(tmp_path: Path) -> None:
    root = _stored(tmp_path)
    build(root)
    ledger, kept = Ledger(root.ledger), _kept(root)
    last = inputs_of(ledger).last
    rows = captured(ledger)
    made = [
        gather_at_once(ledger, rows, Terms(root.ledger, last, read, True, NONE, Withheld()))
        for read in (kept, lambda sha256: kept(sha256))
    ]
    assert len(made[0].reports) == 3
    packed = [[pack(history) for history in each.reports.values()] for each in made]
    assert packed[0] == packed[1]
    versions = [v for history in made[0].reports.values() for v in history.versions]
    assert len(versions) == 4
    assert [v.masked is not None for v in versions].count(True) == 1
    kept.close()
    ledger.close()


def test_a_release_is_the_same_without_heads(tmp_path: Path) -> None:
    root = _stored(tmp_path)
    build(root)
    (count,) = _asked(root, "SELECT count(*) FROM readings WHERE head IS NOT NULL")
    assert count == 4
    made = current_hash(root)
    _change(root, "UPDATE readings SET head = NULL")
    note_inputs(root, None)
    build(root)
    assert current_hash(root) == made


def test_readings_of_a_builder_that_kept_no_heads_stay(tmp_path: Path) -> None:
    root = _stored(tmp_path)
    build(root)
    made, before = current_hash(root), _asked(root, _READINGS)
    _change(root, "ALTER TABLE readings DROP COLUMN head")
    note_inputs(root, None)
    build(root)
    assert current_hash(root) == made
    assert _asked(root, _READINGS) == before
    # What is read from now on has one, wherever the column stands.
    keep(root, Run([Got(f"{SITE}/2019.html", article(report_of(2019)))], entries=_ENTRIES))
    build(root)
    assert _asked(root, "SELECT count(*), count(head) FROM readings") == (5, 1)
    readings = Readings(root.readings)
    (digest,) = db(root, "SELECT sha256 FROM sources WHERE url LIKE '%2019.html'")[0]
    reading = readings.get(digest)
    assert reading
    assert reading.report
    readings.close()


def test_several_that_open_what_an_older_builder_began_all_take_it_over(tmp_path: Path) -> None:
    root = _stored(tmp_path)
    build(root)
    _change(root, "ALTER TABLE readings DROP COLUMN head")
    with ThreadPoolExecutor(4) as several:
        opened = list(several.map(lambda _: _opened(root.readings), range(4)))
    assert opened == [reader_version()] * 4
    assert _asked(root, "SELECT count(*), count(head) FROM readings") == (4, 0)


def _opened(path: Path) -> str:
    readings = Readings(path)
    readings.close()
    return readings.reader


@pytest.mark.parametrize(
    ("status", "masked", "is_clean"),
    [("read", None, True), ("read", ("a", "b"), False), ("needs_ocr", None, False)],
)
def test_only_what_was_looked_through_is_not_looked_through_again(
    status: str, masked: tuple[str, str] | None, *, is_clean: bool
) -> None:
    whole = Report(status, chapters={"六": "电话0795-7022345"}, headings={"六": "电话0795-7022345"})
    version = SimpleNamespace(report=light(whole), masked=masked)
    history = cast("ReportHistory", SimpleNamespace(report_id="x"))
    shown = Public(Curation()).report(history, cast("Version", version), whole)
    # Nobody tells `masked` wrong: this only shows who looks.
    assert (shown.chapters == whole.chapters) is is_clean
    assert MASK in shown.headings["六"]


def _asked(root: DataRoot, sql: str) -> tuple[object, ...]:
    with contextlib.closing(sqlite3.connect(root.readings)) as opened:
        row: tuple[object, ...] = opened.execute(sql).fetchone()
        return row
