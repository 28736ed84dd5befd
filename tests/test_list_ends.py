"""One crawl of lists that do not say, or say wrongly, where they end and what is theirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from tests.crawls import collect, ledger
from tests.portal import Portal
from tests.portal.pages import Page, Routes, pdf, text_page

HOST = "127.0.1.210"
TITLE = "示例县财政局{}年政府信息公开工作年度报告"
REPORT = text_page(
    "<html><body><h1>年度报告</h1><p>示例县财政局全年公开信息若干条。</p></body></html>"
)


def row(href: str, title: str) -> str:
    return f'<li><a href="{href}">{title}</a><span>2024-02-01</span></li>'


def reports(*years: int) -> str:
    return "".join(row(f"202402/t20240201_{year}.html", TITLE.format(year)) for year in years)


def notices(first: int, folder: str = "/tzgg/") -> str:
    return "".join(
        row(f"{folder}202402/t20240201_{number}.html", f"关于第{number}号事项的公告")
        for number in range(first, first + 4)
    )


def page(inner: str, more: str = "") -> Page:
    return text_page(f"<html><body><ul>{inner}</ul>{more}</body></html>")


def pager(last: int) -> str:
    return f"<script>createPageHTML({last},0,'index','html')</script>"


COLUMNS = {
    "turned-by-script": "complete is no word for it",
    "tentative-end": "its last page is a guess that is missing",
    "repeats": "page two is page one",
    "migrated": "rows of other forms",
    "masked": "expect_reports = 3",
    "only-notices": "the list is drawn by a script",
    "hub": 'kind = "hub"',
    "leaving": "notices change",
}


def routes() -> Routes:
    """Each column below its name; every report and notice is there."""
    viewer = "<iframe src='/v/viewer.html?file=/a.pdf'></iframe>"
    years = (
        "<div class='left'><a href='/hub/2021n/'>2021年</a><a href='/hub/2022n/'>2022年</a></div>"
    )
    found = {
        "/turned-by-script/": page(reports(2023, 2022), "第1/2页 <a onclick='turn(2)'>下一页</a>"),
        "/tentative-end/": page(reports(2023), "<p>共3页</p><script src='/pager.js'></script>"),
        "/repeats/": page(reports(2023), pager(2)),
        "/repeats/index_1.html": page(reports(2023), pager(2)),
        "/migrated/": page(
            reports(2023),
            f"<div><a href='/old/show.jsp?id=71'>{TITLE.format(2021)}</a></div>"
            f"<p onclick=\"window.open('/old/2020.html')\">{TITLE.format(2020)}</p>"
            f"<!-- <a href='/old/2019.html'>{TITLE.format(2019)}</a> -->",
        ),
        "/masked/": page(reports(2023, 2022) + notices(1)),
        "/only-notices/": page(notices(1), "<div id=list></div>"),
        "/hub/": page("", years + "<a href='/hub/czj/'>财政局</a><a href='/hub/zx/'>动态</a>"),
        "/hub/2021n/": page(notices(1), years + viewer),
        "/hub/2022n/": page(notices(1), years + "<a href='b.pdf'>附件</a>"),
        "/hub/czj/": page(reports(2023), pager(2)),
        "/hub/czj/index_1.html": page(reports(2020)),
        "/hub/zx/": page(notices(11), pager(40)),
        "/leaving/": page(reports(2023, 2022) + notices(1, "/leaving/")),
        "/old/show.jsp": REPORT, "/old/2020.html": REPORT, "/a.pdf": pdf("甲"),
        "/hub/2022n/b.pdf": pdf("乙"),
    }  # fmt: skip
    for name in (*COLUMNS, "hub/czj"):
        for year in (2020, 2022, 2023):
            found[f"/{name}/202402/t20240201_{year}.html"] = REPORT
    for number in range(20):
        found[f"/tzgg/202402/t20240201_{number}.html"] = REPORT
        found[f"/leaving/202402/t20240201_{number}.html"] = REPORT
    return {(HOST, path): each for path, each in found.items()}


def registry(port: int) -> str:
    lines = ['name = "ends"', "fiction = true", 'contact = "https://example.org/"', "delay = 0",
             "recheck_days = 0"]  # fmt: skip
    for key, extra in COLUMNS.items():
        lines += [
            f"[portals.{key}]", 'agency = "示例县"', 'region = "990100"', 'region_name = "示例县"',
            f'column = "http://{HOST}:{port}/{key}/"', 'family = "trs"', f'hosts = ["{HOST}"]',
            'why = "a test"', *([extra] if " = " in extra else []),
        ]  # fmt: skip
    return "\n".join(lines)


@dataclass
class Crawled:
    """What two crawls left."""

    outcomes: dict[str, tuple[str, str]]
    captured: dict[str, str]
    asked: Counter[str]
    losses: dict[str, str]
    unlisted: set[str]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("ends")
    file, data = folder / "portals.toml", folder / "data"
    with Portal(hosts=(HOST,), served=routes()) as portal:
        file.write_text(registry(portal.port), "utf-8")
        done = collect(file, data)
        assert "Traceback" not in done.stderr, done.stderr
        asked = Counter(each.path for each in portal.requests)
        outcomes = ledger(data, "SELECT * FROM outcomes")
        issues = ledger(data, "SELECT * FROM issues WHERE kind = 'list_unreadable'")
        captures = ledger(data, "SELECT * FROM captures WHERE status = 200")
        portal.replace(HOST, "/leaving/", page(reports(2023) + notices(5, "/leaving/")).body)
        collect(file, data, "--portal", "leaving")
        later = ledger(data, "SELECT * FROM issues WHERE kind = 'unlisted'")
        yield Crawled(
            {each["portal"]: (each["outcome"], each["detail"]) for each in outcomes},
            {urlsplit(each["url"]).path: each["role"] for each in captures},
            asked,
            {each["portal"]: each["detail"] for each in issues},
            {urlsplit(each["url"]).path for each in later},
        )


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("turned-by-script", "the page shows “1/2页”, and its family knows no way on"),
        ("tentative-end", "the page shows “共3页”, and its family knows no way on"),
        ("repeats", "the list says that it has this page, and it only repeats other pages"),
    ],
)
def test_a_list_that_has_more_than_was_read_is_incomplete(
    crawled: Crawled, key: str, said: str
) -> None:
    assert crawled.outcomes[key] == ("incomplete", "1 address failed: list_unreadable × 1")
    assert crawled.losses[key] == said


def test_rows_of_other_forms_are_captured(crawled: Crawled) -> None:
    assert crawled.outcomes["migrated"][0] == "complete"
    assert {"/old/show.jsp", "/old/2020.html"} <= crawled.captured.keys()
    assert "/old/2019.html" not in crawled.asked


def test_notices_do_not_count_for_reports(crawled: Crawled) -> None:
    others = "and 4 other articles"
    assert crawled.outcomes["masked"] == ("fewer", f"2 candidates of 3 expected, {others}")
    nothing = "the column lists nothing that may be a report"
    assert crawled.outcomes["only-notices"] == ("empty", f"{nothing}, {others}")
    assert crawled.captured["/tzgg/202402/t20240201_1.html"] == "article"


def test_a_year_that_is_a_file_is_taken_with_it(crawled: Crawled) -> None:
    assert crawled.outcomes["hub"][0] == "complete"
    assert crawled.captured["/a.pdf"] == "attachment"
    assert crawled.captured["/hub/2022n/b.pdf"] == "attachment"


def test_of_a_hub_s_sub_columns_only_reports_are_read(crawled: Crawled) -> None:
    assert crawled.captured["/hub/czj/202402/t20240201_2020.html"] == "article", "page two"
    assert crawled.asked["/hub/zx/"] == 1
    assert not any(path.startswith("/hub/zx/index") for path in crawled.asked)
    assert "/tzgg/202402/t20240201_11.html" not in crawled.asked


def test_only_what_may_be_a_report_is_missed(crawled: Crawled) -> None:
    assert crawled.unlisted == {"/leaving/202402/t20240201_2022.html"}
