"""The build and what columns list under any title: nodes, candidates, pictures, wrong files."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.manifest import current_hash
from archive.problems import problems
from archive.root import DataRoot
from tests.portal.dumps import text_dump
from tests.stored import (
    ENTRY,
    ID,
    LISTING,
    SITE,
    TITLE,
    Got,
    Run,
    article,
    build,
    counts,
    current,
    db,
    flags,
    keep,
    page,
    report_of,
    sources,
    unread,
)  # fmt: skip

PAGE = f"{SITE}/2023/a.html"
PICTURE = b"\x89PNG\r\n\x1a\n picture"
LINK = '<p>附件：<a href="./P1.pdf">附件</a></p>'
FORM = "<p>信息公开申请表</p><p>姓名：　　　　单位：</p>"


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    return DataRoot(tmp_path / "data")


def file(body: bytes, name: str = "P1.pdf", title: str = "附件") -> Got:
    return Got(f"{SITE}/2023/{name}", body, title, "attachment", PAGE)


# -- nodes ----------------------------------------------------------------------------


def test_a_branch_that_is_the_article_becomes_a_report(root: DataRoot) -> None:
    keep(root, Run([Got(f"{SITE}/2022n/", article(), "2022年", "node")]))
    build(root)
    assert db(root, "SELECT report_id, status, portal FROM reports") == [(ID, "read", "shili")]
    assert db(root, "SELECT role FROM sources") == [("node",)]


def test_a_branch_that_prints_no_agency_has_its_portals(root: DataRoot) -> None:
    html = article().decode().replace("示例市财政局", "本机关")
    entry = {**ENTRY, "agency": "示例市财政局"}
    node = Got(f"{SITE}/2022n/", html.encode(), "2022年", "node")
    keep(root, Run([node], entries={"shili": entry}))
    build(root)
    assert db(root, "SELECT report_id, agency FROM reports") == [(ID, "示例市财政局")]


def test_a_branch_that_is_a_list_is_neither_listed_nor_counted(root: DataRoot) -> None:
    links = '<li><a href="b.html">示例市审计局2022年年报</a></li>'
    titled = page(f'<ul>{links}<li><a href="c.pdf">x</a></li></ul><img src="i.png">', TITLE)
    nodes = [
        Got(f"{SITE}/bm/", page(f"<ul>{links}</ul>"), "部门年报", "node"),
        Got(f"{SITE}/2022/", titled, TITLE, "node"),
        Got(f"{SITE}/x/", "<html>页面不存在".encode(), TITLE, "node"),
    ]
    keep(root, Run([*nodes, Got(PAGE, article(report_of(2021)))]))
    build(root)
    assert db(root, "SELECT report_id FROM reports") == [("990100-finance-2021",)]
    assert db(root, "SELECT * FROM unread") == []
    assert db(root, "SELECT * FROM left_out") == []


def test_a_branch_lends_no_name_to_the_files_that_it_lists(root: DataRoot) -> None:
    silent = page('<ul><li><a href="a.html">x</a></li></ul>' + LINK, "示例市2022年政府信息公开年报")
    text = "示例市审计局2021年政府信息公开工作年度报告"
    report = article(report_of(2021, "示例市审计局"))
    other = Got(f"{SITE}/2023/P1.pdf", report, text, "article")
    keep(root, Run([Got(f"{SITE}/2023/", silent, "2022年", "node"), other]))
    build(root)
    assert db(root, "SELECT report_id FROM reports") == [("990100-audit-2021",)]


def test_a_branch_whose_files_were_fetched_is_an_article(root: DataRoot) -> None:
    node = Got(PAGE, page(LINK, TITLE), "2022年", "node")
    keep(root, Run([node, file(b"%PDF-1.7 broken")]))
    build(root)
    assert current(root)[::2] == ("attachment_unread", "/2023/a.html")
    assert "body_in_attachment_or_image" in flags(root)


@pytest.mark.parametrize(
    ("body", "told"),
    [(page('<img src="1.jpg">', TITLE), []), ("<html>页面不存在".encode(), ["soft_404"])],
)
def test_the_column_of_a_single_portal_must_be_its_report(
    root: DataRoot, body: bytes, told: list[str]
) -> None:
    single = {**ENTRY, "kind": "single", "column": PAGE, "agency": "示例市财政局"}
    keep(root, Run([Got(PAGE, body, "", "node")], entries={"shili": single}))
    build(root)
    statuses = [status for (status,) in db(root, "SELECT status FROM reports")]
    assert statuses == ([] if told else ["needs_ocr"])
    assert [*unread(root).values()] == told


def test_a_page_that_some_list_calls_an_article_is_one(root: DataRoot) -> None:
    body = page("<p>通知如下。</p>")
    branch, listed = Got(PAGE, body, "2022年", "node"), Got(PAGE, body)
    keep(root, Run([branch, listed]))
    build(root)
    assert unread(root) == {"/2023/a.html": "not_a_report"}


# -- candidates -----------------------------------------------------------------------


def test_a_report_under_an_unknown_title_is_kept_and_others_are_counted(root: DataRoot) -> None:
    heads = ("一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况")
    three = "".join(f"<p>{head}</p><p>示例市财政局2022年做好工作。</p>" for head in heads)
    cut = "示例市财政局2021年政府信息公开工作年..."
    keep(
        root,
        Run([
            Got(f"{SITE}/1.html", article(), "示例市财政局晒成绩单"),
            Got(f"{SITE}/2.html", page(three, "示例市财政局工作"), "公开情况一览"),
            Got(f"{SITE}/3.html", page("<p>开展学习活动。</p>"), "学习活动"),
            Got(f"{SITE}/4.html", page("<p>开展宣传活动。</p>"), ""),
            Got(f"{SITE}/5.html", page("<p>见附件。</p>"), TITLE),
            Got(f"{SITE}/6.html", page("<p>见附件。</p>"), cut),
            Got(f"{SITE}/7.html", "<html>文章已被删除".encode(), "学习活动二"),
        ], entries={"shili": {**ENTRY, "agency": "示例市财政局"}}),
    )  # fmt: skip
    build(root)
    assert db(root, "SELECT DISTINCT year FROM reports") == [(2022,)]
    assert "/2.html" in sources(root)
    assert unread(root) == {
        "/5.html": "not_a_report",
        "/6.html": "not_a_report",
        "/7.html": "soft_404",
    }
    assert db(root, "SELECT * FROM left_out") == [("shili", 2)]
    told = counts(root)
    assert (told["left_out"], told["unread_not_a_report"], told["unread_soft_404"]) == (2, 2, 1)
    assert "  shili: 2" in list(problems(root))


def test_a_candidate_that_changes_each_time_is_counted_once(root: DataRoot) -> None:
    for visits in (10, 11):
        keep(root, Run([Got(PAGE, page(f"<p>浏览 {visits} 次</p>"), "学习活动")]))
    build(root)
    assert db(root, "SELECT * FROM left_out") == [("shili", 1)]


def test_what_takes_the_place_of_a_report_is_listed_under_any_title(root: DataRoot) -> None:
    keep(root, Run([Got(PAGE, article(), "x")]), Run([Got(PAGE, page("<p>改版。</p>"), "x")]))
    build(root)
    assert current(root)[:2] == ("read", "v1")
    assert unread(root) == {"/2023/a.html": "not_a_report"}


def test_the_files_of_a_candidate_are_as_quiet_as_it_is(root: DataRoot) -> None:
    files = [file("信息公开申请表".encode(), "P1.doc"), file(page(FORM), "P2.doc")]
    named = file(page(FORM), "P3.doc", TITLE)
    keep(root, Run([Got(PAGE, page("<p>通知如下。</p>"), "通知"), *files, named]))
    build(root)
    assert unread(root) == {"/2023/P3.doc": "wrong_type"}


# -- files that are none ----------------------------------------------------------------

CAPTCHA = "<html><body><p>请输入验证码</p><form></form></body></html>".encode()


def test_a_web_page_in_the_place_of_a_file_is_no_document(root: DataRoot) -> None:
    keep(root, Run([Got(PAGE, page(LINK, TITLE)), file(CAPTCHA)]))
    build(root)
    assert current(root)[0] == "attachment_unread"
    assert unread(root) == {"/2023/P1.pdf": "wrong_type"}
    ((detail,),) = db(root, "SELECT detail FROM unread")
    assert "wall" in detail
    assert "验证码" in detail


def test_a_page_with_a_stray_table_joins_nothing(root: DataRoot) -> None:
    html = article().decode()
    table = html[html.index("<table") : html.index("</table>") + 8]
    keep(root, Run([Got(PAGE, page(LINK, TITLE)), file(page(table, TITLE))]))
    build(root)
    assert current(root)[::2] == ("attachment_unread", "/2023/a.html")
    assert unread(root) == {"/2023/P1.pdf": "wrong_type"}


def test_a_whole_report_linked_as_a_page_is_the_report(root: DataRoot) -> None:
    whole = file(article(), "P1.html")
    keep(root, Run([Got(PAGE, page(LINK.replace("P1.pdf", "P1.html"), TITLE)), whole]))
    build(root)
    assert current(root)[::2] == ("read", "/2023/P1.html")
    assert unread(root) == {}


def test_a_form_that_office_saved_as_a_page_is_a_document_and_no_report(root: DataRoot) -> None:
    saved = '<html xmlns:o="urn:schemas-microsoft-com:office:office"><body>' + FORM
    keep(root, Run([Got(PAGE, page(LINK, TITLE)), file(saved.encode(), "P1.doc")]))
    build(root)
    assert unread(root) == {"/2023/P1.doc": "not_a_report"}


# -- pictures ---------------------------------------------------------------------------


@pytest.mark.parametrize("title", [TITLE, "示例市财政局关于2022年的情况"])
def test_pictures_belong_to_their_page(root: DataRoot, title: str) -> None:
    body = page('<img src="1.png"><img src="2.png">', TITLE)
    pictures = [file(PICTURE + bytes([n]), f"{n}.png", "") for n in (1, 2)]
    keep(root, Run([Got(PAGE, body, title), *pictures]))
    build(root)
    assert current(root)[::2] == ("needs_ocr", "/2023/a.html")
    assert flags(root) == {"body_in_attachment_or_image"}
    assert db(root, "SELECT pictures FROM versions") == [(2,)]
    assert unread(root) == {}


def test_a_listed_report_with_nothing_but_linked_pictures_is_one_to_be_read(root: DataRoot) -> None:
    linked = page('<p><a href="1.jpg">第一页</a></p>', "信息")
    keep(root, Run([Got(PAGE, linked), file(b"\xff\xd8\xff jpeg", "1.jpg", "第一页")]))
    build(root)
    assert current(root)[0] == "needs_ocr"
    assert db(root, "SELECT pictures FROM versions") == [(1,)]


def test_a_listed_report_in_a_viewer_whose_file_cannot_be_read_is_a_report(root: DataRoot) -> None:
    viewer = page('<iframe src="/viewer.html?file=P1.pdf"></iframe>', "信息")
    keep(root, Run([Got(PAGE, viewer), file(b"%PDF-1.7 broken", title="")]))
    build(root)
    assert current(root)[::2] == ("attachment_unread", "/2023/a.html")
    assert flags(root) == {"body_in_attachment_or_image"}
    assert unread(root) == {"/2023/P1.pdf": "unreadable"}


def test_a_list_row_that_is_a_scan_has_no_page_to_flag(root: DataRoot) -> None:
    keep(root, Run([Got(f"{SITE}/2023/P1.jpg", b"\xff\xd8\xff jpeg")]))
    build(root)
    assert current(root)[0] == "needs_ocr"
    assert flags(root) == set()


def test_pictures_beside_no_report_are_counted_on_its_line(root: DataRoot) -> None:
    jpeg = file(b"\xff\xd8\xff jpeg", "1.jpg", "")
    keep(root, Run([Got(PAGE, "<html>该页面已删除".encode()), jpeg]))
    build(root)
    ((reason, detail),) = db(root, "SELECT reason, detail FROM unread")
    assert reason == "soft_404"
    assert detail.endswith("; 1 picture files belong to it")


def test_an_empty_body_under_a_reports_title_is_never_an_empty_report(root: DataRoot) -> None:
    keep(root, Run([Got(PAGE, page("", TITLE))]))
    build(root)
    assert db(root, "SELECT status FROM reports WHERE status = 'read'") == []
    statuses = [*(status for (status,) in db(root, "SELECT status FROM reports")),
                *unread(root).values()]  # fmt: skip
    assert statuses in (["needs_ocr"], ["not_a_report"])


# -- off-host files -----------------------------------------------------------------------


@pytest.mark.parametrize(("host", "flagged"), [("127.0.0.9", True), ("127.0.0.1", False)])
def test_figures_from_a_file_on_a_foreign_host_are_flagged(
    root: DataRoot, host: str, flagged: bool
) -> None:
    url = f"http://{host}:8088/doc/P1.doc"
    text = text_dump(report_of(), "tika").encode()
    body = page(f'<a href="{url}">附件.doc</a>', TITLE)
    keep(root, Run([Got(PAGE, body), Got(url, text, "附件", "attachment", PAGE)]))
    build(root)
    assert db(root, "SELECT status, url FROM reports") == [("read", url)]
    assert ("off_host_attachment" in flags(root)) == flagged
    told = db(root, "SELECT meaning, meaning_en FROM flags WHERE flag = 'off_host_attachment'")
    assert all(word for row in told for word in row)


@pytest.mark.parametrize(("host", "flagged"), [("127.0.0.9", True), ("127.0.0.1", False)])
def test_a_file_on_a_foreign_host_is_flagged_though_it_cannot_be_read(
    root: DataRoot, host: str, flagged: bool
) -> None:
    broken, scan = b"%PDF-1.7 broken", f"http://{host}:8088/doc/P2.pdf"
    url, other = f"http://{host}:8088/doc/P1.pdf", TITLE.replace("2022", "2021")
    body = page(f'<a href="{url}">附件.pdf</a>', TITLE)
    keep(
        root,
        Run([
            Got(PAGE, body), Got(url, broken, "附件", "attachment", PAGE),
            Got(scan, broken, other, "attachment", LISTING),
        ]),
    )  # fmt: skip
    build(root)
    assert db(root, "SELECT count(*) FROM reports WHERE status <> 'read'") == [(2,)]
    told = db(root, "SELECT coalesce(flags, '') LIKE '%off_host_attachment%' FROM reports")
    assert told == [(flagged,)] * 2


# -- codebook ------------------------------------------------------------------------------


def test_every_reason_and_flag_that_stands_in_a_release_is_explained(root: DataRoot) -> None:
    keep(
        root,
        Run([
            Got(PAGE, page(LINK, TITLE)), file(CAPTCHA),
            Got(f"{SITE}/5.html", page("<p>x</p>"), TITLE),
            Got(f"{SITE}/6.html", b"", TITLE),
            Got(f"{SITE}/7.html", CAPTCHA, TITLE),
        ]),
    )  # fmt: skip
    build(root)
    assert set(unread(root).values()) == {"wrong_type", "not_a_report", "soft_404", "wall"}
    for table, column, about in (("unread", "reason", "unread"), ("reports", "flags", "report")):
        used = {
            word for (told,) in db(root, f"SELECT {column} FROM {table}") for word in told.split()
        }
        known = {flag for (flag,) in db(root, f"SELECT flag FROM flags WHERE about = '{about}'")}
        assert used
        assert used <= known


def test_the_order_of_capture_decides_nothing(tmp_path: Path) -> None:
    got = [
        Got(PAGE, page(LINK, TITLE)),
        file(CAPTCHA),
        file(PICTURE, "1.png"),
        Got(f"{SITE}/3.html", page("<p>活动。</p>"), "活动"),
        Got(f"{SITE}/2022n/", article(), "2022年", "node"),
        Got(f"{SITE}/2022n/", article(), TITLE),
        Got(LISTING + "b/", page("<p>部门</p>"), "部门", "node"),
    ]
    hashes = set()
    for name, order in (("a", got), ("b", got[::-1]), ("c", [*got[3:], *got[:3]])):
        root = DataRoot(tmp_path / name)
        keep(root, Run(order))
        build(root)
        hashes.add(current_hash(root))
    assert len(hashes) == 1
