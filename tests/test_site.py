"""The site: statutory layout cell by cell, safety, downloads, and a real browser."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from sqlite_utils import Database

from archive import printed, schema
from archive.errors import ArchiveError, ReleaseMissing
from archive.packing import Packed
from archive.site import cells, layout, metadata
from archive.site.serve import running, site
from extract.forms import columns, forms
from extract.types import Report

PAGE = "<html><title>示例市</title><script>alert(1)</script>存档原件</html>".encode()
HOSTILE = "<script>alert('题')</script>示例市财政局2021年政府信息公开工作年度报告"


@dataclass
class Fake:
    """A release in the making; every name in it is invented."""

    root: Path
    years: range = range(0)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    chapters: list[dict[str, Any]] = field(default_factory=list)
    details: list[dict[str, Any]] = field(default_factory=list)
    locators: list[dict[str, Any]] = field(default_factory=list)

    def add(self, table: str, **row: Any) -> None:
        self.tables.setdefault(table, []).append(row)

    def agency(self, agency_id: str, name: str, region: str, kind: str, years: range) -> None:
        self.add(
            "agencies", agency_id=agency_id, name=name, region_code=agency_id[:6],
            region_name=region, kind=kind, kind_name=kind, resolved=1, reports=0,
            first_year=years[0], last_year=years[-1],
        )  # fmt: skip
        self.years = years

    def report(
        self,
        agency_id: str,
        year: int,
        figures: dict[str, Any] | None = None,
        *,
        status: str = "read",
        form: str | None = "2021",
        title: str | None = None,
        url: str = "https://www.example.invalid/art/1.html",
        body: bytes = PAGE,
        attachments: tuple[tuple[str, str], ...] = (),
        failed: int = 0,
        aggregate: bool = False,
        pictures: int = 0,
        **absence: str,
    ) -> str:
        agency = next(a for a in self.tables["agencies"] if a["agency_id"] == agency_id)
        agency["reports"] += 1
        report_id = f"{agency_id}-{year}" + ("-agg" if aggregate else "")
        version_id = f"{report_id}.v1"
        self.add(
            "reports", report_id=report_id, agency_id=agency_id, agency=agency["name"],
            region_code=agency["region_code"], region_name=agency["region_name"],
            kind=agency["kind"], scope="aggregate" if aggregate else "own", year=year,
            status=status, form=form, title=title, published=f"{year + 1}-01-20", signed=None,
            version_id=version_id, url=url, portal="example", failed=failed, uncertain=0,
            not_assessable=0, passed=7,
        )  # fmt: skip
        self.add(
            "versions", version_id=version_id, report_id=report_id, number=1, status=status,
            title=title, published=f"{year + 1}-01-20", signed=None, form=form, url=url,
            form_t2=form, form_t3=form, text_sha256="", figures_sha256="", pictures=pictures,
        )  # fmt: skip
        read = Report(status=status, attachments=attachments)
        self.details.append({"version_id": version_id, "said": printed.pack_details(read)})
        self.add(
            "sources", version_id=version_id, url=url, sha256=hashlib.sha256(body).hexdigest(),
            portal="example", role="article", listing=None, list_title=None, list_date=None,
            http_status=200, content_type="text/html", bytes=len(body),
            captured_at="2026-01-02T03:04:05Z", last_seen="2026-02-02T03:04:05Z",
            record_id="", warc_file="test.warc.gz",
            warc_offset=self.store(url, body),
            gone_since=absence.get("gone_since"), unlisted_since=absence.get("unlisted_since"),
        )  # fmt: skip
        if status == "read":
            self.add("figures", version_id=version_id, **dict.fromkeys(columns()) | (figures or {}))
        return version_id

    def store(self, url: str, body: bytes) -> int:
        """Append a response to the archive; returns its offset."""
        path = self.root / "warc" / "test.warc.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        address = url if url.startswith("http") else "https://www.example.invalid/x"
        http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
        head = (
            f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {address}\r\n"
            "WARC-Date: 2026-01-02T03:04:05Z\r\n"
            "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\n"
            "Content-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(http)}\r\n\r\n"
        )
        with path.open("ab") as stream:
            offset = stream.tell()
            stream.write(gzip.compress(head.encode() + http + b"\r\n\r\n"))
        return offset

    def note(self, version_id: str, figure: str, printed: str | None, status: str) -> None:
        self.add("figure_notes", version_id=version_id, figure=figure, printed=printed,
                 status=status, unit=None, flags=None)  # fmt: skip

    def finding(
        self, version_id: str, number: int, status: str, figures: list[str], sentence: str
    ) -> None:
        self.add(
            "findings", version_id=version_id, number=number, report_id=version_id[:-3],
            check="C01", status=status, left=55, right=54, figures=json.dumps(figures),
            sentence=sentence, sentence_en="", reading="certain", related=None,
        )  # fmt: skip

    def publish(self, **manifest: Any) -> Path:
        folder = self.root / "releases" / "r1"
        folder.mkdir(parents=True)
        nianbao, text = Database(folder / "nianbao.db"), Database(folder / "text.db")
        schema.create(nianbao, text)
        tables = Packed(nianbao.conn)
        tables.add("lines", schema.codebook())
        tables.add("_years", [{"year": year} for year in self.years])
        tables.add("agencies", self.tables["agencies"])
        for version, report in zip(self.tables["versions"], self.tables["reports"], strict=True):
            tables.add("versions", [version])
            for table in ("sources", "figures", "figure_notes", "findings"):
                rows = self.tables.get(table, [])
                tables.add(table, [r for r in rows if r["version_id"] == version["version_id"]])
            tables.add("reports", [report])
        tables.flush()
        for name in ("chapters", "details", "locators"):
            text.table(name).insert_all(getattr(self, name))
        nianbao.close()
        text.close()
        whole = {"release": "r1", "content_hash": "abc123", "built_at": "2026-03-01T00:00:00Z",
                 "fiction": True, **manifest}  # fmt: skip
        (folder / "manifest.json").write_text(json.dumps(whole), "utf-8")
        (self.root / "releases" / "current").symlink_to("r1")
        return self.root


def unique(form: str) -> dict[str, int]:
    """A different number in every cell of a form, so that no two cells can be swapped."""
    return {slot.key: 1000 + i for i, slot in enumerate(forms()[form].slots())}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    fake = Fake(tmp_path_factory.mktemp("site"))
    fake.agency("990101-finance", "示例市财政局", "示例市", "finance", range(2019, 2024))
    fake.agency("990102-government", "样例县人民政府", "样例县", "government", range(2019, 2024))

    fake.report("990101-finance", 2020, unique("2019"), form="2019", title="示例市财政局2020年年报")
    figures: dict[str, Any] = unique("2021")
    for key in ("t3_granted_natural", "t3_granted_research", "t4_review_other", "t2_rules_issued"):
        del figures[key]
    for measure in ("natural", "enterprise", "research", "ngo", "legal", "other_org", "total"):
        del figures[f"t3_other_misc_{measure}"]
    figures["t3_other_handling_total"] = 77  # a line of the other form, printed all the same
    new = fake.report(
        "990101-finance", 2021, figures, title=HOSTILE, url="javascript:alert(1)", failed=1
    )
    fake.note(new, "t3_granted_natural", "", "blank")
    fake.note(new, "t3_granted_research", "/", "slash")
    fake.note(new, "t4_review_other", "若干<b>", "unparsed")
    fake.note(new, "t2_rules_issued", None, "missing_cell")
    fake.note(new, "t2_fee_charged", "1.5万元", "reported")
    figures["t2_fee_charged"] = 1.5
    fake.finding(new, 1, "fail", ["t3_received_new_total"], "新收各栏之和 55，总计 54。")
    for number in range(2, 8):
        fake.finding(new, number, "uncertain", ["t3_granted_natural"], f"第{number}条有空白")
    fake.chapters.append({"version_id": new, "chapter": "一", "text": "甲段<i>斜</i>\n乙段"})
    fake.report(
        "990101-finance", 2022, status="attachment_unread", form=None,
        attachments=(
            ("https://www.example.invalid/a.pdf", "年报.pdf"), ("../b.doc", ""),
            ("data:x", "坏"), ("http://[", "破"),
        ),
        pictures=3, unlisted_since="2026-02-09",
    )  # fmt: skip
    fake.report("990102-government", 2021, unique("2021"), gone_since="2026-02-03")
    fake.tables["sources"][-1]["sha256"] = "0" * 64
    fake.report("990102-government", 2021, {}, aggregate=True)
    return fake.publish(counts={})


@pytest.fixture(scope="module")
def ask(root: Path) -> Any:
    """Ask the site in this process: `ask("/bg/…")` gives an httpx response."""
    datasette = site(root)
    return lambda path: asyncio.run(datasette.client.get(path))


def soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.text, "lxml")


def figure(page: BeautifulSoup, key: str) -> Tag:
    found = page.select(f'[data-figure="{key}"]')
    assert len(found) == 1, key
    return found[0]


def matrix(table: Tag) -> list[list[str]]:
    """The table as a browser places it: spans repeated in every square they cover."""
    squares: dict[tuple[int, int], str] = {}
    trs = table.find_all("tr")
    for y, tr in enumerate(trs):
        x = 0
        for cell in tr.find_all(["td", "th"]):
            while (y, x) in squares:
                x += 1
            for dy in range(int(cell.get("rowspan", 1))):
                for dx in range(int(cell.get("colspan", 1))):
                    assert (y + dy, x + dx) not in squares
                    squares[y + dy, x + dx] = cell.get_text(strip=True)
            x += int(cell.get("colspan", 1))
    width = 1 + max(x for _, x in squares)
    return [[squares[y, x] for x in range(width)] for y in range(len(trs))]


@pytest.mark.parametrize("form", ["2019", "2021"])
def test_every_cell_stands_under_its_headings(form: str) -> None:
    """Unique values in every cell; each must meet its own line and measure."""
    figures = cells.Figures(unique(form), {}, {})
    for table in ("t2", "t3", "t4"):
        laid = layout.lay_out(table, form, figures)
        assert laid is not None
        keys = [cell.key for row in laid.body for cell in row if cell.key]
        assert keys == [slot.key for slot in forms()[form].slots(table)]


def test_table_three_reads_like_the_form(ask: Any) -> None:
    page = soup(ask("/bg/990101-finance-2020"))
    table = page.select_one("table.nb-t3")
    assert table is not None
    squares = matrix(table)
    assert squares[0][3:] == ["申请人情况"] * 7
    assert squares[1][3:] == ["自然人", *["法人或其他组织"] * 5, "总计"]
    assert squares[2][4:9] == ["商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"]
    values = unique("2019")
    for row in squares[3:]:
        key = next(k for k, v in values.items() if str(v) == row[3])
        line = columns()[key][0].line
        assert row[2] == line.label
        assert row[1] == (line.group or line.label)
        if not line.label.startswith(("一、", "二、", "四、")):
            assert row[0] == "三、本年度办理结果"
    assert len(squares) == 3 + len(forms()["2019"].table("t3"))


def test_tables_two_and_four_read_like_the_form(ask: Any) -> None:
    page = soup(ask("/bg/990101-finance-2020"))
    values = unique("2019")
    two, four = page.select_one("table.nb-t2"), page.select_one("table.nb-t4")
    assert two is not None
    assert four is not None
    squares = matrix(two)
    assert squares[0] == ["第二十条第（一）项"] * 4
    assert squares[1] == ["信息内容", "本年新制作数量", "本年新公开数量", "对外公开总数量"]
    assert squares[2][:2] == ["规章", str(values["t2_rules_made"])]
    assert squares[-1][0] == "政府集中采购"
    assert squares[-2][:3] == ["信息内容", "采购项目数量", "采购总金额"]
    head = matrix(four)
    assert head[0] == ["行政复议"] * 5 + ["行政诉讼"] * 10
    assert head[1][5:] == ["未经复议直接起诉"] * 5 + ["复议后起诉"] * 5
    assert head[2] == ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"] * 3
    assert head[3] == [str(values[slot.key]) for slot in forms()["2019"].slots("t4")]


def test_what_is_not_a_number_stays_what_it_is(ask: Any) -> None:
    page = soup(ask("/bg/990101-finance-2021"))
    blank = figure(page, "t3_granted_natural")
    assert blank.get_text() == ""
    assert "空白" in str(blank["title"])
    assert figure(page, "t3_granted_research").get_text() == "/"
    unread = figure(page, "t4_review_other")
    assert unread.get_text() == "若干<b>？"
    assert "未能读作数字" in str(unread.select_one("abbr"))
    missing = figure(page, "t2_rules_issued")
    assert missing.get_text() == "未能对应"
    assert missing.select_one("abbr[title]")
    assert figure(page, "t2_fee_charged").get_text() == "1.5万元"


def test_lines_the_report_lacks_and_lines_of_the_other_form(ask: Any) -> None:
    page = soup(ask("/bg/990101-finance-2021"))
    table = page.select_one("table.nb-t3")
    assert table is not None
    rows = {row[2]: row[3:] for row in matrix(table)[3:]}
    assert rows["3.其他"] == ["未读到"] * 7
    assert rows["（六）其他处理"] == [*["未读到"] * 6, "77"]


def test_findings_are_marked_and_told_neutrally(ask: Any) -> None:
    page = soup(ask("/bg/990101-finance-2021"))
    mark = figure(page, "t3_received_new_total").select_one("a.nb-mark")
    assert mark is not None
    assert mark.get_text() == "※"
    assert page.select_one(str(mark["href"])) is not None
    told = page.select_one("#yd-1")
    assert told is not None
    assert "新收各栏之和 55，总计 54。" in told.get_text()
    folded = page.select_one("#yidian details")
    assert folded is not None
    assert "6 项" in folded.get_text()
    for word in ("错误", "造假", "违规", "不实"):
        assert word not in page.get_text()


def test_hostile_text_stays_text(ask: Any) -> None:
    response = ask("/bg/990101-finance-2021")
    page = soup(response)
    assert page.find("script") is None
    assert page.find("i", string="斜") is None
    assert page.h1 is not None
    assert page.h1.get_text() == HOSTILE
    assert not [a for a in page.find_all("a") if str(a.get("href")).startswith("javascript:")]
    assert "javascript:alert(1)" in page.get_text()
    assert [p.get_text() for p in page.select("#zhengwen p")] == ["甲段<i>斜</i>", "乙段"]


def test_unread_attachment_shows_no_tables(ask: Any) -> None:
    page = soup(ask("/bg/990101-finance-2022"))
    assert "年报正文在附件中，附件尚未读取" in page.get_text()
    assert page.find("table") is None
    links = {a.get_text(): a["href"] for a in page.select("section li a")}
    host = "https://www.example.invalid"
    assert links == {"年报.pdf": f"{host}/a.pdf", "../b.doc": f"{host}/b.doc"}


def test_an_address_that_gives_no_more_is_told_without_blame(ask: Any) -> None:
    gone = ask("/bg/990102-government-2021").text
    assert "该地址自 2026-02-03 起未能取得，此前取得的原件保留于本档案" in gone
    unlisted = ask("/bg/990101-finance-2022").text
    assert "栏目自 2026-02-09 起不再列出该地址" in unlisted
    assert "另随网页取得 3 个图片文件" in unlisted
    standing = ask("/bg/990101-finance-2020").text
    assert "现状" not in standing
    assert "图片文件" not in standing


def test_version_address_and_unknown_ids(ask: Any) -> None:
    assert ask("/bg/990101-finance-2021.v1").status_code == 200
    for path in ("/bg/nobody-2021", "/jg/nobody", "/cundang/nobody.v1/1",
                 "/cundang/990101-finance-2021.v1/2", "/bg/%3Cscript%3E"):  # fmt: skip
        response = ask(path)
        assert response.status_code == 404, path
        assert "本档案没有" in response.text
        assert "Traceback" not in response.text
    response = ask("/nowhere")
    assert response.status_code == 404
    assert "没有此页" in response.text


def test_every_page_has_safety_headers(ask: Any) -> None:
    for path in ("/", "/bg/990101-finance-2021", "/jg/990101-finance", "/nianbao/reports",
                 "/nowhere", "/static/nianbao.css", "/nianbao/reports.json"):  # fmt: skip
        headers = ask(path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "no-referrer", path
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy, path
    assert "script-src" not in ask("/").headers["content-security-policy"]


def test_datasette_pages(ask: Any) -> None:
    page = soup(ask("/nianbao/reports"))
    text = page.get_text()
    assert "首页" in text
    assert "演示数据：全部虚构" in text
    assert "年报 reports" in text
    assert page.select_one('td a[href="/bg/990101-finance-2021"]') is not None
    for facet in ("year", "kind", "region_name", "form", "status"):
        assert page.select_one(f'[data-column="{facet}"]') is not None, facet
    assert page.select_one('a[href="/nianbao/_reports"]') is None
    assert ask("/nianbao/figures").status_code == 200
    row = ask("/nianbao/findings.json?_shape=array")
    assert row.json()[0]["check"] == "C01"


def test_limits_of_sql_hold(ask: Any) -> None:
    response = ask("/nianbao.json?sql=select+length(randomblob(900000000))")
    assert response.status_code == 400
    assert "too big" in response.text
    paths = ask("/nianbao.json?sql=select+*+from+pragma_database_list()&_shape=array")
    assert "releases" not in paths.text
    assert ask("/-/databases.json").status_code == 404
    assert ask("/nianbao").status_code == 200


@pytest.mark.parametrize("page", ["versions", "databases", "threads"])
def test_pages_of_datasette_about_this_machine_are_not_there(ask: Any, page: str) -> None:
    assert [ask(f"/-/{page}{end}").status_code for end in ("", ".json")] == [404, 404]


def test_metadata_describes_every_column() -> None:
    tables = metadata.build()["databases"]["nianbao"]["tables"]
    assert set(columns()) <= set(tables["figures"]["columns"])
    described = metadata.schema_comments(schema.NIANBAO + schema.PUBLIC_VIEWS)
    database, text = Database(memory=True), Database(memory=True)
    schema.create(database, text)
    for table, names in described.items():
        have = {row[1] for row in database.execute(f'PRAGMA table_info("{table}")')}
        assert set(names) == have, table
        for name in names:
            assert re.search("[一-鿿]", tables[table]["columns"][name]), (table, name)


def test_root_without_a_release(tmp_path: Path) -> None:
    with pytest.raises(ReleaseMissing, match="make build"):
        site(tmp_path)


def test_taken_port_is_said_plainly(root: Path) -> None:
    with running(root) as address:
        port = int(address.rstrip("/").rsplit(":", 1)[1])
        with pytest.raises(ArchiveError, match="cannot listen"), running(root, port):
            pass


def test_in_a_browser(root: Path, browser: Any) -> None:
    """Chinese text and figures at two widths, no other host, no sideways scrolling."""
    seen = {
        "": ["政府信息公开工作年度报告档案", "示例市财政局", "演示数据：全部虚构"],
        "jg/990101-finance": ["示例市财政局", "本档案未取得", "结转下年"],
        "bg/990101-finance-2021": ["本年新收政府信息公开申请数量", "行政复议", "77", "来源"],
        "bg/990101-finance-2021/yinyong?cell=t3_partial_total": ["引用一个数值", "[R/OL]"],
        "guanyu": ["未经抽样核验", "主办者"],
    }
    with running(root) as address:
        for width in (360, 1280):
            page = browser.new_page(locale="zh-CN", viewport={"width": width, "height": 800})
            asked: list[str] = []
            problems: list[str] = []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.on("console", lambda message, problems=problems: problems.append(message.text))
            for path, words in seen.items():
                page.goto(address + path)
                text = page.inner_text("body")
                assert not [word for word in words if word not in text], path
                overflow = "document.documentElement.scrollWidth - window.innerWidth"
                assert page.evaluate(overflow) <= 0, (path, width)
            page.goto(address + "bg/990101-finance-2021")
            page.set_viewport_size({"width": 688, "height": 1000})  # A4 without its margins
            page.emulate_media(media="print")
            assert not page.is_visible("header nav")
            assert page.is_visible("text=演示数据：全部虚构")
            assert page.evaluate(overflow) <= 0
            widest = "Math.max(...[...document.querySelectorAll('table')].map(t => t.offsetWidth))"
            assert page.evaluate(widest) <= 688
            assert asked
            assert all(url.startswith(address) for url in asked)
            assert not [text for text in problems if "favicon" not in text]
            page.close()
