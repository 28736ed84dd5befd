"""Files that articles link to: one report with its page, whatever each of them prints."""

from __future__ import annotations

import itertools
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive.build import build as build_in_processes
from archive.manifest import current_hash
from archive.printed import details
from archive.root import DataRoot, Registry
from archive.store import Context, Exchange, Store
from extract.forms import columns
from tests.portal.dumps import text_dump
from tests.portal.render import article_html, page_html
from tests.portal.reports import FictionalReport, make_report
from tests.stored import build

DEMO = Registry("demo", fiction=True)
ENTRY = {"agency": "", "region": "990100", "region_name": "示例市"}
SITE = "http://127.0.0.1"
PAGE = f"{SITE}/2023/a.html"
ID = "990100-finance-2022"
TITLE = "示例市财政局2022年政府信息公开工作年度报告"
FORM = "<html><body><h1>信息公开申请表</h1><p>姓名：</p></body></html>".encode()

#: What a run captured: an address, its bytes, and for a file the page that links to it.
Captured = tuple[str, bytes, str, str]


def report_of(year: int = 2022, agency: str = "示例市财政局", **kw: object) -> FictionalReport:
    return make_report(agency, "990100", "finance", year, busy=True, **kw)[0]  # type: ignore[arg-type]


def page(body: bytes, url: str = PAGE, title: str = TITLE) -> Captured:
    return url, body, "", title


def file(body: bytes, name: str = "P1.doc", text: str = "附件", parent: str = PAGE) -> Captured:
    return f"{SITE}/2023/{name}", body, parent, text


def text(report: FictionalReport, style: str = "tika") -> bytes:
    return text_dump(report, style).encode()


def linking(*names: str, title: str = TITLE, report: FictionalReport | None = None) -> bytes:
    """A page that links to files; with the report itself in it, if one is given."""
    links = "".join(f'<p>附件：<a href="./{name}">{name}</a></p>' for name in names)
    if report is not None:
        return article_html(report, "trs").replace("</body>", f"{links}</body>").encode()
    body = f"<p>详见附件。</p>{links}"
    return page_html("trs", title=title, date="2023-01-20", source="", body=body).encode()


def silent(report: FictionalReport) -> bytes:
    """A file that prints neither title, date, year nor agency."""
    lines = text_dump(report, "tika").split("\n")
    kept = [line for line in lines if "政府信息公开工作年度报告" not in line and "日期" not in line]
    kept = [line for line in kept if not line.startswith(f"{report.year + 1}年")]
    said = "\n".join(kept).replace("示例市财政局", "本机关")
    return said.replace(f"{report.year}年", "本年").encode()


def crawl(root: DataRoot, *captured: Captured) -> None:
    store = Store(root, DEMO)
    store.portal("shili", ENTRY)
    for url, body, parent, title in captured:
        role = "attachment" if parent else "article"
        context = Context("shili", role, f"{SITE}/l/", title, "2023-01-20", parent)
        exchange = Exchange("GET", url, [], b"", 200, "OK", [], body)
        store.capture(exchange, context)
    store.finish("complete")


def db(root: DataRoot, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(f"file:{root.current / 'nianbao.db'}?mode=ro", uri=True)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def sources(root: DataRoot) -> list[tuple[object, ...]]:
    """(version, name of the file or page) of every source."""
    rows = db(root, "SELECT version_id, url FROM sources ORDER BY 1, 2")
    return [(str(v).rpartition(".")[2], str(url).rpartition("/")[2]) for v, url in rows]


def current(root: DataRoot) -> tuple[object, ...]:
    (row,) = db(root, "SELECT status, version_id, url FROM reports")
    status, version, url = (str(value) for value in row)
    return status, version.rpartition(".")[2], url.rpartition("/")[2]


def unread(root: DataRoot) -> list[tuple[object, ...]]:
    rows = db(root, "SELECT url, reason FROM unread ORDER BY url")
    return [(str(url).rpartition("/")[2], reason) for url, reason in rows]


def figures(root: DataRoot) -> dict[str, object]:
    names = ", ".join(f'"{key}"' for key in columns())
    (row,) = db(root, f"SELECT {names} FROM figures JOIN reports USING (version_id)")
    return dict(zip(columns(), row, strict=True))


def wanted(report: FictionalReport) -> dict[str, object]:
    values = report.values()
    return {key: values.get(key) for key in columns()}


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    return DataRoot(tmp_path / "data")


def test_a_page_that_only_links_and_its_file_are_one_report(root: DataRoot) -> None:
    rendered = report_of()
    crawl(root, page(linking("P1.doc")), file(text(rendered)))
    build(root)
    assert current(root) == ("read", "v1", "P1.doc")
    assert sources(root) == [("v1", "P1.doc"), ("v1", "a.html")]
    assert db(root, "SELECT role FROM sources ORDER BY 1") == [("article",), ("attachment",)]
    assert figures(root) == wanted(rendered)
    assert unread(root) == []


def test_what_the_file_does_not_print_is_taken_from_its_page(root: DataRoot) -> None:
    rendered = report_of()
    crawl(root, page(linking("P1.doc")), file(silent(rendered)))
    build(root)
    assert db(root, "SELECT report_id, title, published FROM versions") == [
        (ID, TITLE, "2023-01-20")
    ]
    with closing(sqlite3.connect(f"file:{root.current / 'text.db'}?mode=ro", uri=True)) as text_db:
        told = details(text_db, f"{ID}.v1")
    # The version's address is the file's: what the page links to keeps its own.
    assert told.attachments == ((f"{SITE}/2023/P1.doc", "P1.doc"),)
    assert {piece["source"] for piece in told.evidence["agency"]} >= {"page:title"}
    assert {piece["source"] for piece in told.evidence["year"]} >= {"page:title"}
    assert figures(root) == wanted(rendered)


def test_the_files_own_word_counts_more_than_its_pages(root: DataRoot) -> None:
    other = report_of(2021, "示例市审计局")
    crawl(root, page(linking("P1.doc")), file(text(other)))
    build(root)
    assert db(root, "SELECT report_id, status FROM reports ORDER BY 1") == [
        ("990100-audit-2021", "read"),
        (ID, "attachment_unread"),
    ]


def test_the_text_of_the_link_names_the_agency_before_the_page_does(root: DataRoot) -> None:
    rendered = report_of()
    name = "示例市审计局2022年政府信息公开工作年度报告"
    crawl(root, page(linking("P1.doc")), file(silent(rendered), text=name))
    build(root)
    assert ("990100-audit-2022", "read") in db(root, "SELECT report_id, status FROM reports")


def test_a_page_known_by_its_list_title_lends_it_to_the_file(root: DataRoot) -> None:
    rendered = report_of()
    bare = b'<html><body><p><a href="./P1.doc">x</a></p></body></html>'
    crawl(root, page(bare), file(silent(rendered)))
    build(root)
    assert db(root, "SELECT report_id, status FROM reports") == [(ID, "read")]
    assert sources(root) == [("v1", "P1.doc"), ("v1", "a.html")]
    assert unread(root) == []


def test_page_and_file_with_equal_figures_are_one_version(root: DataRoot) -> None:
    rendered = report_of()
    crawl(root, page(linking("P1.doc", report=rendered)), file(text(rendered)))
    build(root)
    assert current(root) == ("read", "v1", "a.html")
    assert sources(root) == [("v1", "P1.doc"), ("v1", "a.html")]
    assert unread(root) == []


def test_a_file_with_other_figures_is_listed_beside_its_page(root: DataRoot) -> None:
    mine, other = report_of(), report_of(error="balance")
    crawl(root, page(linking("P1.doc", report=mine)), file(text(other)))
    build(root)
    assert current(root) == ("read", "v1", "a.html")
    assert sources(root) == [("v1", "a.html")]
    assert figures(root) == wanted(mine)
    assert unread(root) == [("P1.doc", "differs_from_page")]
    ((detail,),) = db(root, "SELECT detail FROM unread")
    changed = [key for key, printed in mine.cells.items() if other.cells[key] != printed]
    assert changed
    for key in changed:
        assert f"{key}: {mine.cells[key]}, {other.cells[key]}" in str(detail)


def test_a_page_whose_tables_are_pictures_has_its_figures_from_the_file(root: DataRoot) -> None:
    rendered = report_of()
    html = linking("P1.doc", report=rendered).decode()
    while "<table" in html:
        start = html.index("<table")
        html = html[:start] + '<img src="t.png">' + html[html.index("</table>") + 8 :]
    crawl(root, page(html.encode()), file(text(rendered)))
    build(root)
    assert current(root) == ("read", "v1", "P1.doc")
    assert sources(root) == [("v1", "P1.doc"), ("v1", "a.html")]
    assert figures(root) == wanted(rendered)


def test_two_files_of_one_report_are_one_version(root: DataRoot) -> None:
    rendered = report_of()
    crawl(
        root,
        page(linking("P1.doc", "P2.pdf")),
        file(text(rendered)),
        file(text(rendered, "tsv"), "P2.pdf"),
    )
    build(root)
    assert current(root)[:2] == ("read", "v1")
    assert sources(root) == [("v1", "P1.doc"), ("v1", "P2.pdf"), ("v1", "a.html")]


def test_of_two_files_the_one_that_prints_more_gives_the_figures(root: DataRoot) -> None:
    rendered = report_of()
    less = text(rendered).split("　　　四、".encode())[0]
    crawl(
        root,
        page(linking("P1.doc", "P2.pdf")),
        file(less, "P1.doc"),
        file(text(rendered), "P2.pdf"),
    )
    build(root)
    assert current(root) == ("read", "v1", "P2.pdf")
    assert figures(root) == wanted(rendered)
    assert sources(root) == [("v1", "P1.doc"), ("v1", "P2.pdf"), ("v1", "a.html")]


def test_a_file_of_a_later_run_that_prints_less_is_a_version(root: DataRoot) -> None:
    rendered = report_of()
    less = text(rendered).split("　　　四、".encode())[0]
    crawl(root, page(linking("P1.doc")), file(text(rendered)))
    crawl(root, page(linking("P2.doc")), file(less, "P2.doc"))
    build(root)
    assert current(root) == ("read", "v2", "P2.doc")


def test_a_page_that_prints_figures_speaks_for_itself_though_its_file_prints_more(
    root: DataRoot,
) -> None:
    rendered = report_of()
    html = linking("P1.doc", report=rendered).decode()
    last = html.rindex("<table")
    html = html[:last] + html[html.index("</table>", last) + 8 :]
    crawl(root, page(html.encode()), file(text(rendered)))
    build(root)
    assert current(root) == ("read", "v1", "a.html")
    assert sources(root) == [("v1", "P1.doc"), ("v1", "a.html")]


def test_commas_make_no_other_figure(root: DataRoot) -> None:
    rendered = report_of()
    plain = text(rendered).replace(b",", b"")
    assert plain != text(rendered)
    crawl(root, page(linking("P1.doc", report=rendered)), file(plain))
    build(root)
    assert sources(root) == [("v1", "P1.doc"), ("v1", "a.html")]


def test_a_page_counts_before_a_file_of_another_page(root: DataRoot) -> None:
    mine, other = report_of(), report_of(error="balance")
    elsewhere = f"{SITE}/1.html"  # sorts before the file, so the file's version is the newer one
    crawl(root, page(linking(report=mine), elsewhere), page(linking("P1.doc")), file(text(other)))
    build(root)
    assert current(root) == ("read", "v1", "1.html")
    assert ("v2", "P1.doc") in sources(root)


def test_a_file_put_in_the_place_of_another_is_a_version(root: DataRoot) -> None:
    first, second = report_of(), report_of(error="balance")
    crawl(root, page(linking("P1.doc")), file(text(first)))
    crawl(root, page(linking("P2.doc")), file(text(second), "P2.doc"))
    build(root)
    assert current(root) == ("read", "v2", "P2.doc")
    assert len(sources(root)) == 4  # each with the page as it was then
    assert figures(root) == wanted(second)


def test_a_corrected_page_stays_current_beside_its_old_file(root: DataRoot) -> None:
    first, second = report_of(), report_of(error="balance")
    crawl(root, page(linking("P1.doc", report=first)), file(text(first)))
    crawl(root, page(linking("P1.doc", report=second)))
    build(root)
    assert current(root) == ("read", "v2", "a.html")
    assert ("v1", "P1.doc") in sources(root)


def test_a_page_put_back_counts_though_the_file_says_otherwise(root: DataRoot) -> None:
    first, second = report_of(), report_of(error="balance")
    crawl(root, page(linking("P1.doc", report=first)))
    crawl(root, page(linking("P1.doc", report=second)), file(linking(report=second)))
    crawl(root, page(linking("P1.doc", report=first)))
    build(root)
    assert current(root) == ("read", "v1", "a.html")


@pytest.mark.parametrize(
    ("body", "reason"), [(FORM, "wrong_type"), ("信息公开申请表\n姓名：".encode(), "not_a_report")]
)
def test_a_file_that_is_no_report_is_listed_where_the_page_is_none_either(
    root: DataRoot, body: bytes, reason: str
) -> None:
    crawl(root, page(linking("P1.doc")), file(body))
    build(root)
    assert current(root) == ("attachment_unread", "v1", "a.html")
    assert unread(root) == [("P1.doc", reason)]


def test_a_form_beside_a_report_is_no_problem(root: DataRoot) -> None:
    rendered = report_of()
    crawl(root, page(linking("P1.doc", "P2.doc")), file(FORM), file(text(rendered), "P2.doc"))
    build(root)
    assert current(root) == ("read", "v1", "P2.doc")
    assert unread(root) == []


def test_a_file_that_needs_libreoffice_says_so_and_is_no_second_version(root: DataRoot) -> None:
    crawl(root, page(linking("P1.rtf")), file(b"{\\rtf1 a}", "P1.rtf", TITLE))
    build_in_processes(root, find=lambda: None)
    assert current(root) == ("attachment_unread", "v1", "a.html")
    assert sources(root) == [("v1", "a.html")]
    assert unread(root) == [("P1.rtf", "needs_converter")]


def test_a_file_without_its_page_stands_for_itself(root: DataRoot) -> None:
    rendered = report_of()
    crawl(root, file(text(rendered), parent=f"{SITE}/never-obtained.html"))
    build(root)
    assert current(root) == ("read", "v1", "P1.doc")


def test_a_file_that_two_pages_link_to_does_not_depend_on_which_came_first(tmp_path: Path) -> None:
    rendered = report_of()
    other = linking("P1.doc", title="示例市审计局2021年政府信息公开工作年度报告")
    hashes = set()
    first = f"{SITE}/2023/0.html"  # sorts before the page that tells of the file's report
    pages = (page(linking("P1.doc")), page(other, first, "x"))
    for name, parent in (("a", PAGE), ("b", first)):
        root = DataRoot(tmp_path / name)
        # It prints its year and no agency: that is the agency of the page of this year.
        said = silent(rendered).replace("本年".encode(), "2022年".encode())
        crawl(root, *pages, file(said, parent=parent))
        build(root)
        assert db(root, "SELECT report_id, status FROM reports ORDER BY 1") == [
            ("990100-audit-2021", "attachment_unread"),
            (ID, "read"),
        ]
        hashes.add(current_hash(root))
    assert len(hashes) == 1


def test_every_page_that_links_to_the_file_is_its_source(root: DataRoot) -> None:
    body = linking("P1.doc")
    crawl(root, page(body), page(body, f"{SITE}/2023/m.html"), file(text(report_of())))
    build(root)
    assert sources(root) == [("v1", "P1.doc"), ("v1", "a.html"), ("v1", "m.html")]


def test_a_file_of_pages_that_disagree_is_given_to_none_of_them(root: DataRoot) -> None:
    other = linking("P1.doc", title="示例市审计局2021年政府信息公开工作年度报告")
    pages = (page(linking("P1.doc")), page(other, f"{SITE}/2023/b.html", "x"))
    crawl(root, *pages, file(silent(report_of())))
    build(root)
    assert unread(root) == [("P1.doc", "no_agency")]
    assert {status for (status,) in db(root, "SELECT status FROM reports")} == {"attachment_unread"}


def test_the_order_of_capture_decides_nothing(tmp_path: Path) -> None:
    rendered, other = report_of(), report_of(error="balance")
    captured = [
        page(linking("P1.doc", "P2.pdf", "P3.doc")),
        file(text(rendered)),
        file(text(rendered, "tsv"), "P2.pdf"),
        file(text(other), "P3.doc"),
        file(FORM, "P4.doc"),
    ]
    orders = list(itertools.permutations(captured))
    hashes = set()
    for number, order in enumerate(random.Random(3).sample(orders, 4)):
        root = DataRoot(tmp_path / str(number))
        crawl(root, *order)
        build(root)
        hashes.add(current_hash(root))
    assert len(hashes) == 1


def test_a_file_that_was_another_when_its_page_began_to_link(root: DataRoot) -> None:
    """What the page printed before is a report of its own; the file stood beside it."""
    was, (now, _) = report_of(), make_report("示例市财政局", "990100", "finance", 2022)
    assert text(was) != text(now)
    crawl(root, page(linking(report=report_of(2021))), file(text(was)))
    crawl(root, page(linking("P1.doc")), file(text(now)))
    build(root)
    sql = "SELECT report_id, number, substr(first_seen, 1, 4) <> '' FROM versions ORDER BY 1, 2"
    assert db(root, sql) == [("990100-finance-2021", 1, 1), (ID, 1, 1), (ID, 2, 1)]
    sql = f"SELECT kind FROM changes WHERE report_id = '{ID}' ORDER BY number"
    assert next(kind for (kind,) in db(root, sql)) == "first"
