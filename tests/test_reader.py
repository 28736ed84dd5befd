"""The reader's parts: encodings, headings, titles, dates, what is no report, limits."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from extract import read
from extract.codec import pack, unpack
from extract.dates import find_date
from extract.decode import decode
from extract.errors import (
    NeedsConverter,
    NeedsOcr,
    NotAReport,
    ReadingError,
    ReadingLimit,
    SoftNotFound,
)
from extract.forms import columns, forms, union
from extract.headline import agency_of_title, is_report_title
from extract.labels import bare, core, flat, likeness
from extract.types import Cell, Evidence, Fact, Figure, Finding, Report
from extract.worker import read_all
from tests.portal.render import article_html
from tests.portal.reports import make_report

REPORT, _ = make_report("示例市示例局", "990107", "justice", 2022, busy=True)
PAGE = article_html(REPORT, "trs")
TITLE = "示例局2020年政府信息公开工作年度报告"


# -- the forms ----------------------------------------------------------------------


def test_the_forms_have_the_printed_number_of_cells() -> None:
    assert {code: len(form.slots()) for code, form in forms().items()} == {"2019": 198, "2021": 200}
    assert len(columns()) == 226


def test_the_union_keeps_the_order_of_each_form() -> None:
    for table in ("t2", "t3", "t4"):
        order = [line.code for line in union(table)]
        for form in forms().values():
            own = [line.code for line in form.table(table)]
            assert own == sorted(own, key=order.index)


# -- text -----------------------------------------------------------------------------


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_an_encoding_is_told_from_the_bytes_whatever_is_declared(charset: str) -> None:
    text = '<meta charset="big5">镕㵲政府信息公开'
    assert decode(text.encode(charset))[0] == text


def test_utf8_cut_inside_a_character_stays_utf8() -> None:
    assert decode("信息公开".encode()[:-1]) == ("信息公", "utf-8")


def test_labels_are_compared_without_width_space_and_number() -> None:
    assert flat("（一）  规\u3000章") == "(一)规章"
    assert bare("3.危及“三安全一稳定”") == "危及三安全一稳定"
    assert core("（二）部分公开（区分处理的，只计这一情形）") == "部分公开"
    assert bare("⺠⻔") == "民门"
    assert likeness("予以公开", "予以公开") == 1
    assert likeness("予以公开", "结转下年度") < 0.3


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("日期:2021-01-29", "2021-01-29"),
        ("发布时间：2021年1 月 9 日 10:01", "2021-01-09"),
        ("二〇二一年一月二十日", "2021-01-20"),
        ("二○二一年元月三十一日", "2021-01-31"),
        ("2021.02.30", None),
        ("无日期", None),
    ],
)
def test_a_printed_date(text: str, date: str | None) -> None:
    assert find_date(text) == date


# -- who ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "agency"),
    [
        ("示例区2020年政府信息公开工作年度报告", "示例区"),
        ("2020年示例市审计局政府信息公开工作年度报告", "示例市审计局"),
        ("示例市市场监督管理局2016年政务信息公开年度报告", "示例市市场监督管理局"),
        ("示例镇政府信息公开工作年度报告", "示例镇"),
        ("示例区人民政府信息公开年报", "示例区人民政府"),
        ("示例部办公厅关于2017年示例部政府信息公开工作年度报告的公告", "示例部"),
        ("2010年信息公开工作报告", None),
        ("示例区卫生健康委2023年度政府信息公开工作报告", "示例区卫生健康委"),
    ],
)
def test_the_agency_of_a_title(title: str, agency: str | None) -> None:
    assert is_report_title(title)
    assert agency_of_title(title) == agency


@pytest.mark.parametrize(
    "title",
    [
        "示例市政府网站工作年度报表",
        "示例市2020年政府信息公开工作年度报告解读",
        "关于做好2020年政府信息公开工作年度报告编制发布工作的通知",
        "示例市政府信息公开指南",
    ],
)
def test_other_titles_are_no_reports(title: str) -> None:
    assert not is_report_title(title)


# -- what the real pages of the corpus's list print ---------------------------------


def test_the_headings_of_a_preamble_begin_no_chapter() -> None:
    listing = "本报告由总体情况、主动公开政府信息情况、存在的主要问题及改进情况等部分组成。"
    page = PAGE.replace("一、总体情况", f"{listing}</p><p>一、总体情况", 1)
    assert read(page.encode()).chapters == read(PAGE.encode()).chapters


def test_a_table_of_contents_begins_no_chapter() -> None:
    contents = "".join(
        f"<p>{line}</p>"
        for line in (
            "一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况",
            "四、政府信息公开行政复议、行政诉讼情况", "五、存在的主要问题及改进情况",
            "六、其他需要报告的事项",
        )
    )  # fmt: skip
    at = PAGE.index("<p", PAGE.index("</h1>"))
    page = PAGE[:at] + contents + PAGE[at:]
    assert read(page.encode()).chapters == read(PAGE.encode()).chapters


def test_the_year_keeps_its_evidence() -> None:
    evidence = read(PAGE.encode()).evidence["year"]
    assert {piece.source for piece in evidence} >= {"title", "period"}
    assert {piece.value for piece in evidence} == {"2022"}


# -- no report ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", SoftNotFound),
        (b"  \n", SoftNotFound),
        ("<html><body><p>您访问的页面不存在或已删除</p></body></html>".encode(), SoftNotFound),
        ("只是一段文字。".encode(), NotAReport),
        (b"%PDF-1.7\n", ReadingError),
        (b"PK\x03\x04rest", ReadingError),
        (b"{\\rtf1 text}", NeedsConverter),
        (b"\xff\xd8\xff\xe0picture", NeedsOcr),
        (bytes(range(256)) * 40, ReadingError),
        (
            f"<html><body><h1>{TITLE}解读</h1><a href='a.pdf'>附件</a>".encode(),
            NotAReport,
        ),
    ],
)
def test_what_is_no_report_says_why(body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error) as raised:
        read(body)
    assert type(raised.value) is error


def test_a_report_that_is_only_an_attachment_has_no_figures() -> None:
    page = (
        "<html><body><h1>示例局2020年政府信息公开工作年度报告</h1><p>发布日期：2021-01-20</p>"
        "<p>详见附件</p><a href='./P020210120.pdf'>示例局年报.pdf</a></body></html>"
    )
    report = read(page.encode())
    assert (report.status, report.year, report.published) == (
        "attachment_unread",
        2020,
        "2021-01-20",
    )
    assert report.attachments == (("./P020210120.pdf", "示例局年报.pdf"),)
    assert report.figures == ()


def test_a_report_that_is_only_pictures_is_named() -> None:
    report = read(f"<html><body><h1>{TITLE}</h1><img src='1.jpg'></body>".encode())
    assert (report.status, report.year, report.figures) == ("needs_ocr", 2020, ())


def test_a_report_survives_its_packing() -> None:
    report = read(PAGE.encode())
    assert unpack(pack(report)) == report
    assert pack(unpack(pack(report))) == pack(report)


# -- under limits ---------------------------------------------------------------------


def test_a_hostile_document_does_not_stop_the_others() -> None:
    deep = b"<html><body>" + b"<div>" * 60_000 + b"x"
    documents = [("deep", deep), ("good", PAGE.encode()), ("empty", b"")]
    outcomes = {o.key: o for o in read_all(documents, processes=2, seconds=20)}
    assert outcomes["good"].report is not None
    assert isinstance(outcomes["deep"].error, ReadingError)
    assert isinstance(outcomes["empty"].error, ReadingError)


def test_a_reading_ends_at_its_deadline() -> None:
    slow = b"<html><body><table>" + b"<tr><td>1</td><td>2</td></tr>" * 45_000
    documents = [("first", PAGE.encode()), ("slow", slow), ("last", PAGE.encode())]
    outcomes = {o.key: o for o in read_all(documents, processes=1, seconds=0.1)}
    assert isinstance(outcomes["slow"].error, ReadingLimit)
    assert "longer than 0.1 seconds" in str(outcomes["slow"].error)
    assert outcomes["last"].report is not None


def test_a_reading_ends_at_its_memory() -> None:
    huge = b"<html><body><p>" + b"<b>1</b> " * 1_000_000
    documents = [("huge", huge), ("good", PAGE.encode())]
    outcomes = {o.key: o for o in read_all(documents, memory=200 << 20)}
    assert isinstance(outcomes["huge"].error, ReadingError)
    assert outcomes["good"].report is not None


def test_every_field_of_a_report_survives_its_packing() -> None:
    full = Report(
        status="read", title="甲", agency="乙", year=2021, published="2022-01-02",
        signed="2022-01-03", form="2021", forms={"t2": "2021", "t3": "2019"},
        chapters={"二": "丙", "一": "丁"}, passes=4, charset="gb18030", kind="pdf",
        figures=(Figure("t2", "rules", "made", "5.0件", 5.0, "inferred", "件", "t1r2c3", ("戊",)),),
        findings=(Finding("C01", "fail", 1.5, None, ("t2_rules_made",), "己", "f"),),
        evidence={"year": (Evidence("title", "2021", 3),)}, attachments=(("a.pdf", "庚"),),
        title_derived="辛", scope="own", block={"索引号": "壬"}, leftovers=(Cell("7", "t1r1c1"),),
        grids=((("癸", ""), ("8",)),), flags=("year_conflict",), headings={"一": "一、子"},
        facts=(Fact("app_received", 3, "件", "收到3件", "一", 4, 8, "part", "网站", ("子",)),),
    )  # fmt: skip
    bare = Report(status="")
    same = [f.name for f in fields(Report) if getattr(full, f.name) == getattr(bare, f.name)]
    assert not same, "give these a value here"
    assert unpack(pack(full)) == full


# -- the command ------------------------------------------------------------------------


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "extract", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_prints_a_summary(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(PAGE, "utf-8")
    result = run(str(path))
    assert result.returncode == 0
    assert REPORT.title in result.stdout
    assert "疑点 0" in result.stdout


def test_the_command_names_what_it_cannot_read_and_writes_the_others(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.html", tmp_path / "bad.html"
    good.write_text(PAGE, "utf-8")
    bad.write_text("<p>404", "utf-8")
    out = tmp_path / "out"
    result = run(str(bad), str(good), str(tmp_path / "absent.html"), "--json", str(out))
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 2
    assert [path.name for path in out.iterdir()] == ["good.json"]


def test_two_inputs_of_one_stem_are_refused(tmp_path: Path) -> None:
    for name in ("a.html", "a.txt"):
        (tmp_path / name).write_text(PAGE, "utf-8")
    result = run(str(tmp_path / "a.html"), str(tmp_path / "a.txt"), "--json", str(tmp_path / "o"))
    assert result.returncode == 2
    assert "a.json" in result.stderr
