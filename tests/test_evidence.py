"""The evidence of a paper: what a question may be, and what the folder holds."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
import sqlite3
import subprocess
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.__main__ import main
from archive.errors import SelectionRefused
from archive.replay import query
from archive.replay.evidence import export_evidence
from archive.replay.query import choose
from archive.replay.sources import open_release
from archive.root import DataRoot
from tests import replay_root

FIGURE = "t3_received_new_total"
ALL = "SELECT report_id FROM reports"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    return replay_root.make(tmp_path_factory.mktemp("evidence") / "data")


def listed(folder: Path) -> list[dict[str, str]]:
    data = (folder / "reports.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")  # or Excel takes it for another encoding
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def pages(folder: Path) -> dict[str, str]:
    """Address of each page of the WACZ, by its id."""
    with zipfile.ZipFile(folder / "evidence.wacz") as package:
        lines = package.read("pages/pages.jsonl").decode().splitlines()[1:]
    return {page["id"]: page["url"] for page in map(json.loads, lines)}


def refused(world: DataRoot, sql: str, tmp_path: Path, seconds: float = 60) -> str:
    with pytest.raises(SelectionRefused) as told:
        export_evidence(world, sql, tmp_path / "out", seconds)
    assert list(tmp_path.iterdir()) == []
    return str(told.value)


# -- the folder ------------------------------------------------------------------------


def test_the_folder_holds_just_the_reports_that_were_asked_for(
    world: DataRoot, tmp_path: Path
) -> None:
    sql = "SELECT report_id FROM reports WHERE year IN (2020, 2022) AND portal = 'shili'"
    folder, made = export_evidence(world, sql, tmp_path / "out")
    found = listed(folder)
    assert {row["年度"] for row in found} == {"2020", "2022"}
    assert made.pages == len(found) == 3  # a page; and a page with its file
    assert {row["地址"] for row in found} == {
        replay_root.GZIPPED,
        replay_root.LINKING,
        replay_root.FILE,
    }
    assert {row["WACZ 页面编号"]: row["地址"] for row in found} == pages(folder)


def test_each_row_leads_to_the_bytes(world: DataRoot, tmp_path: Path) -> None:
    folder, _ = export_evidence(world, ALL, tmp_path / "out")
    captures = {row["record_id"]: row for row in replay_root.captures(world)}
    found = listed(folder)
    assert len(found) == 8
    for row in found:
        capture = captures[row["WARC 记录编号"]]
        assert row["SHA-256"] == capture["sha256"]
        assert row["取得时间（UTC）"] == capture["fetched_at"]
        for said in (row["机关"], row["地址"], row["SHA-256"], row["版本标识"]):
            assert said in row["引用格式"]


def test_a_superseded_version_is_exported_where_it_is_asked_for(
    world: DataRoot, tmp_path: Path
) -> None:
    current = "SELECT report_id FROM reports WHERE year = 2021"
    every = "SELECT version_id FROM versions WHERE report_id IN (" + current + ")"
    one, _ = export_evidence(world, current, tmp_path / "one")
    both, _ = export_evidence(world, every, tmp_path / "both")
    assert len({row["版本标识"] for row in listed(one)}) == 1
    assert len({row["版本标识"] for row in listed(both)}) == 2
    assert len({row["SHA-256"] for row in listed(both)}) == 2


def test_a_figure_is_cited_with_its_label_value_and_status(world: DataRoot, tmp_path: Path) -> None:
    where = "FROM reports WHERE portal = 'shili' AND year = 2022"
    sql = f"SELECT report_id, '{FIGURE}' AS figure {where}"
    folder, _ = export_evidence(world, sql, tmp_path / "out")
    (row,) = listed(folder)
    with open_release(world.current) as db:
        ((value, label),) = db.execute(
            f"SELECT f.{FIGURE}, l.label FROM figures f JOIN reports r USING (version_id), "
            f"lines l WHERE l.figure = '{FIGURE}' AND r.portal = 'shili' AND r.year = 2022"
        )
    assert (row["指标"], row["指标名称"], row["数值"]) == (FIGURE, label, str(value))
    assert row["状态代码"] == "reported"
    assert f"“{label}” {value}，" in row["引用格式"]


def test_the_checksums_hold(world: DataRoot, tmp_path: Path) -> None:
    folder, _ = export_evidence(world, ALL, tmp_path / "out")
    done = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    names = {path.name for path in folder.iterdir()}
    assert names == {"README.md", "SHA256SUMS", "evidence.wacz", "reports.csv"}
    assert done.stdout.count("OK") == len(names) - 1


def test_the_leaflet_says_how_to_check_and_what_was_asked(world: DataRoot, tmp_path: Path) -> None:
    sql = "SELECT version_id FROM versions\nWHERE version_id LIKE '%2021.v1'"
    folder, _ = export_evidence(world, sql, tmp_path / "out")
    text = (folder / "README.md").read_text("utf-8")
    (row,) = listed(folder)
    assert "      SELECT version_id FROM versions\n      WHERE version_id LIKE" in text
    assert "虚构" in text
    assert row["SHA-256"] in text
    stamp, url = re.search(r"appendix/(\d{14})id_/(\S+)\"", text).groups()  # type: ignore[union-attr]
    assert url in pages(folder).values()
    assert url.isascii()
    assert "".join(filter(str.isdigit, row["取得时间（UTC）"])).startswith(stamp)


def test_the_same_question_makes_the_same_folder(
    world: DataRoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first, _ = export_evidence(world, ALL)
    again, _ = export_evidence(world, ALL, tmp_path / "again")
    listing = (first / "reports.csv").read_bytes()
    assert first.name == f"evidence-{hashlib.sha256(listing).hexdigest()[:8]}"
    for path in first.iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes(), path.name
    with pytest.raises(SelectionRefused, match="is there already"):
        export_evidence(world, ALL)


def test_a_printed_text_is_no_formula(world: DataRoot, tmp_path: Path) -> None:
    from archive.replay.evidence import _csv

    assert _csv([["=1+1", -5, None]]).decode("utf-8-sig").splitlines()[1] == "'=1+1,-5,"
    for first in "＝＋－＠\n":  # as in the release's own files
        assert _csv([[f"{first}1+x"]]).decode("utf-8-sig").partition("\r\n")[2].strip('"')[0] == "'"


# -- the question ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT agency, year FROM reports", "returns agency, year; return a column report_id"),
        ("SELECT report_id FROM reports WHERE 0", "returns no row"),
        ("SELECT 'x' AS report_id", "holds no report_id 'x'"),
        ("SELECT NULL AS version_id", "holds no version_id None"),
        ("SELECT report_id, 'nonsense' AS figure FROM reports", "no figure 'nonsense'"),
        ("SELECT report_id FROM nowhere", "no such table: nowhere"),
        ("SELECT report_id FROM reports; SELECT 1", "one statement at a time"),
        ("", "returns nothing"),
        ("DELETE FROM README", "not authorized"),
        ("ATTACH 'x.db' AS x", "not authorized"),
        ("PRAGMA database_list", "not authorized"),
        ("CREATE TEMP TABLE x AS SELECT report_id FROM reports", "not authorized"),
    ],
)
def test_what_is_no_question_is_refused(
    world: DataRoot, tmp_path: Path, sql: str, told: str
) -> None:
    assert told in refused(world, sql, tmp_path)


def test_a_question_without_an_end_is_broken_off(world: DataRoot, tmp_path: Path) -> None:
    endless = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        "SELECT report_id FROM reports, n WHERE i < 0"
    )
    assert "took longer than 0.1 seconds" in refused(world, endless, tmp_path, 0.1)


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT 1 AS report_id FROM n", "returns more than 1,000 rows"),
        ("SELECT 'x' || i AS report_id FROM n", "returns more than 1,000 rows"),
        ("SELECT hex(zeroblob(999)) AS report_id", "an id or a figure that is a text"),
        ("SELECT 'x' AS report_id, zeroblob(999999999) AS figure", "too big"),
    ],
)
def test_an_answer_without_an_end_is_not_held(
    world: DataRoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sql: str, told: str
) -> None:
    monkeypatch.setattr(query, "MOST_ROWS", 1000)
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    assert told in refused(world, numbers + sql, tmp_path)


def test_an_id_of_before_leads_to_the_one_of_today(world: DataRoot, tmp_path: Path) -> None:
    folder = shutil.copytree(world.current, tmp_path / "release")
    db = sqlite3.connect(folder / "nianbao.db")
    ((version,),) = db.execute("SELECT version_id FROM reports WHERE year = 2016")
    row = ("u-0123456789ab-2016.v1", version, "version", "identified", "20260101-000000")
    with db:
        db.execute("INSERT INTO id_history VALUES (?, ?, ?, ?, ?)", row)
    db.close()
    with open_release(folder) as release:
        assert choose(release, f"SELECT '{row[0]}' AS version_id").versions == (version,)


def test_the_text_of_reports_may_be_asked_too(world: DataRoot) -> None:
    with open_release(world.current) as db:
        sql = "SELECT version_id FROM text.chapters WHERE instr(text, '主动公开') LIMIT 1"
        assert len(choose(db, sql).versions) == 1
        with pytest.raises(sqlite3.DatabaseError):
            db.execute("DROP TABLE lines")


def test_the_command_says_what_it_wrote(world: DataRoot, tmp_path: Path) -> None:
    words = ["evidence", "--data", str(world.path), "--out", str(tmp_path / "out"), "--query"]
    result = CliRunner().invoke(main, [*words, ALL])
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"{tmp_path / 'out'}: documents: 8, ")
    result = CliRunner().invoke(main, [*words, "SELECT 1"])
    assert result.exit_code == 1
    assert result.output.startswith("nianbao: the query returns 1; ")
