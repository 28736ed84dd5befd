"""A release for tests of panels: a few agencies, each figure another number, all odd cells.

| agency            | 2019       | 2020    | 2021            | 2022                     |
|-------------------|------------|---------|-----------------|--------------------------|
| 990102-finance    | form 2019  | —       | form 2021       | form 2021, odd cells     |
| 990102-government | aggregate  | own     | own*, aggregate | —                        |
| 990102-audit      | —          | —       | unread          | scope unknown            |
| 990102-devzone    | —          | aggr.   | aggregate       | —                        |
| 990181-health     | form 2019  | 2019    | — (merged)      | — (merged into 990107)   |
| 990107-health     | —          | —       | form 2021**     | —                        |

**: its chapter three was not read.
*: chapter three in the form of 2019. 990102 has other boundaries since 2021.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from extract.forms import forms
from tests.small_release import UNREAD, Given, Office, Printed, release

#: Rows of the table `left_out`, for CSVs of more rows than a page has.
MANY = 20_500
NAME = "20260101-000000-0123abcd"
HOSTILE = '=HYPERLINK("http://x.example")示例区财政局'
FINANCE = Office("990102-finance", HOSTILE, "finance", form="department")
GOVERNMENT = Office("990102-government", "示例区人民政府", "government", form="government")
AUDIT = Office("990102-audit", "示例区审计局", "audit", form="department")
ZONE = Office("990102-devzone", "示例开发区管委会", "devzone", form="devzone")
GONE = Office("990181-health", "旧县卫生局", "health", region="990181", region_name="旧县")
NEW = Office("990107-health", "新区卫生局", "health", region="990107", region_name="新区")
LONG = "http://www.shili.example/" + "长" * 1000


def numbers(form: str, first: int) -> dict[str, Given | None]:
    """Another number in each cell of a form."""
    return {slot.key: first + n for n, slot in enumerate(forms()[form].slots())}


#: Form 2021: the three lines of 其他处理, in odd ways for each applicant.
ODD: dict[str, Given | None] = {
    **numbers("2021", 30_000),
    "t3_other_no_correction_natural": 0, "t3_other_fee_unpaid_natural": 7,
    "t3_other_misc_natural": 11,
    "t3_other_fee_unpaid_enterprise": "blank",
    "t3_other_no_correction_research": "dash", "t3_other_misc_research": UNREAD,
    "t3_other_no_correction_ngo": "blank", "t3_other_fee_unpaid_ngo": "blank",
    "t3_other_misc_ngo": "blank",
    "t3_other_no_correction_legal": "blank", "t3_other_misc_legal": None,
    "t3_granted_natural": 0, "t3_granted_enterprise": "blank", "t3_granted_research": "slash",
    "t3_granted_ngo": "none_word", "t3_granted_legal": UNREAD, "t3_granted_other_org": None,
    "t3_partial_natural": "unparsed", "t3_partial_enterprise": 1.5,
    "t2_fee_charged": (763.0137, "万元"),
}  # fmt: skip
REPORTS = (
    Printed(FINANCE, 2019, numbers("2019", 1000), form="2019", published="2020-01-20"),
    Printed(FINANCE, 2021, numbers("2021", 20_000), published="2022-02-07"),
    Printed(FINANCE, 2022, ODD, published="2023-01-31", name="示例区财政局（所印）"),
    Printed(GOVERNMENT, 2019, numbers("2019", 2000), scope="aggregate", form="2019"),
    Printed(GOVERNMENT, 2020, numbers("2019", 3000), form="2019"),
    Printed(GOVERNMENT, 2021, numbers("2021", 40_000)),
    Printed(GOVERNMENT, 2021, numbers("2021", 50_000), scope="aggregate"),
    Printed(AUDIT, 2021, form=None, status="attachment_unread"),
    Printed(AUDIT, 2022, numbers("2021", 60_000), scope="unknown"),
    Printed(ZONE, 2020, numbers("2019", 80_000), scope="aggregate", form="2019"),
    Printed(ZONE, 2021, numbers("2021", 90_000), scope="aggregate"),
    Printed(GONE, 2019, numbers("2019", 4000), form="2019"),
    Printed(GONE, 2020, numbers("2019", 5000), form="2019"),
    Printed(NEW, 2021, numbers("2021", 70_000)),
)
YEARS = (2018, 2019, 2020, 2021, 2022)


def _region(
    code: str, name: str, first: int, last: int | None, of_2020: str | None
) -> dict[str, Any]:
    return {
        "region_code": code, "valid_from": first, "valid_to": last, "name": name,
        "short_name": name[:-1], "level": "county", "kind": "县", "parent_code": "990100",
        "province_code": "990000", "successor_code": None, "code_2020": of_2020, "source": "test",
    }  # fmt: skip


REGIONS = (
    _region("990000", "示例省", 0, None, "990000"),
    _region("990102", "示例区", 0, 2021, "990102"),
    _region("990102", "示例区", 2021, None, None),
    _region("990181", "旧县", 0, 2021, "990181"),
    _region("990107", "新区", 2021, None, "990181"),
    _region("990199", "新县", 0, None, "990199"),
    _region("990198", "新县", 0, None, "990198"),
)


def write(root: Path) -> Path:
    """Write the release into a data root and make it current; gives its folder."""
    folder = root / "releases" / NAME
    folder.mkdir(parents=True)
    with release(REPORTS, REGIONS) as db:
        db.executemany("INSERT INTO _years VALUES (?)", [(year,) for year in YEARS])
        db.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            "INSERT INTO left_out SELECT printf('portal-%0250d', i), i FROM n",
            (MANY,),
        )
        db.execute("INSERT INTO _reach VALUES ('990102', 'incomplete', 'partial', 1, NULL)")
        db.commit()
        for name, file in (("main", "nianbao.db"), ("text", "text.db")):
            db.execute(f"VACUUM {name} INTO ?", (str(folder / file),))
    manifest = {
        "release": NAME, "content_hash": "ab" * 32, "built_at": "2026-01-01T00:00:00Z",
        "fiction": True, "counts": {},
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    (root / "releases" / "current").symlink_to(NAME)
    _change(folder / "nianbao.db")
    return folder


def _change(path: Path) -> None:
    """Give a report an address longer than Stata's texts of fixed width, another one counts."""
    with sqlite3.connect(path) as db:
        db.execute("UPDATE _versions SET path = ? WHERE version_id LIKE '990107-health-2021.%'",
                   (LONG,))  # fmt: skip
        db.execute("UPDATE _versions SET form_t3 = '2019' "
                   "WHERE version_id LIKE '990102-government-2021.%'")  # fmt: skip
        db.execute("UPDATE _versions SET form_t3 = NULL "
                   "WHERE version_id LIKE '990107-health-2021.%'")  # fmt: skip
        t3 = ", ".join(f"{slot.key} = NULL" for slot in forms()["2021"].slots("t3"))
        db.execute(f"UPDATE figures SET {t3} WHERE version_id LIKE '990107-health-2021.%'")
        db.execute(
            "UPDATE _reports SET passed = 61, failed = 5, uncertain = 4, not_assessable = 2, "
            "must_failed = 3, informative = 1 WHERE report_id = '990102-finance-2021'"
        )
    db.close()
