"""What is no page, and what is a report: the reader's two rules for unknown documents."""

from __future__ import annotations

import itertools
import time

import pytest

from extract import read
from extract.errors import Challenge, NeedsOcr, NotAReport, ReadingError, SoftNotFound
from extract.formats import sniff
from extract.stand_ins import stand_in
from tests.stored import TITLE, article, page

#: The chapters in wordings as printed (forms-and-rules §1.2), by number.
PRINTED = {
    "一": ("一、总体情况", "（一）总体情况", "一、基本情况"),
    "二": ("二、主动公开政府信息情况", "二、本年度主动公开政府信息情况"),
    "三": ("三、收到和处理政府信息公开申请情况", "三、依申请公开政府信息情况"),
    "四": ("四、政府信息公开行政复议、行政诉讼情况",
           "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况"),
    "五": ("五、存在的主要问题及改进情况", "五、政府信息公开工作存在的主要问题及改进情况"),
    "六": ("六、其他需要报告的事项", "六、其他事项"),
}  # fmt: skip


def chapters(numbers: str, variant: int = 0, title: str = "近期工作") -> bytes:
    """A page without tables that has these chapters."""
    heads = [PRINTED[n][variant % len(PRINTED[n])] for n in numbers]
    return page("".join(f"<p>{h}</p><p>本局认真做好有关事项。</p>" for h in heads), title)


def error_of(body: bytes) -> type[ReadingError] | None:
    try:
        read(body)
    except ReadingError as error:
        return type(error)
    return None


# -- what is a report -----------------------------------------------------------------


@pytest.mark.parametrize("variant", [0, 1])
def test_three_chapters_under_a_reports_title_are_one(variant: int) -> None:
    for numbers in itertools.combinations("一二三四五六", 3):
        assert error_of(chapters("".join(numbers), variant, TITLE)) is None, numbers
    for numbers in itertools.combinations("一二三四五六", 2):
        assert error_of(chapters("".join(numbers), variant, TITLE)) is NotAReport, numbers


def test_under_another_title_one_of_the_three_must_be_a_reports_own() -> None:
    for numbers in itertools.combinations("一二三四五六", 3):
        known = not {"二", "三"}.isdisjoint(numbers)
        assert (error_of(chapters("".join(numbers))) is None) == known, numbers


def test_the_same_topics_in_the_words_of_a_plan_are_none() -> None:
    plan = ("一、做好主动公开", "二、规范依申请公开", "三、妥善处理行政复议", "四、解决突出问题")
    body = "".join(f"<p>{line}</p><p>各单位要抓好落实。</p>" for line in plan)
    assert error_of(page(body, "2022年工作要点")) is NotAReport


def test_a_statutory_table_alone_is_enough() -> None:
    html = article().decode()
    table = html[html.index("<table") : html.rindex("</table>") + 8]
    assert read(page(table)).figures


# -- what stands in the place of a page ------------------------------------------------

GONE = [
    "<html><head><title>页面不存在</title></head><body></body></html>",
    "<html><body><h1>对不起，您访问的页面不存在或已被删除！</h1></body></html>",
    "<html><body><p>该信息已被删除。</p><a href='/'>返回首页</a></body></html>",
    "<html><body><div>抱歉，没有找到您要访问的网页</div></body></html>",
    "<html><head><title>404 Not Found</title></head><body>nginx</body></html>",
    "<html><body>文章不存在</body></html>",
    "<html><head></head><body>\n</body></html>",
    "<html><body>Error</body></html>",
    "",
    " \n ",
]
WALLS = [
    "<script>document.cookie='__jsl_clearance=1'</script>",
    "<html><head><script>$_ts=window['$_ts'];</script></head><body></body></html>",
    "<html><script>var arg1='1';var acw_sc__v2='2';</script></html>",
    "<html><body><h3>安全验证</h3><p>请输入验证码后继续访问</p><form></form></body></html>",
    "<html><head><title>访问被拦截</title></head><body>您的请求被拦截</body></html>",
    "<html><script>window.location='/x/index.html'</script></html>",
]


@pytest.mark.parametrize("body", GONE)
def test_a_page_that_says_that_there_is_none_is_named(body: str) -> None:
    assert error_of(body.encode()) is SoftNotFound


@pytest.mark.parametrize("body", WALLS)
def test_a_challenge_that_passed_for_a_page_is_named(body: str) -> None:
    assert error_of(body.encode()) is Challenge


def test_the_frame_of_a_site_does_not_hide_the_error() -> None:
    links = "".join(f'<a href="/{n}/">政务公开第{n}栏</a>' for n in range(200))
    assert error_of(page(f"{links}<p>您要查看的信息不存在</p>")) is SoftNotFound


def test_a_page_taken_down_under_its_old_title_is_not_a_picture() -> None:
    body = '<img src="/logo.png"><p>该文章已被删除</p>'
    assert error_of(page(body, TITLE)) is SoftNotFound
    assert read(page('<img src="/scan.png">', TITLE)).status == "needs_ocr"


@pytest.mark.parametrize(
    "body",
    [
        page("<p>根据工作安排，现将有关事项通知如下。</p>" * 3),
        page("<p>" + "网站运行平稳。" * 100 + "经查，该页面已被删除。</p>"),
        page('<p>申请人须知</p><form><input name="a"></form>'),
    ],
)
def test_other_pages_are_merely_no_report(body: bytes) -> None:
    assert error_of(body) is NotAReport


def test_a_report_may_say_so() -> None:
    html = article().decode().replace("<table", "<p>您访问的页面不存在</p><table", 1)
    assert read(html.encode()).figures == read(article()).figures


def test_a_hostile_page_is_looked_at_in_linear_time() -> None:
    begun = time.process_time()
    for part in ("<", "<a ", "<title", "<!--", "<script", "&nbsp", "<p>页面", "<style></style"):
        stand_in(("<html>" + part * (200_000 // len(part))).encode())
    assert time.process_time() - begun < 8


# -- kinds ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"%PDF-1.7", "pdf"),
        (b"\xef\xbb\xbf  <!DOCTYPE html><p>x", "html"),
        ("﻿<html>".encode("utf-16"), "html"),
        (b'<html xmlns:o="urn:schemas-microsoft-com:office:office"><p>x', "office"),
        (b"PK\x03\x04", "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
        (b"{\\rtf1", "rtf"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "picture"),
        (b"GIF89a", "picture"),
        ("年报".encode("gb18030"), "text"),
        (b"Rar!\x1a", ""),
        (bytes(range(256)) * 40, ""),
        (b"", ""),
    ],
)
def test_a_body_is_what_its_first_bytes_are(body: bytes, kind: str) -> None:
    assert sniff(body) == kind


def test_a_webp_picture_needs_ocr() -> None:
    assert error_of(b"RIFF\x10\x00\x00\x00WEBPVP8 ") is NeedsOcr
