"""Which agencies a teaching subset has, and that nothing of the others is left in it."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from archive.manifest import FILES, reading
from archive.teaching import write_subset
from archive.teaching.choosing import choose
from archive.teaching.cutting import cut
from tests.panel_release import FINANCE, GONE, NEW, write

#: A row of another agency in each table, and one that stays; `?` is the report.
PLANTED = {
    "changes": "INSERT INTO changes (change_id, report_id, number, kind, cause, url, seen_after, "
    "cells) VALUES (?1 || '.c1', ?1, 1, 'text', 'page', 'http://x/', '2026-01-01T00:00:00Z', '{}')",
    "withheld": "INSERT INTO withheld (tombstone_id, what, reason, date, report_id, is_report) "
    "VALUES ('t-' || ?1, 'page', 'privacy', '2026-01-01', ?1, 0)",
    "id_history": "INSERT INTO id_history (old_id, new_id, what, reason, since) "
    "VALUES ('u-' || ?1, ?1, 'report', 'identified', 'r')",
    "agency_names": "INSERT INTO agency_names (agency_id, name, portal, source, relation) "
    "VALUES (substr(?1, 1, length(?1) - 5), '别名', '', 'curation', 'alias')",
    "unread": "INSERT INTO unread (url, sha256, portal, reason, detail) SELECT 'http://x/' || ?1, "
    "'00', iif(?1 GLOB '990102*', min(portal), 'another'), 'needs_ocr', '' FROM reports",
}
DUPLICATE = (
    "INSERT INTO text.duplicates VALUES (?1 || '.v1', ?2 || '.v1', 'other_agency', 0.5, '[]')"
)
KEPT, LOST = f"{FINANCE.agency_id}-2022", f"{GONE.agency_id}-2020"


@pytest.fixture
def release(tmp_path: Path) -> Path:
    folder = write(tmp_path / "root")
    with contextlib.closing(sqlite3.connect(folder / FILES[0])) as db, db:
        db.execute("ATTACH ? AS text", [str(folder / FILES[1])])
        for report in (KEPT, LOST):
            for statement in PLANTED.values():
                db.execute(statement, [report])
        db.execute(DUPLICATE, [KEPT, LOST])
        db.execute(DUPLICATE, [KEPT, f"{FINANCE.agency_id}-2021"])
        db.execute(
            "INSERT INTO _finding_more SELECT f.version, f.number, NULL, o.n FROM _findings f "
            "JOIN _versions v ON v.n = f.version, _versions o "
            "WHERE v.version_id = ? AND o.version_id = ? LIMIT 1",
            [f"{KEPT}.v1", f"{LOST}.v1"],
        )
    return folder


def test_what_is_of_other_agencies_goes_and_the_rest_stays(release: Path, tmp_path: Path) -> None:
    cut(release, tmp_path, [FINANCE.agency_id], [("教学子集", "先看这里")])
    with reading(tmp_path / FILES[0], text=tmp_path / FILES[1]) as db:
        for table in PLANTED:
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (1,), table
        assert db.execute("SELECT DISTINCT report_id FROM changes").fetchall() == [(KEPT,)]
        others = db.execute("SELECT version_id, other FROM text.duplicates").fetchall()
        assert others == [(f"{KEPT}.v1", f"{FINANCE.agency_id}-2021.v1")]
        related = "SELECT count(*) FROM _finding_more WHERE related IS"
        assert db.execute(f"{related} NULL").fetchone() == (1,)
        assert db.execute(f"{related} NOT NULL").fetchone()[0] > 0
        assert db.execute("SELECT count(*) FROM findings").fetchone()[0] > 0
        assert db.execute("SELECT topic FROM README").fetchall()[0] == ("教学子集",)
        codes = {row[0] for row in db.execute("SELECT region_code FROM regions")}
        assert codes == {"990000", "990102"}
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    for name in FILES:
        said = (tmp_path / name).read_bytes()
        for office in (GONE, NEW):
            assert office.agency_id.encode() not in said
            assert office.name.encode() not in said


def test_the_same_release_gives_the_same_bytes(release: Path, tmp_path: Path) -> None:
    made = []
    for name in ("one.zip", "two.zip"):
        write_subset(release, tmp_path / name, 5)
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]
    assert not [path for path in tmp_path.iterdir() if "nianbao-teaching" in path.name]


def test_the_rare_comes_first_and_agencies_come_whole(release: Path) -> None:
    with reading(release / FILES[0]) as db:
        sizes = dict(db.execute("SELECT agency_id, count(*) FROM reports GROUP BY 1"))
        for most in (2, 5, 9):
            chosen = choose(db, most)
            assert chosen == sorted(set(chosen))
            assert sum(sizes[agency] for agency in chosen) <= most
            # The only report that was not read is of the audit office.
            assert "990102-audit" in chosen
        assert choose(db, sum(sizes.values())) == sorted(sizes)
        assert choose(db, 0) == []
