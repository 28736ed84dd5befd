"""One heading has one meaning in all files of a release, and codes stand beside words."""

from __future__ import annotations

import csv
import html
import os
import re
import socket
import sqlite3
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.__main__ import main
from archive.release.files.details import said
from archive.replay.evidence import export_evidence
from archive.root import DataRoot
from archive.schema import codes
from archive.schema.describe import HOW_TO_ATTACH, IN_PYTHON, example_rows
from archive.schema.words import COLUMNS
from archive.site import words as site
from tests.stored import SITE, Got, Run, article, build, keep, report_of

SEARCHES = [each for each in example_rows() if each["sql"].startswith("ATTACH")]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """Reports of which one changed in a chapter and one in a figure."""
    root = DataRoot(tmp_path_factory.mktemp("words") / "data")
    old, other = report_of(2022, zero="slash"), report_of(2021)
    keep(
        root,
        Run([Got(f"{SITE}/2022.html", article(old)), Got(f"{SITE}/2021.html", article(other))]),
    )
    chapters = {**old.chapters, "一": "本年度另有新的情况，与此前所述完全不同。" * 30}
    changed = article(replace(old, chapters=chapters))
    error = article(report_of(2021, error="balance"))
    keep(root, Run([Got(f"{SITE}/2022.html", changed), Got(f"{SITE}/2021.html", error)]))
    build(root, files=True)
    return root


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def test_a_heading_means_one_column_in_all_files(root: DataRoot) -> None:
    names: dict[str, set[str]] = defaultdict(set)
    for row in rows_of(root.current / "dictionary.csv"):
        if row["列（CSV 表头）"]:
            names[row["列（CSV 表头）"]].add(row["列名（SQLite、Parquet）"])
    assert names["机关类别"] == {"kind_name"}
    assert names["机关类别代码"] == {"kind"}
    assert (names["指标"], names["指标名称"], names["数值"]) == ({"figure"}, {"label"}, {"value"})
    # The same thing in both: an agency's name, a flag.
    several = {header: columns for header, columns in names.items() if len(columns) > 1}
    assert several == {"机关": {"agency", "name"}, "标记": {"flags", "flag"}}


def test_headings_of_the_evidence_are_those_of_the_release(root: DataRoot, tmp_path: Path) -> None:
    sql = "SELECT report_id, 't3_received_new_total' AS figure FROM reports WHERE year = 2022"
    folder, _ = export_evidence(root, sql, tmp_path / "evidence")
    rows = rows_of(folder / "reports.csv")
    tidy = {
        row["版本标识"]: row
        for row in rows_of(root.current / "csv/tidy.csv")
        if row["指标"] == "t3_received_new_total"
    }
    same = ("年报标识", "版本标识", "指标", "指标名称", "数值", "状态代码")
    for row in rows:
        assert {name: row[name] for name in same} == {
            name: tidy[row["版本标识"]][name] for name in same
        }
    assert rows


@pytest.mark.parametrize(
    ("file", "pairs"),
    [
        ("reports", {("finance", "财政"), ("own", "本机关"), ("read", "已读取")}),
        ("wide_2021", {("finance", "财政"), ("own", "本机关")}),
        ("agencies", {("finance", "财政")}),
        ("coverage", {("read", "已读取")}),
        ("sources", {("article", "列表所列")}),
        ("changes", {("text", "文字不同"), ("figures", "数值不同"), ("page", "页面变更")}),
        ("current_findings", {("fail", "不相符")}),
        ("tidy", {("reported", "数字"), ("slash", "斜线")}),
    ],
)
def test_a_word_stands_beside_each_code(
    root: DataRoot, file: str, pairs: set[tuple[str, str]]
) -> None:
    found = {
        (row[header], row[header.removesuffix("代码")])
        for row in rows_of(root.current / f"csv/{file}.csv")
        for header in row
        if header.endswith("代码") and header != "地区代码"
    }
    assert found >= pairs
    assert not [word for _, word in found if re.search("[a-z]", word)]


def test_changes_are_told_in_chinese(root: DataRoot) -> None:
    rows = [row for row in rows_of(root.current / "csv/changes.csv") if row["种类代码"] != "first"]
    told = {row["种类"]: (row["有变的指标"], row["变更说明"]) for row in rows}
    assert told["文字不同"] == ("", "第一章")
    assert told["数值不同"][0].startswith('{"t')


@pytest.mark.parametrize(
    ("detail", "want"),
    [
        ("title, chapter 一, chapter 三", "标题、第一章、第三章"),
        ("not compared: before read, after needs_ocr", "未作比较：此前已读取、此后待识别"),
        ("raw tables differ", "旧格式表格不同"), ("something else", "something else"),
        ("", None), (None, None),
    ],
)  # fmt: skip
def test_details_in_chinese(detail: str | None, want: str | None) -> None:
    assert said(detail) == want


def test_every_code_is_explained_and_the_site_says_the_same() -> None:
    for table, column, known in [
        ("reports", "scope", codes.SCOPE),
        ("reports", "status", codes.REPORT_STATUS),
        ("coverage", "status", codes.COVERAGE_STATUS),
        ("figure_notes", "status", codes.FIGURE_STATUS),
        ("findings", "status", codes.FINDING_STATUS),
        ("changes", "kind", codes.CHANGE_KIND),
        ("changes", "cause", codes.CHANGE_CAUSE),
    ]:
        for code, word in known.items():
            assert f"{code} {word}" in COLUMNS[table][column]
    assert site.SCOPE == codes.SCOPE
    assert {code: word.word for code, word in site.REPORT.items()} == codes.COVERAGE_STATUS
    told = {code: word.word for code, word in site.FIGURE.items()}
    assert {**told, "reported": "数字"} == codes.FIGURE_STATUS


def test_an_export_says_the_whole_path(
    root: DataRoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for arguments, out in (
        (["evidence", "--query", "SELECT report_id FROM reports"], r"evidence-[0-9a-f]{8}"),
        (["wacz", "--portal", "shili", "--year", "2022"], r"shili-2022\.wacz"),
    ):
        result = CliRunner().invoke(main, [*arguments, "--data", str(root.path)])
        assert result.exit_code == 0, result.output
        last = result.output.splitlines()[-1]
        assert re.match(rf"{re.escape(str(tmp_path))}/{out}: documents: ", last), last


# -- queries of text.db ------------------------------------------------------------------


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    yield folder
    assert not list(folder.iterdir()), "a file was left in the reader's folder"


@pytest.mark.usefixtures("sqlite_shell")
@pytest.mark.parametrize("options", [(), ("-readonly",)], ids=["plain", "readonly"])
def test_searches_run_in_the_shell(root: DataRoot, options: tuple[str, ...]) -> None:
    assert len(SEARCHES) >= 4
    before = sorted(path.name for path in root.current.iterdir())
    for each in SEARCHES:
        assert each["text"].endswith(HOW_TO_ATTACH)
        done = subprocess.run(
            ["sqlite3", *options, "nianbao.db", each["sql"]],
            cwd=root.current, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, ""), each["name"]
        assert done.stdout or "text.chapters" not in each["sql"]
    assert sorted(path.name for path in root.current.iterdir()) == before


@pytest.mark.usefixtures("sqlite_shell")
def test_a_search_elsewhere_says_what_is_missing(root: DataRoot, elsewhere: Path) -> None:
    done = subprocess.run(
        ["sqlite3", str(root.current / "nianbao.db"), SEARCHES[0]["sql"]],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode
    assert "unable to open database" in done.stderr


def test_python_runs_what_the_page_says(root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root.current)
    space: dict[str, object] = {}
    exec(IN_PYTHON, space)
    assert space["rows"] > [(0,)]
    space["db"].close()
    assert IN_PYTHON in html.unescape((root.current / "index.html").read_text("utf-8"))
    with closing(sqlite3.connect("file:nianbao.db?mode=ro", uri=True)) as db:
        ((text,),) = db.execute("SELECT text FROM README WHERE topic = '检索'")
    for need in ("cd", "sqlite3 -readonly nianbao.db", SEARCHES[0]["sql"].partition("\n")[0]):
        assert need in text


# -- a port in use -----------------------------------------------------------------------


def test_the_portal_says_a_used_port_in_one_line() -> None:
    with socket.socket() as used:
        used.bind(("127.0.0.1", 0))
        used.listen()
        port = used.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "tests.portal", "--port", str(port)],
            capture_output=True, text=True, check=False, timeout=60, env=os.environ,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == f"the test portal cannot serve on port {port}: Address already in use\n"
