"""Coverage against a frame of regions × kinds × years, with figures worked out by hand.

An invented province of four places: the province (990000), a city (990100), a district
(990102) and a county (990121) that became a district of another code (990103) in 2021.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlite_utils import Database

from archive import codebook, schema
from archive.frame import count_frame, expected, expected_rows
from archive.frame.reach import column_status
from archive.histories import Gathered
from archive.packing import Packed
from archive.release.files.frame import frame_table
from archive.root import DataRoot
from archive.schema.codes import EXISTENCE, FRAME_STATUS, PART
from archive.schema.coverage import STATUSES
from archive.schema.words import COLUMNS
from archive.site import markup, words
from archive.site.serve import site
from tests import stored
from tests.portal.reports import make_report
from tests.test_curation import DECISION, write

Row = Mapping[str, Any]
HOME = {"region_name": "示例省 示例市", "family": "trs", "confidence": "verified"}
#: Portal → registry entry: region, agency ("" of several), and outcome of the latest crawl.
PORTALS = {
    "shili": ("990100", "", "complete"),
    "shili-audit": ("990100", "示例市审计局", "wall"),
    "quxian": ("990102", "", "robots_denied"),
    "quxian-old": ("990102", "", "not_found"),
    "yangben": ("990121", "", "incomplete"),
    "shengshi": ("990000", "示例省审计厅", "wall"),
}
PLACES = {
    "990000": "示例省",
    "990100": "示例省 示例市",
    "990102": "示例省 示例市 示例区",
    "990121": "示例省 样本县",
}
#: Region, name, level, kind, first year, first year in which it was no more, region above.
REGIONS = [
    ("990000", "示例省", "province", "省", 0, None, None),
    ("990100", "示例市", "prefecture", "地级市", 0, None, "990000"),
    ("990102", "示例区", "county", "市辖区", 0, None, "990100"),
    ("990121", "样本县", "county", "县", 0, 2021, "990100"),
    ("990103", "样本区", "county", "市辖区", 2021, None, "990100"),
    ("990122", "无闻县", "county", "县", 2012, None, "990100"),
    ("990123", "旧县", "county", "县", 2012, 2016, "990100"),
    ("990171", "示例开发区", "county", "开发区", 2015, None, "990100"),
    ("990102101", "范例镇", "township", "镇", 0, None, "990102"),
    ("990102102", "无闻街道", "township", "街道", 0, None, "990102"),
]
#: Agency id, name, year, status, printed date, portal, first capture.
REPORTS = [
    ("990100-finance", "示例市财政局", 2019, "read", "2020-02-05", "shili", "2020-01-20"),
    ("990100-finance", "示例市财政局", 2020, "read", "2021-01-29", "shili", "2021-01-30"),
    ("990100-education", "示例市教育局", 2020, "needs_ocr", None, "shili", "2021-02-03"),
    ("990100-health", "示例市卫健委", 2021, "attachment_unread", None, "shili", "2026-03-01"),
    ("990121-government", "样本县人民政府", 2020, "read", "2021-03-30", "yangben", "2026-03-01"),
    ("990102101-town", "范例镇人民政府", 2022, "read", None, "shili", "2026-03-01"),
    ("u-0123456789ab", "某局", 2022, "read", None, "shili", "2026-03-01"),
    ("u-0123456789ac", "某某街道", 2021, "read", None, "shili", "2026-03-01"),
    ("990103-urban_mgmt", "样本区城管局", 2022, "read", None, "import", "2026-03-01"),
]  # fmt: skip
DEADLINES = [
    ("own", "prefecture", 2008, 2018, 3, 31),
    ("own", "prefecture", 2019, None, 1, 31),
    ("own", "county", 2019, None, 1, 31),
    ("aggregate", "county", 2019, None, 3, 31),
]


def agency_row(agency_id: str, name: str) -> Row:
    region, _, kind = agency_id.partition("-")
    level = {code: level for code, _, level, *_ in REGIONS}.get(region)
    settled = region != "u"
    names = ("short_name", "org_form", "is_vertical", "parent_id", "successor_id", "first_year",
             "last_year", "kind_name", "region_name")  # fmt: skip
    return {
        "agency_id": agency_id,
        "name": name,
        "region_code": region if settled else None,
        "kind": kind if settled else None,
        "level": level,
        "resolved": int(settled),
        "reports": 1,
        **dict.fromkeys(names),
    }


def add_report(tables: Packed, given: tuple[Any, ...], agency: Row) -> None:
    agency_id, _, year, status, published, portal, seen = given
    scope = "aggregate" if agency_id.endswith("government") else "own"
    report_id = f"{agency_id}-{year}" + ("-agg" if scope == "aggregate" else "")
    version = {
        "version_id": f"{report_id}.v1", "report_id": report_id, "number": 1, "status": status,
        "title": None, "title_derived": None, "published": published, "signed": None,
        "format": None, "form": None, "form_t2": None, "form_t3": None, "flags": None,
        "url": f"http://a.example/{report_id}", "pictures": 0,
        "text_sha256": "00", "figures_sha256": "00",
    }  # fmt: skip
    tables.add("versions", [version])
    source = {
        **dict.fromkeys(("listing", "list_title", "list_date", "http_status", "content_type")),
        "version_id": version["version_id"], "url": version["url"], "sha256": "00",
        "portal": portal, "role": "article", "bytes": 1, "captured_at": f"{seen}T08:00:00.000Z",
        "last_seen": f"{seen}T08:00:00.000Z", "gone_since": None, "unlisted_since": None,
        "record_id": "x", "warc_file": "w", "warc_offset": 0,
    }  # fmt: skip
    tables.add("sources", [source])
    counts = dict.fromkeys(("failed", "uncertain", "not_assessable", "passed"), 0)
    report = {
        **version, **counts, "agency": agency["name"], "region_name": None, "kind": agency["kind"],
        "region_code": agency["region_code"], "agency_id": agency_id, "scope": scope,
        "year": year, "portal": portal, "published_source": None,
    }  # fmt: skip
    tables.add("reports", [report])


def gathered() -> Gathered:
    entries = {
        key: {**HOME, "region": region, "region_name": PLACES[region], "agency": agency}
        for key, (region, agency, _) in PORTALS.items()
    }
    outcomes = {key: {"outcome": each[2], "detail": ""} for key, each in PORTALS.items()}
    looks = {"shili": "2020-01-10T00:00:00Z", "yangben": "2026-03-01T00:00:00Z"}
    return Gathered(entries=entries, outcomes=outcomes, first_looks=looks)


def fill(db: sqlite3.Connection) -> None:
    tables = Packed(db)
    agencies = {each[0]: agency_row(*each[:2]) for each in REPORTS}
    tables.add("agencies", agencies.values())
    tables.add("flags", codebook.rows())
    tables.add("_years", [{"year": year} for year in range(2019, 2023)])
    regions = [
        {
            "region_code": code, "valid_from": first, "valid_to": end, "name": name,
            "short_name": name[:-1], "level": level, "kind": kind, "parent_code": above,
            "province_code": "990000", "successor_code": None, "code_2020": None,
            "source": "invented",
        }
        for code, name, level, kind, first, end, above in REGIONS
    ]  # fmt: skip
    tables.add("regions", regions)
    tables.add("expected", expected_rows())
    names = ("scope", "level", "first_year", "last_year", "month", "day", "source", "is_verified")
    tables.add("deadlines", [dict(zip(names, (*d, "x", 0), strict=True)) for d in DEADLINES])
    for given in REPORTS:
        add_report(tables, given, agencies[given[0]])
    tables.flush()
    count_frame(tables, gathered())


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data root whose release has the invented places."""
    root = tmp_path_factory.mktemp("frame")
    folder = root / "releases" / "r1"
    folder.mkdir(parents=True)
    with (
        closing(sqlite3.connect(folder / "nianbao.db")) as db,
        closing(sqlite3.connect(folder / "text.db")) as text,
    ):
        db.execute("PRAGMA synchronous = OFF")
        text.execute("PRAGMA synchronous = OFF")
        schema.create(Database(db), Database(text))
        fill(db)
    said = {"release": "r1", "content_hash": "x", "built_at": "2026-03-01T00:00:00Z",
            "fiction": True, "counts": {}}  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(said), "utf-8")
    (root / "releases" / "current").symlink_to("r1")
    return root


@pytest.fixture(scope="module")
def release(root: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(root / "releases/r1/nianbao.db")) as db:
        yield db


def ask(db: sqlite3.Connection, sql: str) -> list[tuple[Any, ...]]:
    return db.execute(sql).fetchall()


# -- cells ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "kind", "want"),
    [
        # 2019, 2020, 2021, 2022
        ("990100", "finance", "read read not_found unresolved"),
        ("990100", "education", "not_found needs_ocr not_found unresolved"),
        ("990100", "health", "not_found not_found unread unresolved"),
        # Its own column met a wall; that of the city's agencies was read to its end.
        ("990100", "audit", "not_found not_found not_found unresolved"),
        ("990000", "audit", "blocked blocked blocked blocked"),
        ("990000", "finance", "not_registered not_registered not_registered not_registered"),
        # Of its two columns one is gone; robots.txt kept us from the other.
        ("990102", "audit", "robots robots robots robots"),
        ("990121", "government", "incomplete read"),
        ("990103", "government", "not_registered not_registered"),
        ("990102101", "town", "not_found not_found not_found read"),
        ("990102102", "subdistrict", ""),
    ],
)
def test_each_cell_has_one_status(
    release: sqlite3.Connection, region: str, kind: str, want: str
) -> None:
    where = f"region_code = '{region}' AND kind = '{kind}' AND year >= 2019"
    rows = ask(release, f"SELECT status FROM frame WHERE {where} ORDER BY year")
    assert " ".join(status for (status,) in rows) == want


@pytest.mark.parametrize(
    ("where", "want"),
    [
        ("kind = 'audit' AND region_code = '990102' AND year = 2020", "robots_denied"),
        ("kind = 'audit' AND region_code = '990000' AND year = 2020", "wall"),
        ("kind = 'health' AND region_code = '990100' AND year = 2021", "attachment_unread"),
        ("kind = 'finance' AND region_code = '990100' AND year = 2020", None),
        ("kind = 'finance' AND region_code = '990103' AND year = 2021", None),
    ],
)
def test_why_a_cell_was_not_read(release: sqlite3.Connection, where: str, want: object) -> None:
    assert ask(release, f"SELECT how FROM frame WHERE {where}") == [(want,)]


def test_a_region_is_expected_while_it_stood(release: sqlite3.Connection) -> None:
    sql = "SELECT region_code, min(year), max(year), count(*) FROM frame WHERE kind = 'audit'"
    assert ask(release, f"{sql} AND level = 'county' GROUP BY 1") == [
        ("990102", 2008, 2022, 15),
        ("990103", 2021, 2022, 2),
        ("990121", 2008, 2020, 13),
        ("990122", 2012, 2022, 11),
        ("990123", 2012, 2015, 4),
        ("990171", 2015, 2022, 8),
    ]


@pytest.mark.parametrize(
    ("region", "kind", "want"),
    [
        ("990100", "veterans", {2018: "unknown", 2019: "certain", 2022: "certain"}),
        ("990102", "water", {2008: "likely", 2022: "likely"}),
        ("990100", "water", {2008: "certain", 2022: "certain"}),
        ("990102", "natural_resources", {2018: "unknown", 2019: "likely", 2022: "likely"}),
        ("990102", "market_reg", {2013: None, 2014: "likely", 2018: "likely", 2019: "certain"}),
        ("990100", "data", {2022: None}),
        ("990171", "finance", {2014: None, 2015: "unknown", 2022: "unknown"}),
        ("990102101", "town", {2022: "unknown"}),
    ],
)
def test_existence_by_kind_and_year(
    release: sqlite3.Connection, region: str, kind: str, want: dict[int, str | None]
) -> None:
    sql = f"SELECT year, existence FROM frame WHERE region_code = '{region}' AND kind = '{kind}'"
    found = dict(ask(release, sql))
    assert {year: found.get(year) for year in want} == want


def test_parts_stand_apart(release: sqlite3.Connection) -> None:
    parts = dict(ask(release, "SELECT kind || region_code, part FROM frame WHERE year = 2022"))
    assert parts["tax990100"] == "vertical"
    assert parts["finance990171"] == parts["tax990171"] == "devzone"
    assert parts["town990102101"] == "town"
    assert parts["finance990102"] == "local"


# -- of known agencies ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("agency", "year", "want"),
    [
        # status, existence, first seen, printed date, deadline, days late, first look late
        ("990100-finance", 2019,
         ("read", "certain", "2020-01-20", "2020-02-05", "2020-01-31", 5, 0)),
        ("990100-finance", 2020,
         ("read", "certain", "2021-01-30", "2021-01-29", "2021-01-31", 0, 0)),
        ("990100-finance", 2021, ("not_found", "certain", None, None, "2022-01-31", None, 0)),
        ("990100-health", 2021,
         ("attachment_unread", "certain", "2026-03-01", None, "2022-01-31", None, 0)),
        # The archive looked there first in 2026: what stood there before is not known.
        ("990121-government", 2020,
         ("read", "certain", "2026-03-01", "2021-03-30", "2021-03-31", 0, 1)),
        ("990121-government", 2019, ("incomplete", "certain", None, None, "2020-03-31", None, 1)),
        ("990121-government", 2021,
         ("incomplete", "not_in_frame", None, None, "2022-03-31", None, 1)),
        # No statutory date of a town.
        ("990102101-town", 2022, ("read", "unknown", "2026-03-01", None, None, None, None)),
        ("u-0123456789ab", 2021, ("not_found", "unknown", None, None, None, None, None)),
        ("990103-urban_mgmt", 2019,
         ("not_in_archive", "not_in_frame", None, None, "2020-01-31", None, None)),
        ("990103-urban_mgmt", 2022, ("read", "likely", "2026-03-01", None, "2023-01-31", None, 1)),
    ],
)  # fmt: skip
def test_coverage_of_known_agencies(
    release: sqlite3.Connection, agency: str, year: int, want: tuple[object, ...]
) -> None:
    sql = (
        "SELECT status, existence, substr(first_seen, 1, 10), published, deadline, "
        "days_late, first_capture_late "
        f"FROM coverage WHERE agency_id = '{agency}' AND year = {year}"
    )
    assert ask(release, sql) == [want]


# -- sums -----------------------------------------------------------------------------


def test_sums_worked_out_by_hand(release: sqlite3.Connection) -> None:
    sql = (
        "SELECT cells, read, needs_ocr, not_found, robots, incomplete, not_registered "
        "FROM frame_summary WHERE part = 'local' AND kind = '{}' AND year = 2020 AND level = '{}'"
    )
    assert ask(release, sql.format("finance", "prefecture")) == [(1, 1, 0, 0, 0, 0, 0)]
    assert ask(release, sql.format("education", "prefecture")) == [(1, 0, 1, 0, 0, 0, 0)]
    # 示例区: robots.txt; 样本县: its government's report was read, its column in part;
    # nothing is known of 无闻县.
    assert ask(release, sql.format("government", "county")) == [(3, 1, 0, 0, 1, 0, 1)]
    assert ask(release, sql.format("audit", "county")) == [(3, 0, 0, 0, 1, 1, 1)]
    # 样本县 is no more, and of 样本区, too, no column is known.
    later = sql.format("government", "county").replace("2020", "2021")
    assert ask(release, later) == [(3, 0, 0, 0, 1, 0, 2)]


def test_sums_are_those_of_the_cells(release: sqlite3.Connection) -> None:
    """The sums are made without the cells; here each cell is counted."""
    columns = ", ".join(f"sum(status = '{status}')" for status in FRAME_STATUS)
    key = "province_code, level, part, kind, kind_name, year, existence"
    counted = ask(release, f"SELECT {key}, count(*), {columns} FROM frame GROUP BY {key}")
    assert sorted(counted) == sorted(ask(release, "SELECT * FROM frame_summary"))
    assert len(counted) > 500


def test_regions_sums_are_those_of_the_cells(release: sqlite3.Connection) -> None:
    counts = ", ".join(
        f"sum(existence = '{each}'), sum(existence = '{each}' AND status = 'read')"
        for each in ("certain", "likely")
    )
    counted = ask(
        release,
        f"SELECT region_code, year, {counts}, sum(status = 'read') FROM frame "
        "WHERE part <> 'vertical' GROUP BY 1, 2 ORDER BY 1, 2",
    )
    kept = ask(release, "SELECT * FROM _frame_places ORDER BY 1, 2")
    known = {row[0] for row in kept}
    assert known == {"990000", "990100", "990102", "990121", "990103", "990102101"}
    assert kept == [row for row in counted if row[0] in known]


def test_spans_give_the_cells_again(release: sqlite3.Connection) -> None:
    table = frame_table(release)
    names = [field.name for field in table.fields]
    rows = [dict(zip(names, row, strict=True)) for batch in table.batches() for row in batch]
    keys = [tuple(row[name] for name in table.key) for row in rows]
    assert len(set(keys)) == len(keys)
    cells = sorted(
        (row["region_code"], row["kind"], year, row["existence"], row["status"], row["how"] or "")
        for row in rows
        for year in range(row["first_year"], row["last_year"] + 1)
        if row["kind"] != "*"
    )
    known = "SELECT region_code FROM _frame_regions"
    sql = "SELECT region_code, kind, year, existence, status, coalesce(how, '') FROM frame"
    assert cells == sorted(ask(release, f"{sql} WHERE region_code IN ({known})"))
    assert all(row["years"] == row["last_year"] - row["first_year"] + 1 for row in rows)
    others = Counter[tuple[Any, ...]]()
    for row in rows:
        if row["kind"] == "*":
            assert row["status"] == "not_registered"
            for year in range(row["first_year"], row["last_year"] + 1):
                others[row["region_code"], year, row["existence"]] += row["kinds"]
    sql = "SELECT region_code, year, existence, count(*) FROM frame WHERE part = 'local'"
    sql += f" AND existence <> 'unknown' AND region_code NOT IN ({known}) GROUP BY 1, 2, 3"
    assert others == {tuple(row[:3]): row[3] for row in ask(release, sql)}
    assert {row["status_name"] for row in rows} <= {*FRAME_STATUS.values()}


# -- columns --------------------------------------------------------------------------


def test_every_outcome_tells_of_a_column() -> None:
    statuses = {outcome: column_status(outcome) for outcome in codebook.OUTCOMES}
    assert Counter(statuses.values()) == {
        "not_found": 3, "incomplete": 3, "blocked": 7, "robots": 2, "column_not_found": 3
    }  # fmt: skip
    assert column_status(None) == column_status("of a later version") == "incomplete"


def test_portals_of_a_release(release: sqlite3.Connection) -> None:
    sql = "SELECT agency, agency_id, region_code, outcome, substr(first_look, 1, 10) FROM portals"
    assert ask(release, f"{sql} WHERE portal IN ('shili', 'shili-audit') ORDER BY portal") == [
        (None, None, "990100", "complete", "2020-01-10"),
        ("示例市审计局", "990100-audit", "990100", "wall", None),
    ]


def test_expected_kinds_stand_once_and_have_names() -> None:
    rows = expected_rows()
    assert len({(row["level"], row["kind"], row["first_year"]) for row in rows}) == len(rows)
    assert {row["existence"] for row in rows} <= {*EXISTENCE}
    assert {row["part"] for row in rows} <= {*PART}
    old, new = (r for r in rows if (r["kind"], r["level"]) == ("government", "county"))
    assert (new["first_year"], new["existence"], new["is_verified"]) == (2019, "certain", 1)
    # The article of 2019 tells nothing of the years before.
    assert (old["first_year"], old["existence"], old["is_verified"]) == (2008, "certain", 0)


def test_a_kind_that_stands_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = {"kinds": ["finance"], "levels": ["county"], "existence": "likely", "source": "s"}
    rules = [{**rule, "years": [2008, 2012]}, {**rule, "years": [2012]}]
    file = {"sources": {"s": {"text": "x"}}, "expected": rules}
    monkeypatch.setattr(expected, "_file", lambda: file)
    with pytest.raises(ValueError, match="finance of a county stands twice"):
        expected_rows()


# -- what people read -----------------------------------------------------------------


def test_statuses_are_explained_alike() -> None:
    assert {code: word.word for code, word in words.FRAME.items()} == FRAME_STATUS
    for status, word in FRAME_STATUS.items():
        assert f"{status} {word}" in COLUMNS["frame"]["status"]
        assert COLUMNS["frame_summary"][status] == word
    assert tuple(FRAME_STATUS) == STATUSES


@pytest.fixture(scope="module")
def page(root: Path) -> Any:
    datasette = site(root)

    def get(path: str) -> BeautifulSoup:
        response = asyncio.run(datasette.client.get(path))
        assert response.status_code == 200
        assert "default-src 'none'" in response.headers["content-security-policy"]
        return BeautifulSoup(response.text, "lxml")

    return get


def cells_of(page: BeautifulSoup, table: int, head: str) -> list[str]:
    """The texts of the row of a table that begins so."""
    for row in page.select("table")[table].select("tr"):
        texts = [" ".join(cell.get_text().split()) for cell in row.select("th, td")]
        if texts[0].startswith(head):
            return texts[1:]
    raise AssertionError(head)


def test_the_page_of_coverage(page: Any) -> None:
    shown = page("/fugai")
    # Certainly there were 27 each of the province and the city, and 17 of each of 3 counties.
    year = cells_of(shown, 0, "2020")
    assert year[:3] == ["105", "2", "1.9%"]
    assert cells_of(shown, 1, "示例市")[:4] == ["0/27", "0/27", "1/27", "1/27"]
    assert cells_of(shown, 2, "财政")[:5] == ["确有", "0/5", "0/5", "1/5", "1/5"]
    assert "未公布" not in shown.get_text().replace("不等于未公布", "")
    assert not shown.select("script")
    assert shown.select_one('nav a[href="/fugai"]') is not None


def test_the_pages_of_a_region_and_a_kind(page: Any) -> None:
    place = page("/fugai/diqu/990100")
    assert cells_of(place, 0, "财政")[:4] == ["？机关未确定", "◇栏目中未见", "●已读取", "●已读取"]
    assert place.select_one('a[href="/bg/990100-finance-2020"]') is not None
    assert cells_of(place, 1, "示例区")[:2] == ["0/17", "0/17"]
    kind = page("/fugai/lei/government")
    assert cells_of(kind, 0, "样本县")[:4] == ["当年不在应有之列"] * 2 + ["●已读取", "◔栏目未读完"]


@pytest.mark.parametrize("path", ["/fugai/diqu/123456", "/fugai/lei/nothing"])
def test_what_is_not_in_the_frame_is_not_found(root: Path, path: str) -> None:
    assert asyncio.run(site(root).client.get(path)).status_code == 404


def test_a_column_is_whose_it_was_decided_to_be(tmp_path: Path) -> None:
    name = "示例市某某分局"
    report = stored.article(make_report(name, "990100", "public_security", 2022)[0])
    got = stored.Got("http://127.0.0.1/a.html", report, f"{name}2022年政府信息公开工作年度报告")
    root = DataRoot(tmp_path / "data")
    stored.keep(root, stored.Run([got], entries={"shili": {**stored.ENTRY, "agency": name}}))
    (tmp_path / "curation").mkdir()
    stored.build(root, curation=write(tmp_path / "curation", DECISION))
    decided = "990100-public_security-mou"
    assert stored.db(root, "SELECT portal, agency_id FROM portals") == [("shili", decided)]
    assert stored.db(root, "SELECT place FROM _reach") == [(decided,)]
    assert stored.db(root, "SELECT agency_id FROM reports") == [(decided,)]


def test_a_region_s_cells_name_it_and_tell_absence_from_nothing() -> None:
    sums = {"certain": 41, "certain_read": 17, "likely": 9, "likely_read": 5}
    assert markup.covered("甲&<乙>县", [2022, 2021], {2021: sums}) == (
        '<td class="nb-none"><span class="nb-hidden">当年无此行政区划</span></td>'
        '<td title="甲&amp;&lt;乙&gt;县 2021：确有的 41 个机关中已读取 17 个；多有的 9 类中已读取 '
        '5 个">17/41</td>'
    )
