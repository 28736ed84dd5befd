"""HTML as it is really written: what a page shows is read, and nothing else is."""

from __future__ import annotations

import re
from html import escape

import pytest

from extract import read
from extract.decode import decode
from extract.errors import NotAReport, ReadingError
from extract.formats import layouts
from extract.locators import locate
from extract.types import Document
from tests.portal.layouts import Layout
from tests.portal.render import article_html, text_dump
from tests.portal.reports import make_report
from tests.readback import compare

REPORT, _ = make_report("示例市示例局", "990107", "justice", 2022, busy=True, layout=Layout())
PAGE = article_html(REPORT, "trs")


def document(markup: str) -> Document:
    return next(layouts(f"<html><body>{markup}</body></html>".encode()))


def row(*cells: str) -> list[str]:
    """Texts of the one row of a table with these cells."""
    markup = "".join(f"<td>{cell}</td>" for cell in cells)
    rows = [row for row in document(f"<table><tr>{markup}</tr></table>").rows if row.tabular]
    assert len(rows) == 1
    return [cell.text for cell in rows[0].cells]


# -- cells ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("12<br>3", "12\n3"),
        ("12<p>3</p>", "12\n3"),
        ("<p>12</p>3", "12\n3"),
        ("<p>12</p><p>3</p>", "12\n3"),
        ("<div>12</div><div>3</div>", "12\n3"),
        ("<span><p>12</p><p>3</p></span>", "12\n3"),
        ("<ul><li>12<li>3</ul>", "12\n3"),
        ("12<sup>3</sup>", "12\n3"),
        ("<p>12<sub>3</sub></p>", "12\n3"),
        ("<ruby>12<rp>(</rp><rt>3</rt><rp>)</rp></ruby>", "12\n3"),
        ("<math><mfrac><mn>12</mn><mn>3</mn></mfrac></math>", "12\n3"),
        ("<math><mn>123</mn></math>", "123"),
        ("<p> <span>12</span><span>3</span></p>", "123"),
        ("<p><font><b>1</b>2</font><nobr>3</nobr></p>", "123"),
        ("<p class=MsoNormal><span lang=EN-US>123<o:p></o:p></span></p>", "123"),
        ("<center><font face=宋体>123</font></center>", "123"),
        ("<marquee>123</marquee>", "123"),
        ("<sapn>12</sapn><b>3</b>", "123"),
        ("12<wbr>3", "123"),
        ("12\n3", "12 3"),
        ("12&#12288;3", "12 3"),
        ("&#49;&#x32;&#51;", "123"),
        ("<!-- 9 -->123<!--[if gte mso 9]><xml><w:a>9</w:a></xml><![endif]-->", "123"),
        ("<![if !supportLists]><span>123</span><![endif]>", "123"),
        ("12<del>9</del>3", "123"),
        ("<s>9</s>123<strike>9</strike>", "123"),
        ("<script>9</script>123<style>9{}</style><template>9</template>", "123"),
        ("<span style='color:red; DISPLAY : none'>9</span>123", "123"),
        ("<span style='visibility:hidden'>9</span>123", "123"),
        ("<span style='display:none;display:inline'>12</span>3", "123"),
        ("<p hidden>9</p>123", "123"),
        ("<span aria-hidden=true>12</span>3", "123"),
        ("<span style='overflow: hidden'>123</span>", "123"),
        ("<div contenteditable>123</div>", "123"),
        ("<input value=123>", "123"),
        ("<input type=number readonly value='123'><input type=hidden value=9>", "123"),
        ("<input type=checkbox value=9>123", "123"),
        ("<textarea>123</textarea>", "123"),
        ("<table><tr><td>123</td></tr></table>", "123"),
        ("<table><tr><td><table><tr><td><p>123</td></tr></table></td></tr></table>", "123"),
    ],
)
def test_a_cell_says_what_it_shows(markup: str, text: str) -> None:
    assert row("规章", markup, "4") == ["规章", text, "4"]


def test_an_invisible_cell_keeps_its_place_and_a_cell_not_displayed_has_none() -> None:
    page = (
        "<table><tr><td>规章</td><td style='visibility:hidden'>9</td><td style='display:none'>9"
        "</td><td hidden>9</td><td>4</td></tr><tr hidden><td>9</td><td>9</td></tr></table>"
    )
    rows = [[cell.text for cell in row.cells] for row in document(page).rows]
    assert rows == [["规章", "", "4"]]


def test_cells_in_stray_wrappers_stay_in_their_row() -> None:
    page = "<table><tr><td>规章</td><form><td>3</td><td>2</td></form><td>1</td></tr></table>"
    assert [cell.text for cell in document(page).rows[0].cells] == ["规章", "3", "2", "1"]


def test_data_beside_an_inner_table_stay_a_row() -> None:
    inner = "<table><tr><td>甲</td><td>乙</td></tr></table>"
    page = f"<table><tr><td>规章</td><td></td><td>2</td><td>{inner}</td></tr></table>"
    rows = [[cell.text for cell in row.cells] for row in document(page).rows]
    assert rows == [["规章", "", "2", ""], ["甲", "乙"]]


def test_a_layout_row_is_none() -> None:
    inner = "<p>一段文字</p><table><tr><td>规章</td><td>3</td></tr></table>"
    page = f"<table><tr><td>首页</td><td>{inner}</td></tr></table>"
    rows = [[cell.text for cell in row.cells] for row in document(page).rows]
    assert rows == [["首页"], ["一段文字"], ["规章", "3"]]


@pytest.mark.parametrize("how", ["<br>", "</div><div>"])
def test_lines_of_preformatted_text_do_not_run_together(how: str) -> None:
    rows = document(f"<pre><div>规章 1 2 3{how}行政许可 4</div></pre>").rows
    assert [row.text for row in rows] == ["规章 1 2 3", "行政许可 4"]


def test_controls_and_hidden_text_are_no_prose() -> None:
    page = (
        "<div>您好<input value=请输入></div><textarea>留言</textarea><button>提交</button>"
        "<select><option>选</option></select><div style='display:none'>旧</div>"
    )
    assert [row.text for row in document(page).rows] == ["您好"]


# -- whole pages ----------------------------------------------------------------------


def _in_cells(page: str, before: str, after: str) -> str:
    return re.sub(r">(\d+)</td>", rf">{before}\1{after}</td>", page)


CHANGES = {
    "pasted page": lambda p: p.replace(
        '<div class="TRS_Editor">',
        '<div class="TRS_Editor"></div></body></html><html><head><title>x</title></head><body>',
    ),
    "twice ended": lambda p: p.replace("<p", "</body></html><p", 1),
    "inputs": lambda p: re.sub(r">(\d+)</td>", r"><input size=2 value=\1></td>", p),
    "framed cells": lambda p: _in_cells(p, "<table><tr><td>", "</td></tr></table>"),
    "editable": lambda p: _in_cells(p, "<div contenteditable>", "</div>"),
    "upper-case soup": lambda p: _in_cells(p, "<CENTER><FONT COLOR=RED><B>", "</FONT></B>"),
    "soft hyphens": lambda p: _in_cells(p, "&shy;", "&#8203;"),
    "byte order marks": lambda p: _in_cells(p, "\ufeff", "\ufeff").replace("<p", "\ufeff<p"),
    "struck out": lambda p: _in_cells(p, "<del>77</del>", "<s>8</s>"),
    "hidden cells": lambda p: p.replace("<tr>", "<tr><td hidden>77</td>"),
    "hidden twin": lambda p: p.replace(
        "<table border", '<table style="display: none"><tr><td>规章<td>7<td>8<td>9</table>'
        "<table border",
    ),
    "base": lambda p: p.replace("<head>", '<head><base href="/x/">'),
    "NUL bytes": lambda p: p.replace("</tr>", "</tr>\x00", 9),
    "prefixed": lambda p: re.sub(
        "<(/?)(?!!)", r"<\1h:", p.replace("<meta ", "<x ").replace("<!DOCTYPE html>", "")
    ).replace("<h:html", '<?xml version="1.0"?><h:html xmlns:h="http://www.w3.org/1999/xhtml"'),
    "CDATA": lambda p: '<?xml version="1.0"?>' + _in_cells(p, "<![CDATA[", "]]>"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_page_reads_back_exactly(name: str) -> None:
    changed = CHANGES[name](PAGE)
    assert changed != PAGE
    report = read(changed.encode())
    assert compare(report, REPORT).none
    assert report.chapters["五"] == read(PAGE.encode()).chapters["五"]


@pytest.mark.parametrize("mark", ["<sup>1</sup>", "<sup>[2]</sup>", "<br>5", "&nbsp;5", "<p>5</p>"])
def test_what_stands_beside_a_number_never_becomes_a_digit_of_it(mark: str) -> None:
    difference = compare(read(_in_cells(PAGE, "", mark).encode()), REPORT)
    assert not difference.wrong
    assert not difference.invented


@pytest.mark.parametrize(
    "page",
    [
        '<html><frameset cols="20%,80%"><frame src="a.html"><frame src="b.html"></frameset></html>',
        "<html><body><iframe src='report.html'></iframe></body></html>",
        "<html><head><title>页面不存在</title></head><body></body></html>",
    ],
)
def test_a_page_of_frames_is_no_report(page: str) -> None:
    with pytest.raises(NotAReport):
        read(page.encode())


@pytest.mark.parametrize("end", ["", "</span>", "</b></span></p>", "<!-- x -->"])
def test_a_number_at_which_the_page_breaks_off_is_not_believed(end: str) -> None:
    whole = PAGE[: PAGE.rindex("</td>")]
    cut = re.sub(r"(\d)\d*(?:</\w+>)*$", r"\1", whole) + end
    report = read(cut.encode())
    assert not compare(report, REPORT).wrong
    assert report.figures


# -- encodings ------------------------------------------------------------------------


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be", "utf-16", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "big5", "iso-8859-1"])
def test_bytes_tell_the_encoding_not_the_declaration(charset: str, declared: str) -> None:
    page = PAGE.replace('<meta charset="utf-8">', f'<meta charset="{declared}">')
    assert compare(read(page.encode(charset)), REPORT).none


def test_one_broken_character_makes_no_gb18030_of_utf8() -> None:
    body = PAGE.encode()
    at = body.index("政府信息公开".encode()) + 1
    text, charset = decode(body[:at] + body[at + 1 :])
    assert charset == "utf-8"
    assert text.count("\ufffd") <= 2


def test_broken_gb18030_is_no_utf8() -> None:
    body = PAGE.encode("gb18030")
    assert decode(body[:4000] + b"\xff" + body[4000:])[1] == "gb18030"


@pytest.mark.parametrize("charset", ["big5", "utf-7"])
def test_an_encoding_that_is_not_read_gives_no_wrong_number(charset: str) -> None:
    """Big5 and UTF-7 are not told: no agency that reports uses them."""
    body = PAGE.encode(charset, "replace")
    try:
        report = read(body)
    except ReadingError:
        return
    difference = compare(report, REPORT)
    assert not difference.wrong
    assert not difference.invented


@pytest.mark.parametrize("style", ["lines", "tsv", "tika"])
def test_a_dump_pasted_into_a_page_with_other_tables_is_read(style: str) -> None:
    rendered, _ = make_report("示例市示例局", "990107", "justice", 2022, form="2021", busy=True)
    lines = text_dump(rendered, style).split("\n")
    dump = "".join(f"<p>{escape(line)}</p>" for line in lines if line.strip())
    block = (
        "<table><tr><td>索引号</td><td>SL000-1</td></tr><tr><td>页数</td><td>7</td></tr></table>"
    )
    body = f"<html><body>{block}{dump}</body></html>".encode()
    report = read(body)
    difference = compare(report, rendered)
    assert not difference.wrong
    assert not difference.invented
    if style != "tika":  # whose tabs and empty lines a page does not keep
        assert not difference.missing
    for place in [figure.place for figure in report.figures if figure.place][:3]:
        assert locate(body, place).css
