"""The build: reports, versions, findings, releases; what changes and what must not."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archive import schema
from archive.agencies import resolve
from archive.build import build as build_in_processes
from archive.errors import (
    ArchiveError,
    DatabaseDamaged,
    ReleaseMissing,
    ReleaseRefused,
    RootRefused,
)
from archive.importing import import_files
from archive.ledger import Ledger
from archive.manifest import current_hash, current_manifest
from archive.problems import problems
from archive.release import files_of
from archive.root import DataRoot, Registry
from archive.store import Context, Exchange, Store
from extract.forms import columns
from tests.portal.render import article_html
from tests.portal.reports import FictionalReport, make_report
from tests.stored import build

DEMO = Registry("demo", fiction=True)
ENTRY = {"agency": "", "region": "990100", "region_name": "示例市"}


def page_of(report: FictionalReport) -> bytes:
    return article_html(report, "trs").encode()


def report_of(year: int, **kw: object) -> FictionalReport:
    return make_report("示例市财政局", "990100", "finance", year, busy=True, **kw)[0]  # type: ignore[arg-type]


def crawl(root: DataRoot, pages: dict[str, bytes], *, finish: bool = True) -> None:
    """Store pages as a crawl would, in the given order."""
    store = Store(root, DEMO)
    store.portal("shili", ENTRY)
    for url, body in pages.items():
        headers = [("Content-Type", "text/html")]
        exchange = Exchange("GET", url, [("Host", "127.0.0.1")], b"", 200, "OK", headers, body)
        store.capture(exchange, Context("shili", "article", "http://127.0.0.1/l/"))
    store.outcome("shili", "complete", candidates=len(pages))
    if finish:
        store.finish("complete")
    else:
        store.close()


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    return DataRoot(tmp_path / "data")


def db(root: DataRoot, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(f"file:{root.current / 'nianbao.db'}?mode=ro", uri=True)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def test_every_figure_of_a_report_stands_in_the_release(root: DataRoot) -> None:
    rendered = report_of(2022)
    crawl(root, {"http://127.0.0.1/a.html": page_of(rendered)})
    built = build(root)
    assert built.is_new
    names = ", ".join(f'"{key}"' for key in columns())
    (row,) = db(root, f"SELECT {names} FROM figures")
    values = rendered.values()
    assert dict(zip(columns(), row, strict=True)) == {key: values.get(key) for key in columns()}
    assert db(root, "SELECT report_id, agency, year, status, scope FROM reports") == [
        ("990100-finance-2022", "示例市财政局", 2022, "read", "own")
    ]
    assert db(root, "SELECT count(*) FROM findings") == [(0,)]
    assert current_manifest(root)["fiction"] is True


def test_blanks_are_null_and_say_so(root: DataRoot) -> None:
    rendered = report_of(2022, zero="slash")
    crawl(root, {"http://127.0.0.1/a.html": page_of(make_report(
        "示例市财政局", "990100", "finance", 2022, zero="slash")[0])})  # fmt: skip
    build(root)
    notes = dict(db(root, "SELECT figure, printed FROM figure_notes WHERE status = 'slash'"))
    assert notes
    assert set(notes.values()) == {"/"}
    assert rendered.year == 2022
    for figure in list(notes)[:5]:
        assert db(root, f"SELECT {figure} FROM figures") == [(None,)]


def test_a_second_build_with_nothing_new_keeps_the_release(root: DataRoot) -> None:
    crawl(root, {"http://127.0.0.1/a.html": page_of(report_of(2022))})
    first = build(root)
    crawl(root, {"http://127.0.0.1/a.html": page_of(report_of(2022))})
    second = build(root)
    assert not second.is_new
    assert second.folder == first.folder
    assert len([p for p in root.releases.iterdir() if p.is_dir() and not p.is_symlink()]) == 1


def test_the_content_hash_does_not_depend_on_order(tmp_path: Path) -> None:
    pages = {
        f"http://127.0.0.1/{year}.html": page_of(report_of(year)) for year in range(2019, 2024)
    }
    hashes = set()
    for name, order in (("a", 1), ("b", -1)):
        root = DataRoot(tmp_path / name)
        crawl(root, dict(list(pages.items())[::order]))
        build(root)
        hashes.add(current_hash(root))
    assert len(hashes) == 1


def test_changed_figures_make_a_version_and_changed_markup_does_not(root: DataRoot) -> None:
    first = report_of(2022)
    second = report_of(2022, error="balance")
    url = "http://127.0.0.1/a.html"
    crawl(root, {url: page_of(first)})
    crawl(root, {url: page_of(first).replace(b"<body>", b"<body class='new'>")})
    crawl(root, {url: page_of(second)})
    build(root)
    assert db(root, "SELECT version_id FROM versions ORDER BY number") == [
        ("990100-finance-2022.v1",),
        ("990100-finance-2022.v2",),
    ]
    assert db(root, "SELECT version_id FROM reports") == [("990100-finance-2022.v2",)]
    assert db(root, "SELECT version_id, count(*) FROM sources GROUP BY 1 ORDER BY 1") == [
        ("990100-finance-2022.v1", 2),
        ("990100-finance-2022.v2", 1),
    ]
    assert {row[0] for row in db(root, "SELECT \"check\" FROM findings WHERE status = 'fail'")} == {
        "C01"
    }


def test_a_text_put_back_is_current_again(root: DataRoot) -> None:
    url = "http://127.0.0.1/a.html"
    for rendered in (report_of(2022), report_of(2022, error="balance"), report_of(2022)):
        crawl(root, {url: page_of(rendered)})
    build(root)
    assert db(root, "SELECT version_id FROM reports") == [("990100-finance-2022.v1",)]
    assert db(root, "SELECT count(*) FROM versions") == [(2,)]


def test_one_report_on_two_addresses_is_one_report(root: DataRoot) -> None:
    body = page_of(report_of(2022))
    crawl(root, {"http://127.0.0.1/a.html": body, "http://127.0.0.1/m/a.html": body})
    build(root)
    assert db(root, "SELECT count(*) FROM reports") == [(1,)]
    assert db(root, "SELECT count(*) FROM sources") == [(2,)]


def test_what_is_no_report_is_listed_with_its_reason(root: DataRoot) -> None:
    crawl(root, {"http://127.0.0.1/x.html": "<html><p>您访问的页面不存在".encode()})
    build(root)
    assert db(root, "SELECT count(*) FROM reports") == [(0,)]
    assert db(root, "SELECT url, reason FROM unread") == [("http://127.0.0.1/x.html", "soft_404")]
    assert any("soft_404: 1" in line for line in problems(root))


def test_an_agency_that_is_not_exactly_of_the_region_stays_unresolved(root: DataRoot) -> None:
    rendered = make_report("示例市某某分局", "990100", "other", 2022)[0]
    crawl(root, {"http://127.0.0.1/a.html": page_of(rendered)})
    build(root)
    ((agency_id, resolved),) = db(root, "SELECT agency_id, resolved FROM agencies")
    assert str(agency_id).startswith("u-")
    assert resolved == 0


def test_a_missing_year_is_not_in_this_archive(root: DataRoot) -> None:
    pages = {f"http://127.0.0.1/{y}.html": page_of(report_of(y)) for y in (2019, 2021)}
    crawl(root, pages)
    build(root)
    assert db(root, "SELECT year, status FROM coverage ORDER BY 1") == [
        (2019, "read"),
        (2020, "not_found"),
        (2021, "read"),
    ]


def test_a_root_without_anything_says_so(root: DataRoot) -> None:
    with pytest.raises(RootRefused, match="no data root"):
        build(root)
    with pytest.raises(ReleaseMissing, match="there is no folder"):
        files_of(root)
    with pytest.raises(RootRefused, match="no data root"):
        list(problems(root))
    root.path.mkdir()
    with pytest.raises(ReleaseMissing, match="make build"):
        files_of(root)


def test_a_crawl_that_got_nothing_makes_no_release(root: DataRoot) -> None:
    crawl(root, {})
    assert build(root).folder is None
    assert not root.current.exists()


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[DataRoot, str]:
    """A root whose release lacks what was crawled last, and the hash of the whole."""
    pages = {
        f"http://127.0.0.1/{year}-{error}.html": page_of(report_of(year, error=error))
        for year in range(2019, 2024)
        for error in ("", "balance", "row_sum", "dispute_sum")
    }
    unbroken, behind = (DataRoot(tmp_path_factory.mktemp("killed") / "root") for _ in range(2))
    for root in (unbroken, behind):
        crawl(root, dict(list(pages.items())[:3]))
    build(behind)
    for root in (unbroken, behind):
        crawl(root, pages)
    build(unbroken)
    whole = current_hash(unbroken)
    assert whole is not None
    return behind, whole


def test_a_build_killed_while_it_writes_leaves_the_old_release_and_ends_equal(
    killed: tuple[DataRoot, str], tmp_path: Path
) -> None:
    """Later moments, and what is killed step by step, are in test_build_kills.py."""
    behind, whole = killed
    moment = "*/nianbao.db"
    broken = DataRoot(tmp_path / "broken")
    shutil.copytree(behind.path, broken.path, symlinks=True)
    before, had = current_hash(broken), set(broken.releases.glob(moment))
    process = subprocess.Popen(
        [sys.executable, "-m", "archive", "build", "--data", str(broken.path)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while process.poll() is None and set(broken.releases.glob(moment)) <= had:
        time.sleep(0.0005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    # It opens, and says one or the other, never a mixture.
    assert current_hash(broken) in (before, whole)
    assert db(broken, "PRAGMA integrity_check") == [("ok",)]
    build(broken)
    assert current_hash(broken) == whole
    assert not list(broken.releases.glob("*.partial"))


# -- import ----------------------------------------------------------------------------


def test_imported_documents_keep_no_local_path(root: DataRoot, tmp_path: Path) -> None:
    secret = tmp_path / "folder-of-this-machine"
    secret.mkdir()
    file = secret / "saved.html"
    file.write_bytes(page_of(report_of(2022)))
    root.claim(DEMO)
    assert import_files(root, [file], None) == (1, 0)
    assert import_files(root, [file], None) == (0, 1)
    build(root, files=True)
    ((url, portal, title),) = db(
        root, "SELECT url, s.portal, list_title FROM sources s JOIN reports USING (url)"
    )
    assert str(url).startswith("urn:sha256:")
    assert (portal, title) == ("import", "saved.html")
    for path in root.path.rglob("*"):
        if path.is_file():
            assert b"folder-of-this-machine" not in path.read_bytes()


def test_an_import_with_an_address_takes_one_file(root: DataRoot, tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_bytes(page_of(report_of(2022)))
    root.claim(DEMO)
    with pytest.raises(ArchiveError, match="one document"):
        import_files(root, [file, file], "http://127.0.0.1/a")
    with pytest.raises(ArchiveError, match="http"):
        import_files(root, [file], "file:///etc/passwd")
    with pytest.raises(ArchiveError, match="nothing was imported"):
        import_files(root, [tmp_path / "absent"], None)
    import_files(root, [file], "http://127.0.0.1/a")
    build(root)
    assert db(root, "SELECT url FROM reports") == [("http://127.0.0.1/a",)]


def test_the_real_seeds_make_a_release(corpus: Path, tmp_path: Path) -> None:
    root = DataRoot(tmp_path / "data")
    seeds = [p for p in sorted((corpus / "documents").glob("seed_*.txt")) if "__" not in p.name]
    import_files(root, seeds, None)
    build(root)
    assert root.registry() == Registry("portals", fiction=False)
    found = db(root, "SELECT agency, year, form, failed FROM reports ORDER BY agency")
    assert found == [
        ("宜春市袁州区财政局", 2020, "2019", 0),
        ("樟树市审计局", 2020, "2019", 0),
        ("袁州区", 2020, "2019", 0),
        ("西工区财政局", 2023, "2021", 0),
        ("重庆市黔江区财政局", 2020, "2019", 0),
    ]
    for seed in seeds:
        truth = json.loads((corpus / "truth" / f"{seed.stem}.json").read_text("utf-8"))
        ((new,),) = db(
            root,
            "SELECT t3_received_new_total FROM figures JOIN reports USING (version_id) "
            f"WHERE agency = '{truth['agency']}'",
        )
        assert new == truth["requests"]["rows"]["一、本年新收政府信息公开申请数量"][-1]


# -- what must not be lost ---------------------------------------------------------------


def capture(
    root: DataRoot, url: str, body: bytes, status: int = 200, portal: str = "shili"
) -> None:
    """One run that captures one page."""
    store = Store(root, DEMO)
    store.portal(portal, ENTRY)
    headers = [("Content-Type", "text/html")]
    exchange = Exchange("GET", url, [("Host", "127.0.0.1")], b"", status, "", headers, body)
    store.capture(exchange, Context(portal, "article", f"http://127.0.0.1/{portal}/"))
    store.finish("complete")


def test_a_lost_ledger_is_made_again(root: DataRoot) -> None:
    crawl(root, {"http://127.0.0.1/a.html": page_of(report_of(2022))})
    build(root)
    before = current_hash(root)
    for path in root.path.glob("ledger.db*"):
        path.unlink()
    (root.releases / "inputs.json").unlink()
    build(root)
    assert current_hash(root) == before


def test_a_root_that_lost_its_captures_keeps_its_release(root: DataRoot) -> None:
    crawl(root, {"http://127.0.0.1/a.html": page_of(report_of(2022))})
    build(root)
    before = current_hash(root)
    for path in [*root.path.glob("ledger.db*"), *root.warc.iterdir()]:
        path.unlink()
    crawl(root, {})
    with pytest.raises(ReleaseRefused, match="stays current"):
        build(root)
    assert current_hash(root) == before


@pytest.mark.parametrize(
    ("status", "body"),
    [(404, b"<p>404"), (200, "<p>您访问的页面不存在".encode()), (521, b"<script>x")],
)
def test_an_error_page_does_not_unseat_the_report(root: DataRoot, status: int, body: bytes) -> None:
    url = "http://127.0.0.1/a.html"
    capture(root, url, page_of(report_of(2022)))
    capture(root, url, page_of(report_of(2022, error="balance")))
    build(root)
    assert db(root, "SELECT version_id FROM reports") == [("990100-finance-2022.v2",)]
    for _ in range(2):
        capture(root, url, body, status)
        build(root)
        assert db(root, "SELECT version_id FROM reports") == [("990100-finance-2022.v2",)]


def test_which_portal_listed_a_page_first_does_not_matter(tmp_path: Path) -> None:
    hashes = set()
    for name, order in (("a", 1), ("b", -1)):
        root = DataRoot(tmp_path / name)
        store = Store(root, DEMO)
        body = page_of(report_of(2022))
        for portal in ("hub", "shili")[::order]:
            store.portal(portal, ENTRY)
            headers = [("Content-Type", "text/html")]
            exchange = Exchange("GET", "http://127.0.0.1/a", [], b"", 200, "", headers, body)
            store.capture(exchange, Context(portal, "article", f"http://127.0.0.1/{portal}/"))
        store.finish("complete")
        build(root)
        hashes.add(current_hash(root))
    assert len(hashes) == 1


def test_two_versions_at_two_addresses_of_one_run_are_numbered_by_address(tmp_path: Path) -> None:
    pages = {
        "http://127.0.0.1/b.html": page_of(report_of(2022)),
        "http://127.0.0.1/a.html": page_of(report_of(2022, error="balance")),
    }
    hashes = set()
    for name, order in (("a", 1), ("b", -1)):
        root = DataRoot(tmp_path / name)
        crawl(root, dict(list(pages.items())[::order]))
        build(root)
        hashes.add(current_hash(root))
    assert len(hashes) == 1


def test_a_missing_warc_is_a_reason_and_no_end(root: DataRoot) -> None:
    crawl(root, {"http://127.0.0.1/a.html": page_of(report_of(2021))})
    crawl(root, {"http://127.0.0.1/b.html": page_of(report_of(2022))})
    crawled = Ledger(root.ledger).one("SELECT * FROM captures WHERE url LIKE '%/a.html'")
    assert crawled is not None
    first = root.warc / crawled["warc_file"]
    hidden = first.rename(first.with_suffix(".hidden"))
    build(root)
    assert db(root, "SELECT year FROM reports") == [(2022,)]
    assert db(root, "SELECT url, reason FROM unread") == [
        ("http://127.0.0.1/a.html", "record_damaged")
    ]
    hidden.rename(first)
    build(root)
    assert db(root, "SELECT year FROM reports ORDER BY 1") == [(2021,), (2022,)]


def test_a_release_whose_file_is_gone_is_made_again(root: DataRoot) -> None:
    crawl(root, {"http://127.0.0.1/a.html": page_of(report_of(2022))})
    build(root)
    (root.current / "nianbao.db").unlink()
    build(root)
    assert db(root, "SELECT count(*) FROM reports") == [(1,)]


def test_removed_derived_data_is_made_again(root: DataRoot) -> None:
    crawl(root, {"http://127.0.0.1/a.html": page_of(report_of(2022))})
    build(root)
    before = current_hash(root)
    shutil.rmtree(root.releases)
    for path in root.path.glob("readings.db*"):
        path.unlink()
    build(root)
    assert current_hash(root) == before


def test_a_changed_schema_is_a_new_release(root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    crawl(root, {"http://127.0.0.1/a.html": page_of(report_of(2022))})
    build(root)
    monkeypatch.setattr(schema, "VIEWS", schema.VIEWS + "CREATE VIEW more AS SELECT 1 AS one;")
    (root.releases / "inputs.json").unlink()
    assert build(root).is_new
    assert db(root, "SELECT one FROM more") == [(1,)]


def test_a_release_renamed_but_not_switched_to_is_taken_up(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl(root, {"http://127.0.0.1/a.html": page_of(report_of(2022))})

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "symlink_to", die)
    with pytest.raises(KeyboardInterrupt):
        build(root)
    monkeypatch.undo()
    build(root)
    assert [p.name for p in root.releases.glob("2*")] == [root.current.resolve().name]


def test_a_list_row_that_needs_a_converter_is_a_report_not_read(root: DataRoot) -> None:
    store = Store(root, DEMO)
    store.portal("shili", ENTRY)
    exchange = Exchange("GET", "http://127.0.0.1/a.rtf", [], b"", 200, "", [], b"{\\rtf1 a}")
    title = "示例市财政局2021年政府信息公开工作年度报告"
    store.capture(exchange, Context("shili", "article", "http://127.0.0.1/l/", title))
    store.finish("complete")
    build_in_processes(root, find=lambda: None)
    assert db(root, "SELECT report_id, status FROM reports") == [
        ("990100-finance-2021", "needs_converter")
    ]
    assert db(root, "SELECT status FROM coverage") == [("needs_converter",)]
    assert db(root, "SELECT count(*) FROM unread") == [(0,)]
    assert db(root, "SELECT format FROM versions") == [(None,)], "nobody has told it"


def test_damaged_databases_say_what_to_do(root: DataRoot) -> None:
    crawl(root, {"http://127.0.0.1/a.html": page_of(report_of(2022))})
    root.readings.write_bytes(b"no database at all" * 100)
    with pytest.raises(DatabaseDamaged, match="delete it"):
        build(root)
    root.readings.unlink()
    root.ledger.write_bytes(b"no database at all" * 100)
    with pytest.raises(DatabaseDamaged, match="move it away"):
        build(root)


def test_a_run_of_other_portals_is_not_continued(root: DataRoot) -> None:
    first = Store(root, DEMO, portals=("a",))
    first.portal("a", ENTRY)
    first.close()
    other = Store(root, DEMO, portals=("b",))
    assert not other.continued
    other.portal("b", ENTRY)
    other.close()
    again = Store(root, DEMO, portals=("b",))
    assert again.continued
    again.finish("complete")
    statuses = {r["status"] for r in Ledger(root.ledger).rows("SELECT status FROM runs")}
    assert statuses == {"stopped", "complete"}


@pytest.mark.parametrize(
    ("region_name", "printed", "kind"),
    [
        ("江西省 景德镇市", "景德镇市财政局", "finance"),
        ("河南省 新乡市", "新乡市审计局", "audit"),
        ("湖南省 津市市", "湖南省津市市教育局", "education"),
        ("江西省 抚州市 东乡区", "东乡区财政局", "finance"),
        ("江西省 抚州市 东乡区", "抚州市东乡区人民政府", "government"),
        ("江西省 抚州市 东乡区", "抚州市财政局", None),
        ("江西省 抚州市 东乡区", "财政局", None),
        ("江西省 抚州市 东乡区", "东乡区财政局国库支付中心", None),
    ],
)
def test_a_name_is_tied_to_its_region_exactly_or_not(
    region_name: str, printed: str, kind: str | None
) -> None:
    entry = {"region": "990100", "region_name": region_name, "agency": ""}
    assert resolve(printed, "k", entry).kind == kind
