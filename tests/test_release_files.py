"""The files of a release: CSV, Parquet, data package, dictionary, changes, index.html."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from click.testing import CliRunner

from archive.__main__ import main
from archive.errors import WriteFailed
from archive.release import export, files_of
from archive.release.files import write_tables
from archive.release.files.writing import guarded
from archive.root import DataRoot
from extract import read
from extract.forms import columns, forms
from extract.types import Figure
from tests.stored import SITE, Got, Run, article, build, keep, lose, report_of

FORMULA = '=HYPERLINK("http://203.0.113.1/","2021年政府信息公开工作年度报告")'
ZERO = {2019: "0", 2020: "dash", 2021: "slash", 2022: "blank"}
HOSTILE = "<script>document.title='ran'</script><img src='http://203.0.113.1/x.png'>"


def page_of(year: int) -> bytes:
    report = report_of(year, zero=ZERO[year])
    long = {key: f"{int(text):,}" for key, text in report.cells.items() if text.isdigit()}
    return article(replace(report, cells={**report.cells, **long}))


def got(year: int) -> Run:
    title = FORMULA if year == 2021 else f"示例市财政局{year}年政府信息公开工作年度报告"
    return Run([Got(f"{SITE}/{year}.html", page_of(year), title)])


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """Two releases: the second has a report more, and one without any table."""
    root = DataRoot(tmp_path_factory.mktemp("files") / "data")
    keep(root, got(2019), got(2020), got(2021))
    build(root, files=True)
    scan = (
        f"<h1>示例市{HOSTILE}局2018年政府信息公开工作年度报告</h1><p><a href='/a.pdf'>附件</a></p>"
    )
    scanned = Got(f"{SITE}/2018.html", f"<html><body>{scan}</body></html>".encode(), HOSTILE)
    keep(root, got(2022), Run([scanned]))
    assert build(root, files=True).is_new
    return root


@pytest.fixture
def db(root: DataRoot) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{root.current / 'nianbao.db'}?mode=ro", uri=True)) as db:
        db.execute(f"ATTACH 'file:{root.current / 'text.db'}?mode=ro' AS text")
        yield db


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def figures_of(year: int) -> dict[str, Figure]:
    return {figure.key: figure for figure in read(page_of(year)).figures}


def label(key: str) -> str:
    slot = columns()[key][-1]
    return f"{slot.line.name} · {slot.measure.label}"


# -- wide and tidy -----------------------------------------------------------------------


@pytest.mark.parametrize(("form", "years"), [("2019", (2019, 2020)), ("2021", (2021, 2022))])
def test_a_wide_file_has_the_columns_of_its_form_and_every_figure(
    root: DataRoot, form: str, years: tuple[int, ...]
) -> None:
    path = root.current / f"csv/wide_{form}.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows, table = rows_of(path), pq.read_table(root.current / f"parquet/wide_{form}.parquet")
    own = [
        key for key, slots in columns().items() if not set(slots).isdisjoint(forms()[form].slots())
    ]
    assert len(own) == {"2019": 198, "2021": 200}[form]
    assert [name for name in rows[0] if " · " in name and "单位" not in name] == list(
        map(label, own)
    )
    assert [name for name in table.column_names if name in columns()] == own
    assert [int(row["年度"]) for row in rows] == list(years)
    for year, row, typed in zip(years, rows, table.to_pylist(), strict=True):
        said = figures_of(year)
        values = {key: said[key].value for key in own}
        assert {key: row[label(key)] for key in own} == {
            key: "" if value is None else str(value) for key, value in values.items()
        }
        assert {key: typed[key] for key in own} == values
        blank = [key for key in own if said[key].status in ("blank", "dash", "slash")]
        assert typed["blank"] == blank
        assert row["未填的列"] == "；".join(map(label, blank))
        assert bool(blank) is (ZERO[year] != "0")
        assert row["未读出的列"] == ""
        assert typed["published"].isoformat() == row["公布日期"]
        assert len(row["原件SHA256"]) == 64


def test_the_tidy_file_holds_every_cell_as_it_was_read(root: DataRoot) -> None:
    rows = rows_of(root.current / "csv/tidy.csv")
    typed = pq.read_table(root.current / "parquet/tidy.parquet").to_pylist()
    for year in ZERO:
        identity = f"990100-finance-{year}"
        said = figures_of(year)
        mine = [row for row in rows if row["年报标识"] == identity]
        assert [row["指标"] for row in mine] == list(said)
        for row in mine:
            figure = said[row["指标"]]
            assert row["指标名称"] == label(figure.key)
            assert row["数值"] == ("" if figure.value is None else str(figure.value))
            assert row["所印文字"] == (figure.printed or "")
            assert row["状态代码"] == figure.status
            assert row["单位"] == (figure.unit or "")
        assert [
            (r["value"], r["printed"], r["status"]) for r in typed if r["report_id"] == identity
        ] == [(figure.value, figure.printed, figure.status) for figure in said.values()]
    assert any("," in row["所印文字"] for row in rows)


def test_a_form_without_reports_has_no_file(tmp_path: Path) -> None:
    root = DataRoot(tmp_path / "data")
    keep(root, got(2022))
    build(root, files=True)
    names = {path.name for path in files_of(root)}
    assert {"wide_2021.csv", "wide_2021.parquet", "tidy.csv"} <= names
    assert not any("2019" in name for name in names)


def test_more_than_a_sheet_is_compressed(
    root: DataRoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.release.files.writing.SHEET", 100)
    out = tmp_path / "out"
    export(root, out)
    assert not (out / "csv/tidy.csv").exists()
    packed = gzip.decompress((out / "csv/tidy.csv.gz").read_bytes())
    assert packed == (root.current / "csv/tidy.csv").read_bytes()
    package = json.loads((out / "datapackage.json").read_text())
    (tidy,) = [each for each in package["resources"] if each["path"] == "csv/tidy.csv.gz"]
    assert tidy["format"] == "csv"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("=1+1", "'=1+1"), ("+86", "+86"), ("-5", "-5"), ("-", "-"), ("@x", "'@x"), ("－", "－"),
        ("＝1", "'＝1"), ("\t=1", "'\t=1"), ("年报=1", "年报=1"), ("-2+3", "'-2+3"), (None, None),
    ],
)  # fmt: skip
def test_a_text_never_becomes_a_formula(text: str | None, said: str | None) -> None:
    assert guarded(text) == said


def test_a_list_title_that_is_a_formula_is_guarded(root: DataRoot) -> None:
    titles = [row["栏目所列标题"] for row in rows_of(root.current / "csv/sources.csv")]
    assert "'" + FORMULA in titles
    typed = pq.read_table(root.current / "parquet/sources.parquet").to_pydict()
    assert FORMULA in typed["list_title"]


def test_every_report_is_in_reports_csv_unread_ones_too(
    root: DataRoot, db: sqlite3.Connection
) -> None:
    rows = rows_of(root.current / "csv/reports.csv")
    want = db.execute("SELECT report_id, status FROM reports ORDER BY 1").fetchall()
    assert [(row["年报标识"], row["状态代码"]) for row in rows] == want
    assert {row["状态"] for row in rows} == {"已读取", "附件未读"}


# -- what the files say of themselves ----------------------------------------------------


def test_frictionless_takes_the_package_and_sees_a_changed_byte(
    root: DataRoot, tmp_path: Path
) -> None:
    from frictionless import validate

    copy = tmp_path / "copy"
    shutil.copytree(root.current, copy)
    package = json.loads((copy / "datapackage.json").read_text())
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    assert {each["path"] for each in package["resources"]} >= {"nianbao.db", "csv/tidy.csv"}
    # A wide table takes it a second; one of them shows what the other would.
    chosen = [each for each in package["resources"] if "wide-2019" not in each["name"]]
    (copy / "datapackage.json").write_text(json.dumps({**package, "resources": chosen}))
    report = validate(str(copy / "datapackage.json"))
    assert report.valid, report.flatten(["name", "type", "note"])
    changed = [each for each in chosen if each["path"] in ("csv/reports.csv", "csv/flags.csv")]
    (copy / "datapackage.json").write_text(json.dumps({**package, "resources": changed}))
    text = (copy / "csv/reports.csv").read_text("utf-8-sig")
    (copy / "csv/reports.csv").write_text(text.replace("2021-", "2O21-"), "utf-8-sig")
    tasks = validate(str(copy / "datapackage.json")).tasks
    assert [task.name for task in tasks if not task.valid] == ["csv-reports-csv"]


def test_the_dictionary_explains_every_column_of_every_file(root: DataRoot) -> None:
    said = {
        (row["文件"], row["列（CSV 表头）"]): row
        for row in rows_of(root.current / "dictionary.csv")
    }
    for path in (root.current / "csv").iterdir():
        with path.open(encoding="utf-8-sig", newline="") as handle:
            for header in next(csv.reader(handle)):
                row = said[path.stem, header]
                assert row["含义"]
                assert row["类型"]
    figure = said["wide_2021", label("t3_granted_natural")]
    assert figure["列名（SQLite、Parquet）"] == "t3_granted_natural"
    assert figure["依据"] == "条例第三十六条（一）（二）"


@pytest.mark.parametrize("schema", ["main", "text"])
def test_every_table_and_column_is_described(db: sqlite3.Connection, schema: str) -> None:
    described = set(db.execute(f'SELECT "table", "column" FROM {schema}.descriptions'))
    tables = [
        name
        for (name,) in db.execute(
            f"SELECT name FROM {schema}.sqlite_master WHERE type IN ('table', 'view')"
        )
        if not name.startswith("sqlite_")
    ]
    assert len(tables) > 4
    for table in tables:
        assert (table, "") in described, table
        for (column,) in db.execute("SELECT name FROM pragma_table_info(?, ?)", (table, schema)):
            assert table.startswith("_") or (table, column) in described, (table, column)


def test_every_example_runs_on_the_files_alone(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root.current)
    # As the texts say: in the folder, reading only, one statement at a time.
    with closing(sqlite3.connect("file:nianbao.db?mode=ro", uri=True)) as db:
        examples = db.execute("SELECT name, sql, text FROM examples").fetchall()
    assert len(examples) >= 20
    found = {}
    for name, sql, text in examples:
        assert ("cd" in text and "-readonly" in text and "uri=True" in text) is ("ATTACH" in sql)
        with closing(sqlite3.connect("file:nianbao.db?mode=ro", uri=True)) as db:
            *attach, query = sql.split(";\n")
            for statement in attach:
                db.execute(statement)
            found[name] = db.execute(query).fetchall()
    # These must find something in any release; the others need years, scopes or forms.
    for name in (
        "各年新收申请",
        "一个机关历年公开率",
        "覆盖",
        "正文检索",
        "正文检索（用索引）",
        "由数值到原件",
        "引用文字",
    ):
        assert found[name], name
    (new,) = [row[3] for row in found["各年新收申请"] if row[0] == 2022]
    assert new == figures_of(2022)["t3_received_new_total"].value
    assert all("公开" in row[3] for row in found["正文检索"])


def test_the_citation_names_release_licence_and_hash(root: DataRoot) -> None:
    manifest = json.loads((root.current / "manifest.json").read_text())
    cff = yaml.safe_load((root.current / "CITATION.cff").read_text("utf-8"))
    assert cff["cff-version"] == "1.2.0"
    assert cff["type"] == "dataset"
    assert cff["version"] == manifest["release"]
    assert cff["license"] == "CC-BY-4.0"
    assert cff["authors"][0]["name"]
    assert cff["date-released"] == manifest["built_at"][:10]
    assert cff["identifiers"][0]["value"] == f"sha256:{manifest['content_hash']}"
    assert "虚构" in cff["title"]
    assert manifest["reader"]
    own = manifest["totals"]["own"]
    assert own["t3_received_new_total"] == sum(
        figures_of(year)["t3_received_new_total"].value or 0 for year in ZERO
    )


# -- changes -----------------------------------------------------------------------------


def test_changes_tell_the_new_report_and_the_counts(root: DataRoot) -> None:
    text = (root.current / "CHANGES.md").read_text("utf-8")
    assert "- 990100-finance-2022：示例市财政局，2022 年度\n" in text
    assert "- 年报：3 → 5\n" in text
    assert "## 新收的年报（2）" in text
    assert "finance-2021：" not in text
    current = root.current.resolve()
    (first,) = {path.resolve() for path in root.releases.iterdir() if path.is_dir()} - {current}
    assert "首次发布" in (first / "CHANGES.md").read_text("utf-8")


def test_changes_tell_a_changed_page_and_an_accepted_loss(tmp_path: Path) -> None:
    root = DataRoot(tmp_path / "data")
    keep(root, got(2019), got(2022))
    build(root, files=True)
    changed = Got(f"{SITE}/2022.html", article(report_of(2022, error="balance")))
    keep(root, Run([changed]))
    build(root, files=True)
    text = (root.current / "CHANGES.md").read_text("utf-8")
    assert "## 页面变更（1）" in text
    assert "- 990100-finance-2022：数值不同（v1 → v2，" in text
    lose(root, b"/2019.html")
    build(root, files=True, accept="一块磁盘已损坏")
    text = (root.current / "CHANGES.md").read_text("utf-8")
    assert "缘由：一块磁盘已损坏" in text
    assert "it lacks 1 of the reports: 990100-finance-2019" in text
    assert "## 不再单列的年报（1）" in text
    assert "页面变更" not in text


def test_a_build_with_nothing_new_writes_no_files(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("files were written")

    monkeypatch.setattr("archive.release.publish.write_files", fail)
    (root.releases / "inputs.json").unlink()
    assert not build(root, files=True).is_new


# -- index.html --------------------------------------------------------------------------


def test_index_html_needs_no_network_and_runs_nothing(root: DataRoot, browser: Any) -> None:
    asked: list[str] = []
    said: list[str] = []
    context = browser.new_context(offline=True, viewport={"width": 390, "height": 800})
    try:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        address = (root.current.resolve() / "index.html").as_uri()
        page.goto(address)
        assert asked == [address]
        assert said == []
        assert page.title().startswith("年报档案")
        assert "虚构" in page.inner_text("[role=note]")
        headings = [each.inner_text() for each in page.query_selector_all("h2")]
        assert headings == [
            "文件", "方法与须知", "数据字典", "覆盖", "查询示例", "变化", "引用", "许可",
        ]  # fmt: skip
        text = page.inner_text("main")
        for words in (
            "t3_granted_natural",
            "不表示该机关未公布",
            "CC BY 4.0",
            "990100-finance-2022",
        ):
            assert words in text
        assert page.query_selector("script, img, link, iframe") is None
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        for each in page.query_selector_all("#files a"):
            assert (root.current / str(each.get_attribute("href"))).is_file()
    finally:
        context.close()


# -- export ------------------------------------------------------------------------------


def test_export_names_the_files_or_writes_them_anew(root: DataRoot, tmp_path: Path) -> None:
    data = ["--data", str(root.path)]
    named = CliRunner().invoke(main, ["export", *data])
    assert named.output.splitlines() == [str(path) for path in files_of(root)]
    out = tmp_path / "out"
    done = CliRunner().invoke(main, ["export", *data, "--out", str(out)])
    assert done.exit_code == 0, done.output
    names = [Path(line).relative_to(out).as_posix() for line in done.output.splitlines()]
    assert "csv/wide_2019.csv" in names
    for name in names:
        if name not in ("datapackage.json", "SHA256SUMS"):
            assert (out / name).read_bytes() == (root.current / name).read_bytes(), name
    again = CliRunner().invoke(main, ["export", *data, "--out", str(out)])
    assert again.exit_code == 1
    assert "not empty" in again.stderr


def test_an_export_that_fails_leaves_nothing(
    root: DataRoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(release: Path, manifest: dict[str, Any], folder: Path) -> None:
        write_tables(release, manifest, folder)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("archive.release.exporting.write_tables", full)
    with pytest.raises(WriteFailed, match="No space left"):
        export(root, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
