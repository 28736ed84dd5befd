"""A small fictional release on disk, its figures worked out by hand, for pages of the site.

Two counties of one prefecture. Own reports of 2021 at county level, vertical systems apart:
示例区财政局 (11 new, 4 granted, 2 denied, 5 otherwise: 11 closed) and 样本县财政局 (100 new, 50
granted, 20 unavailable, 30 not processed: 100 closed). So 111 closed, 54 disclosed.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

from archive.release.meaning import check_rows
from archive.site.serve import site
from tests.rate_release import Release, of_form

HOSTILE = "<script>alert('局')</script>\u202e局"
REGIONS = (
    ("990000", 0, None, "示例省", "province", None, None),
    ("990100", 0, None, "示例省示例市", "prefecture", "990000", None),
    ("990102", 0, None, "示例省示例市示例区", "county", "990100", None),
    ("990103", 0, 2021, "示例省示例市旧县", "county", "990100", "990102"),
    ("990121", 0, None, "示例省示例市样本县", "county", "990100", None),
)
SAID = "“总计”列：报告所载数字不相等，前者为{left}，后者为{right}。"


def write(root: Path) -> Path:
    """Write the release into a data root."""
    made = Release()
    _places(made)
    _reports(made)
    _findings(made)
    folder = root / "releases" / "r1"
    folder.mkdir(parents=True)
    with sqlite3.connect(folder / "nianbao.db") as target:
        made.finish().backup(target)
    target.close()
    made.db.close()
    (root / "releases" / "current").symlink_to("r1")
    return root


def asking(root: Path) -> Callable[[str], Any]:
    """Asks the site of a root in this process: an address to its answer."""
    datasette = site(root)
    return lambda path: asyncio.run(datasette.client.get(path))


def soup(answer: Any) -> BeautifulSoup:
    """A page of ours."""
    assert answer.status_code == 200, answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    return BeautifulSoup(answer.text, "lxml")


def table(page: BeautifulSoup, label: str) -> list[list[str]]:
    """The rows of the table in the region of a label, white space taken out."""
    found = page.select_one(f'[aria-label="{label}"] table')
    assert found is not None, label
    return [
        ["".join(cell.get_text().split()) for cell in row.select("th, td")]
        for row in found.select("tr")
    ]


def _places(made: Release) -> None:
    made.tables.add("checks", check_rows())
    made.tables.add("regions", [
        {
            "region_code": code, "valid_from": first, "valid_to": last, "name": name,
            "short_name": name[-3:], "level": level, "kind": "县", "parent_code": parent,
            "province_code": "990000", "successor_code": successor, "code_2020": code,
            "source": "fiction",
        }
        for code, first, last, name, level, parent, successor in REGIONS
    ])  # fmt: skip
    made.db.executemany("INSERT INTO _years VALUES (?)", [(y,) for y in range(2019, 2023)])
    made.db.execute(
        "INSERT INTO expected VALUES ('county', 'finance', 2019, NULL, '财政', 'local', 'certain',"
        " 'x', 1)"
    )
    made.db.execute("INSERT INTO _frame_size VALUES ('990000', 'county', 'local', 2021, 5)")
    made.db.execute(
        "INSERT INTO _frame_seen VALUES ('990000', 'county', 'local', 'finance', 2021,"
        " 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0)"
    )
    district, county = "示例省示例市示例区", "示例省示例市样本县"
    made.agency("990102-audit", HOSTILE, "county", region_name=district)
    made.agency("990102-finance", "示例区财政局", "county", region_name=district, kind_name="财政")
    made.agency("990102-government", "示例区人民政府", "county", region_name=district)
    made.agency("990102-tax", "示例区税务局", "county", region_name=district, is_vertical=1)
    made.agency("990121-finance", "样本县财政局", "county", region_name=county, kind_name="财政")


def _reports(made: Release) -> None:
    made.report("990102-audit", 2021)  # not read
    made.report("990102-finance", 2019, of_form(
        "2019", t3_received_new_total=7, t3_granted_total=3, t3_partial_total=1,
        t3_denied_state_secret_total=1, t3_other_handling_total=2, t3_processed_total_total=7,
    ), form="2019")  # fmt: skip
    made.report("990102-finance", 2021, of_form(
        "2021", t3_received_new_total=11, t3_received_new_natural=8, t3_granted_total=4,
        t3_denied_third_party_total=2, t3_other_no_correction_total=1,
        t3_other_fee_unpaid_total=1, t3_other_misc_total=3, t3_processed_total_total=11,
        t4_review_upheld=6, t4_review_corrected=2, t4_review_total=8,
    ))  # fmt: skip
    blank = of_form("2021", t3_received_new_total=13, t3_processed_total_total=13)
    made.report(
        "990102-finance", 2022, blank | {"t3_granted_total": None, "t3_other_misc_total": None},
        marks={"t3_granted_total": "blank", "t3_other_misc_total": "dash"},
    )  # fmt: skip
    made.report("990102-government", 2021, of_form(
        "2021", t3_received_new_total=1000, t3_granted_total=999, t3_other_misc_total=1,
        t3_processed_total_total=1000,
    ), scope="aggregate")  # fmt: skip
    made.report("990102-tax", 2021, of_form(
        "2021", t3_received_new_total=5000, t3_granted_total=5000, t3_processed_total_total=5000,
    ))  # fmt: skip
    made.report("990121-finance", 2021, of_form(
        "2021", t3_received_new_total=100, t3_granted_total=50,
        t3_unavailable_not_held_total=20, t3_not_processed_repeat_total=30,
        t3_processed_total_total=100,
    ))  # fmt: skip


def _findings(made: Release) -> None:
    said = (
        ("990102-finance-2019.v1", 1, "C26", "fail", 2, 3),  # informative: a note
        ("990102-finance-2021.v1", 1, "C01", "fail", 11, 12),
        ("990102-finance-2021.v1", 2, "C02", "uncertain", 5, None),
        ("990102-finance-2022.v1", 1, "C01", "uncertain", 13, None),
        ("990121-finance-2021.v1", 1, "C03", "fail", 100, 101),
        ("990121-finance-2021.v1", 2, "C03", "fail", 50, 51),
    )
    made.tables.add("findings", [
        {
            "version_id": version, "number": number, "check": check, "status": status,
            "left": left, "right": right, "figures": json.dumps(["t3_granted_total"]),
            "sentence": SAID.format(left=left, right=right), "sentence_en": "x",
        }
        for version, number, check, status, left, right in said
    ])  # fmt: skip
    made.tables.flush()
    made.tables.count_findings({})
