"""The view of amounts in yuan converts what has a printed unit, and nothing else."""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database

from archive.packing import Packed
from archive.schema import codebook, create


def release() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    create(Database(connection), Database(memory=True))
    connection.execute("PRAGMA foreign_keys = OFF")
    rows = [
        ("a", 43.788, "万元"),
        ("b", 12937, "元"),
        ("c", 8040, None),
        ("d", 0, None),
        ("e", 1.2, "亿元"),
    ]
    tables = Packed(connection)
    tables.add("lines", codebook())
    for name, value, unit in rows:
        version_id = f"u-{name}-2022.v1"
        agency = {"agency_id": f"u-{name}", "region_code": None, "region_name": None, "kind": None}
        reported = {"status": "read", "url": "http://shili.example/1.html", "form": None}
        tables.add("agencies", [{**agency, "name": "示例市示例局", "resolved": 0, "reports": 1}])
        tables.add("versions", [{
            "version_id": version_id, "report_id": f"u-{name}-2022", "number": 1, "title": None,
            "form_t2": None, "form_t3": None, "pictures": 0, "text_sha256": "",
            "figures_sha256": "", **reported,
        }])  # fmt: skip
        tables.add("figures", [{"version_id": version_id, "t2_fee_charged": value}])
        if unit:
            tables.add("figure_notes", [{
                "version_id": version_id, "figure": "t2_fee_charged", "printed": str(value),
                "status": "reported", "unit": unit, "flags": None,
            }])  # fmt: skip
        tables.add("reports", [{
            **agency, **reported, "report_id": f"u-{name}-2022", "agency": "示例市示例局",
            "scope": "own", "year": 2022, "version_id": version_id, "portal": "p",
            "failed": 0, "uncertain": 0, "not_assessable": 0, "passed": 0,
        }])  # fmt: skip
    tables.flush()
    return connection


def test_amounts_are_converted_where_a_unit_is_printed() -> None:
    found = release().execute("SELECT report_id, 折合元 FROM amounts_in_yuan ORDER BY 1").fetchall()
    assert found == [
        ("u-a-2022", 437880),
        ("u-b-2022", 12937),
        ("u-c-2022", None),
        ("u-d-2022", 0),
        ("u-e-2022", 120000000),
    ]
