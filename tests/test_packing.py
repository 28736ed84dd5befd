"""Public rows go into the compact tables and come out of the views as they were."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from sqlite_utils import Database

from archive import schema
from archive.packing import Packed
from extract.forms import columns

Row = dict[str, Any]

TIMES = (
    "2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05.001Z", "1969-12-31T23:59:59.999Z",
    "2026-02-30T03:04:05.678Z", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.678901Z", "",
)  # fmt: skip
RECORDS = (
    "<urn:uuid:00000000-0000-4000-8000-00000000000a>",
    "<urn:uuid:ABCDEF00-0000-4000-8000-000000000001>",
    "urn:x", "",
)  # fmt: skip
URLS = (
    "http://shili.example/a/b/t1.html", "http://shili.example/a/b/t2.html?x=/y", "import/年报.doc",
    "http://shili.example", "https://shili.example:8443/年报.html", "/", "",
)  # fmt: skip
TITLES = (
    "示例市财政局2021年政府信息公开工作年度报告", "2021年示例局政府信息公开\n年度报告",
    "政府信息公开", "1", "", "{left}", None,
)  # fmt: skip
DATES = ("2022-01-20", "1", "", None)


@pytest.fixture
def release() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    schema.create(Database(connection), Database(memory=True))
    yield connection
    connection.close()


def digest(dice: random.Random) -> str:
    return f"{dice.getrandbits(256):064x}"


def version(dice: random.Random, report_id: str, number: int) -> Row:
    form = dice.choice(("2019", "2021", "legacy", None))
    return {
        "version_id": f"{report_id}.v{number}",
        "report_id": report_id,
        "number": number,
        "status": dice.choice(("read", "needs_ocr")),
        "title": dice.choice(TITLES),
        "title_derived": dice.choice((None, "示例")),
        "published": dice.choice(DATES),
        "signed": dice.choice(DATES),
        "format": dice.choice(("html", None)),
        "form": form,
        "form_t2": dice.choice((form, "2019", None)),
        "form_t3": dice.choice((form, "2021", None)),
        "url": dice.choice(URLS),
        "flags": dice.choice((None, "converted no_t2")),
        "pictures": dice.randint(0, 3),
        "text_sha256": digest(dice),
        "figures_sha256": digest(dice),
    }


def source(dice: random.Random, of: Row) -> Row:
    at = dice.choice(TIMES)
    return {
        "version_id": of["version_id"],
        "url": dice.choice((of["url"], *URLS)),
        "sha256": digest(dice),
        "portal": "shili",
        "role": dice.choice(("article", "import")),
        "listing": dice.choice((None, "http://shili.example/a/b/", "")),
        "list_title": dice.choice((of["title"], *TITLES)),
        "list_date": dice.choice((of["published"], *DATES)),
        "http_status": dice.choice((200, None)),
        "content_type": dice.choice(("text/html", None)),
        "bytes": dice.randint(0, 99),
        "captured_at": at,
        "last_seen": dice.choice((at, *TIMES)),
        "gone_since": dice.choice(DATES),
        "unlisted_since": dice.choice(DATES),
        "record_id": dice.choice(RECORDS),
        "warc_file": "a.warc.gz",
        "warc_offset": dice.randint(0, 10**12),
    }


def finding(dice: random.Random, of: Row, number: int) -> Row:
    left, right = (dice.choice((None, 0, 2, 12, -3, 1.5, 0.1 + 0.2)) for _ in range(2))
    said = [
        ("（空）" if x is None else f"{x:g}" if isinstance(x, float) else x) for x in (left, right)
    ]
    english = ["empty" if x is None else x for x in (left, right)]
    return {
        "version_id": of["version_id"],
        "number": number,
        "report_id": of["report_id"],
        "check": dice.choice(("C01", "C05")),
        "status": dice.choice(("fail", "uncertain")),
        "left": left,
        "right": right,
        "figures": json.dumps(dice.sample(list(columns()), 2)),
        "sentence": dice.choice(
            (f"有2格未填；前者为{said[0]}，后者为{said[1]}。", f"印出的是{said[0]}", "{right}")
        ),
        "sentence_en": f"2 cells; one side is {english[0]}, the other {english[1]}.",
        "reading": dice.choice(("certain", "certain", "shift_suspected")),
        "related": dice.choice((None, None, of["version_id"])),
    }


def notes(dice: random.Random, of: Row) -> Iterator[Row]:
    """Notes in the order of the columns, with runs of neighbours that say the same."""
    said = dice.choice
    kind: tuple[Any, ...] = ()
    for figure in columns():
        if not kind or dice.random() < 0.2:
            status = said(("reported", "blank", "slash", "unparsed", "missing_cell", ""))
            unit, flags = said((None, "万元")), said((None, "unit_in_cell"))
            kind = (said(("", "/", None, "7", "若干")), status, unit, flags)
        if kind[1]:
            names = ("printed", "status", "unit", "flags")
            yield {
                "version_id": of["version_id"],
                "figure": figure,
                **dict(zip(names, kind, strict=True)),
            }


def report(dice: random.Random, of: Row, agency: Row, year: int, scope: str) -> Row:
    both = ("status", "title", "title_derived", "published", "signed", "form", "flags", "url")
    return {
        "report_id": of["report_id"],
        "agency_id": agency["agency_id"],
        "agency": dice.choice((agency["name"], "示例市财政局（本级）")),
        "region_code": agency["region_code"],
        "region_name": agency["region_name"],
        "kind": agency["kind"],
        "scope": scope,
        "year": year,
        **{name: of[name] for name in both},
        "published_source": dice.choice((None, "label")),
        "version_id": of["version_id"],
        "portal": "shili",
        "failed": 1,
        "uncertain": 0,
        "not_assessable": 2,
        "passed": 70,
    }


def agency(agency_id: str) -> Row:
    region, kind = (None, None) if agency_id.startswith("u-") else agency_id.split("-", 1)
    return {
        "agency_id": agency_id, "name": "示例市财政局", "region_code": region,
        "region_name": region and "示例市", "kind": kind, "kind_name": kind, "resolved": 1,
        "reports": 1, "first_year": 2020, "last_year": 2021,
    }  # fmt: skip


def fill(connection: sqlite3.Connection, seed: int) -> dict[str, list[Row]]:
    """Rows of every packed table, added as a build adds them."""
    dice, tables = random.Random(seed), Packed(connection)
    tables.add("lines", schema.codebook())
    given: dict[str, list[Row]] = {
        name: [] for name in ("reports", "versions", "sources", "figure_notes", "findings")
    }

    def add(table: str, *rows: Row) -> None:
        given[table] += rows
        tables.add(table, rows)

    for agency_id in ("990100-finance", "990100001-town", "u-0123456789ab"):
        own = agency(agency_id)
        tables.add("agencies", [own])
        for year, scope in ((2020, "own"), (2021, "aggregate"), (2021, "own"), (2022, "unknown")):
            report_id = f"{agency_id}-{year}" + "-agg" * (scope == "aggregate")
            current = dice.randint(1, 11)
            for number in range(1, 12):
                of = version(dice, report_id, number)
                add("versions", of)
                add("sources", *(source(dice, of) for _ in range(dice.randint(0, 3))))
                add("findings", *(finding(dice, of, n) for n in range(1, dice.randint(1, 5))))
                add("figure_notes", *(notes(dice, of) if dice.random() < 0.4 else ()))
                if number == current:
                    add("reports", report(dice, of, own, year, scope))
    tables.flush()
    return given


@pytest.mark.parametrize("seed", range(4))
def test_the_views_give_back_what_was_put_in(release: sqlite3.Connection, seed: int) -> None:
    for table, rows in fill(release, seed).items():
        assert len(rows) > 10
        names = list(rows[0])
        listed = ", ".join(f'"{name}"' for name in names)
        have = release.execute(f"SELECT {listed} FROM {table}").fetchall()
        assert sorted(map(repr, have)) == sorted(repr(tuple(row.values())) for row in rows), table
    assert release.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_version_knows_when_its_sources_were_seen(release: sqlite3.Connection) -> None:
    given = fill(release, 1)
    for version_id, first, last in release.execute(
        "SELECT version_id, first_seen, last_seen FROM versions"
    ).fetchall():
        mine = [row for row in given["sources"] if row["version_id"] == version_id]
        assert first == min((row["captured_at"] for row in mine), default=None)
        assert last == max((row["last_seen"] for row in mine), default=None)


def test_current_findings_are_those_of_the_reports(release: sqlite3.Connection) -> None:
    given = fill(release, 2)
    current = {row["version_id"] for row in given["reports"]}
    want = sorted(
        (r["version_id"], r["number"]) for r in given["findings"] if r["version_id"] in current
    )
    sql = "SELECT version_id, number FROM current_findings ORDER BY 1, 2"
    assert release.execute(sql).fetchall() == want


def test_coverage_prefers_an_agencys_own_report(release: sqlite3.Connection) -> None:
    fill(release, 3)
    release.executemany("INSERT INTO _years VALUES (?)", [(2020,), (2021,), (2023,)])
    sql = (
        "SELECT year, report_id, status FROM coverage WHERE agency_id = '990100-finance' ORDER BY 1"
    )
    (first, second, third) = release.execute(sql).fetchall()
    assert (first[1], second[1]) == ("990100-finance-2020", "990100-finance-2021")
    assert third == (2023, None, "not_in_archive")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version_id": "990100-finance-2021.v2"}, "differ"),
        ({"title": "另题"}, "differ"),
        ({"kind": "audit"}, "differ"),
        ({"agency": None}, "nothing where"),
    ],
)
def test_what_has_no_place_is_refused(
    release: sqlite3.Connection, change: Row, message: str
) -> None:
    dice, tables, own = random.Random(0), Packed(release), agency("990100-finance")
    tables.add("agencies", [own])
    of = version(dice, "990100-finance-2021", 1)
    tables.add("versions", [of])
    row = {**report(dice, of, own, 2021, "own"), **change}

    def put_in() -> None:
        tables.add("reports", [row])
        tables.flush()

    with pytest.raises(ValueError, match=message):
        put_in()
