"""The view of amounts in yuan converts what has a printed unit, and nothing else."""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database

from archive.schema import create


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
    for name, value, unit in rows:
        fields = {
            "report_id": name, "agency_id": name, "agency": "示例市示例局", "scope": "own",
            "year": 2022, "status": "read", "version_id": name, "url": "u", "portal": "p",
            "failed": 0, "uncertain": 0, "not_assessable": 0, "passed": 0,
        }  # fmt: skip
        marks = ", ".join("?" for _ in fields)
        connection.execute(
            f"INSERT INTO reports ({', '.join(fields)}) VALUES ({marks})", tuple(fields.values())
        )
        connection.execute(
            "INSERT INTO figures (version_id, t2_fee_charged) VALUES (?, ?)", (name, value)
        )
        if unit:
            connection.execute(
                "INSERT INTO figure_notes VALUES (?, 't2_fee_charged', ?, 'reported', ?, NULL)",
                (name, str(value), unit),
            )
    return connection


def test_amounts_are_converted_where_a_unit_is_printed() -> None:
    found = release().execute("SELECT report_id, 折合元 FROM amounts_in_yuan ORDER BY 1").fetchall()
    assert found == [("a", 437880), ("b", 12937), ("c", None), ("d", 0), ("e", 120000000)]
