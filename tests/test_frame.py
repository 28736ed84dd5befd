"""Coverage against a frame of regions × kinds × years, with figures worked out by hand.

An invented province of four places: the province (990000), a city (990100), a district
(990102) and a county (990121) that became a district of another code (990103) in 2021.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import pytest
from sqlite_utils import Database

from archive import schema
from archive.frame import count_frame
from archive.histories import Gathered
from archive.packing import Packed

Row = Mapping[str, Any]
HOME = {"region_name": "示例省 示例市", "family": "trs", "confidence": "verified"}
#: Portal → registry entry: region, agency ("" of several), and outcome of the latest crawl.
PORTALS = {
    "shili": ("990100", "", "complete"),
    "shili-audit": ("990100", "示例市审计局", "wall"),
    "quxian": ("990102", "", "robots_denied"),
    "quxian-old": ("990102", "", "not_found"),
    "yangben": ("990121", "", "incomplete"),
}
PLACES = {"990100": "示例省 示例市", "990102": "示例省 示例市 示例区", "990121": "示例省 样本县"}
#: Region, name, level, kind, first year, first year in which it was no more.
REGIONS = [
    ("990000", "示例省", "province", "省", 0, None),
    ("990100", "示例市", "prefecture", "地级市", 0, None),
    ("990102", "示例区", "county", "市辖区", 0, None),
    ("990121", "样本县", "county", "县", 0, 2021),
    ("990103", "样本区", "county", "市辖区", 2021, None),
    ("990171", "示例开发区", "county", "开发区", 2015, None),
    ("990102101", "范例镇", "township", "镇", 0, None),
    ("990102102", "无闻街道", "township", "街道", 0, None),
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
]  # fmt: skip
DEADLINES = [
    ("own", "prefecture", 2008, 2018, 3, 31),
    ("own", "prefecture", 2019, None, 1, 31),
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


@pytest.fixture(scope="module")
def release() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as db, closing(sqlite3.connect(":memory:")) as text:
        schema.create(Database(db), Database(text))
        tables = Packed(db)
        agencies = {each[0]: agency_row(*each[:2]) for each in REPORTS}
        tables.add("agencies", agencies.values())
        tables.add("_years", [{"year": year} for year in range(2019, 2023)])
        tables.add(
            "regions",
            [
                {
                    "region_code": code, "valid_from": first, "valid_to": end, "name": name,
                    "short_name": name[:-1], "level": level, "kind": kind, "parent_code": None,
                    "province_code": "990000", "successor_code": None, "code_2020": None,
                    "source": "invented",
                }
                for code, name, level, kind, first, end in REGIONS
            ],
        )  # fmt: skip
        names = ("scope", "level", "first_year", "last_year", "month", "day")
        tables.add(
            "deadlines",
            [
                {**dict(zip(names, each, strict=True)), "source": "x", "is_verified": 0}
                for each in DEADLINES
            ],
        )
        for given in REPORTS:
            add_report(tables, given, agencies[given[0]])
        tables.flush()
        count_frame(tables, gathered())
        yield db


def ask(db: sqlite3.Connection, sql: str) -> list[tuple[Any, ...]]:
    return db.execute(sql).fetchall()


@pytest.mark.parametrize(
    ("region", "kind", "want"),
    [
        # 2019, 2020, 2021, 2022
        ("990100", "finance", "read read not_found unresolved"),
        ("990100", "education", "not_found needs_ocr not_found unresolved"),
        ("990100", "health", "not_found not_found unread unresolved"),
        # Its own column met a wall; that of the city's agencies was read to its end.
        ("990100", "audit", "not_found not_found not_found unresolved"),
        ("990102", "audit", "robots robots robots robots"),
        ("990121", "government", "incomplete read"),
        ("990103", "government", "not_registered not_registered"),
        ("990000", "audit", "not_registered not_registered not_registered not_registered"),
    ],
)
def test_each_cell_has_one_status(
    release: sqlite3.Connection, region: str, kind: str, want: str
) -> None:
    where = f"region_code = '{region}' AND kind = '{kind}' AND year >= 2019"
    rows = ask(release, f"SELECT status FROM frame WHERE {where} ORDER BY year")
    assert " ".join(status for (status,) in rows) == want
