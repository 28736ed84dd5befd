"""Cells of reports as columns: absent ones, those of another form, and how numbers are said."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing

import pytest

from archive.release.files.columns import blocks, column, csv_rows
from archive.release.files.fields import Field
from archive.release.files.forms import wide_forms
from archive.release.files.tidy import tidy_table
from archive.release.files.wide import wide_tables
from archive.schema.codes import FIGURE_STATUS

_LINES = (
    ("a", "t2", "2019 2021"), ("b", "t2", "2021"), ("c", "t3", "2021"), ("d", "t3", "2019"),
    ("e", "t4", "2019"), ("f", "t2", "2021"), ("g", "t4", "2019"),
)  # fmt: skip
_TABLES = """
CREATE TABLE lines (figure, position, "table", label, label_en, kind, unit, basis, forms);
CREATE TABLE _reports (n, report_id, agency_id, form, scope, year, failed);
CREATE TABLE _versions (n, version_id, form, form_t2, form_t3);
CREATE TABLE figures (version_id, a, b, c, d, e, f, g);
CREATE TABLE _said (n, printed, status, unit, flags);
CREATE TABLE _notes (version, first, last, said, printed);
CREATE TABLE agencies (agency_id, kind_name);
CREATE TABLE text.locators (version_id, sha256, places);
CREATE VIEW reports AS SELECT report_id, 'agency' AS agency, NULL AS region_code,
  NULL AS region_name, NULL AS kind, NULL AS title,
  NULL AS published, NULL AS signed, NULL AS flags, 'u' AS url FROM _reports;
"""


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """One report: table two of the form of 2019, table three of that of 2021."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("ATTACH ':memory:' AS text")
        db.executescript(_TABLES)
        for position, (figure, table, forms) in enumerate(_LINES):
            about = (figure, position, table, figure, figure, "count", None, None, forms)
            db.execute(f"INSERT INTO lines VALUES ({', '.join('?' * 9)})", about)
        db.execute("INSERT INTO _reports VALUES (5, 'r-2020', 'r', '2019', 'own', 2020, 3)")
        db.execute("INSERT INTO _versions VALUES (5, 'r-2020.v1', '2019', 1, '2021')")
        db.execute("INSERT INTO figures VALUES ('r-2020.v1', 1234, 2.0, 5, NULL, NULL, 7, NULL)")
        db.execute("INSERT INTO _said VALUES (8, '/', 'slash', NULL, NULL)")
        db.execute("INSERT INTO _said VALUES (9, NULL, 'reported', '=件', 'wide')")
        db.execute("INSERT INTO _notes VALUES (5, 4, 4, 8, NULL), (5, 5, 5, 9, '７')")
        places = {"a": ["t1r1c1", "1,234"], "b": "t1r1c2", "f": ["t1r1c3", "not this"]}
        packed = zlib.compress(json.dumps(places).encode())
        db.execute("INSERT INTO text.locators VALUES ('r-2020.v1', 'digest', ?)", (packed,))
        yield db


def test_a_cell_that_was_not_found_is_told_from_one_of_another_form(
    db: sqlite3.Connection,
) -> None:
    (block,) = blocks(tidy_table(db))
    typed = {
        f.name: each.typed.to_pylist() for f, each in zip(tidy_table(db).fields, block, strict=True)
    }
    names = ("figure", "value", "printed", "status", "unit", "flags")
    assert list(zip(*(typed[name] for name in names), strict=True)) == [
        ("a", 1234, "1,234", "reported", None, None),
        # Of another form, but printed all the same.
        ("b", 2.0, "2.0", "reported", None, None),
        # c is of this table's form; d is of the other and not printed.
        ("c", 5, "5", "reported", None, None),
        ("e", None, "/", "slash", None, None),
        ("f", 7, "７", "reported", "=件", "wide"),
        ("g", None, None, "absent", None, None),
    ]
    assert typed["status_name"] == [FIGURE_STATUS[status] for status in typed["status"]]
    lines = list(csv.reader(io.StringIO(bytes(csv_rows(block)).decode(), newline="")))
    assert [line[4] for line in lines] == ["1234", "2.0", "5", "", "7", ""]
    assert [line[8] for line in lines] == ["", "", "", "", "'=件", ""]


def test_a_wide_row_names_its_empty_cells(db: sqlite3.Connection) -> None:
    (wide,) = wide_forms(db)
    assert wide.figures == ("a", "b", "c", "d", "e", "f", "g")
    (table,) = wide_tables(db, [wide])
    (block,) = blocks(table)
    typed = {f.name: each.typed.to_pylist()[0] for f, each in zip(table.fields, block, strict=True)}
    assert [typed[name] for name in "abcdefg"] == [1234, 2.0, 5, None, None, 7, None]
    assert (typed["blank"], typed["unread"], typed["inferred"]) == (["e"], ["g"], [])


def test_rows_are_the_bytes_that_the_csv_module_writes() -> None:
    texts = ["年报", 'a "b" c', "x,y", "1\n2", "\r", "", None, '"', "''", " ", "\u2028"]
    numbers = [0, None, -3, 12.5, 5.0, 10**15, 1e-7, 1e16, 7, 8, 9]
    whole = list(range(len(texts)))
    fields = [Field("t", "t", "t", "code"), *(Field(n, n, n, "number") for n in "nw")]
    columns = [column(f, v, {}) for f, v in zip(fields, (texts, numbers, whole), strict=True)]
    wanted = io.StringIO()
    csv.writer(wanted).writerows(zip(texts, numbers, whole, strict=True))
    assert bytes(csv_rows(columns)).decode() == wanted.getvalue()
    sliced = [type(each)(each.typed[3:], each.said[3:]) for each in columns]
    assert wanted.getvalue().endswith(bytes(csv_rows(sliced)).decode())
