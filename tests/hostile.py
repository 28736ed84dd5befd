"""Documents made to hurt a reader: each must end soon, and in one clear error or a report."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise

from tests.portal.render import article_html
from tests.portal.reports import make_report

REPORT, _ = make_report("示例市示例局", "990107", "justice", 2022, busy=True)
PAGE = article_html(REPORT, "trs")
_HEAD = b"<html><body>"
_TABLE = _HEAD + b"<table>"
Make = Callable[[int], bytes]


def _entities(_: int) -> bytes:
    names = "abcdefghijk"
    made = [f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in pairwise(names)]
    return f"<!DOCTYPE html [<!ENTITY a '{'a' * 10}'>{''.join(made)}]><p>&k;</p>".encode()


def _noise(size: int) -> bytes:
    return b"<html><body><p>" + random.Random(1).randbytes(size)


#: Name → a document of about so many parts; sizes are those of issue 3.
DOCUMENTS: dict[str, tuple[Make, int]] = {
    "paragraphs": (lambda n: _HEAD + b"<p>1</p>" * n, 26_000_000),
    "lines of text": (lambda n: "规章\t1\t2\t3\n".encode() * n, 13_000_000),
    "one line of text": (lambda n: b"1 " * n, 15_000_000),
    "cells one a line": (lambda n: "规章\n1\n".encode() * n, 2_000_000),
    "table rows": (
        lambda n: _TABLE + "<tr><td>规章<td>1<td>2<td>3".encode() * n,
        100_000,
    ),
    "rows of table three": (
        lambda n: _TABLE + ("<tr><td>一、本年新收政府信息公开申请数量" + "<td>1" * 7).encode() * n,
        50_000,
    ),
    "headings of table four": (
        lambda n: _TABLE + "<tr><td>结果维持<td>尚未审结".encode() * n,
        49_000,
    ),
    "chapter headings": (lambda n: _HEAD + "<p>一、总体情况<p>五、存在问题".encode() * n, 24_000),
    "titles": (lambda n: _HEAD + "<p>示例局2020年政府信息公开年度报告".encode() * n, 49_000),
    "cells in a row": (lambda n: _TABLE + b"<tr>" + b"<td>1</td>" * n, 100_000),
    "nested blocks": (lambda n: _HEAD + b"<div>" * n + b"x", 50_000),
    "nested tables": (lambda n: _HEAD + b"<table><tr><td>1<td>" * n + b"x", 50_000),
    "nested spans": (lambda n: _HEAD + b"<span>" * n + b"x", 50_000),
    "tables as deep as allowed": (lambda n: _HEAD + b"<table><tr><td>1<td>" * n, 650),
    "unclosed tags": (lambda n: _HEAD + b"<p>1" * n, 1_000_000),
    "unclosed formats": (lambda n: _HEAD + b"<b>1" * n, 1_000_000),
    "an attribute": (lambda n: _HEAD + b"<p title='" + b"x" * n + b"'>y</p>", 50_000_000),
    "a style": (lambda n: _HEAD + b"<p hidden style='" + b"; " * n + b"'>y</p>", 15_000_000),
    "attributes": (
        lambda n: _HEAD + b"<p " + b"".join(b"a%d=1 " % i for i in range(n)) + b">x",
        50_000,
    ),
    "a line": (lambda n: _HEAD + b"<p>" + b"x" * n, 31_000_000),
    "entities in entities": (_entities, 0),
    "character references": (lambda n: _HEAD + b"<p>" + b"&amp;" * n, 5_000_000),
    "noise": (_noise, 3_000_000),
    "white space": (lambda n: b" \n\t" * n, 5_000_000),
    "spans": (
        lambda n: _TABLE + b"<tr><td colspan=%d rowspan=%d>1<td>2" % (n, n),
        999_999_999,
    ),
    "links": (
        lambda n: _HEAD + b"".join(b"<a href='%d.pdf'>1</a>" % i for i in range(n)),
        1_000_000,
    ),
    "hidden elements": (lambda n: _HEAD + b"<p style='display:none'><b hidden>y</b>" * n, 120_000),
    "preformatted lines": (lambda n: _HEAD + b"<pre>" + b"1 2\n" * n, 3_000_000),
    "CDATA sections": (lambda n: b"<?xml version='1.0'?>" + _HEAD + b"<![CDATA[" * n, 400_000),
    "line-break hints": (lambda n: _HEAD + b"<wbr " * n, 400_000),
    "comments": (lambda n: _HEAD + b"<!--" * n, 400_000),
    "ends": (lambda n: _HEAD + b"</html>" * n, 400_000),
}  # fmt: skip
#: What patterns for titles, dates, names and numbers may try to match again and again.
RUNS = (
    "1", "９", "年", " ", "\u3000", "(", "（", "[", "。", "、", "一", "-", "—", ",", ".", ":", "|",
    "20", "2020", "2020年", "1月", "年度", "政府信息公开", "公开", "工作", "报告", "来源:",
    "发布日期", "日期", "统计期限", "由", "以", "编制", "请联系", "《", "》", "一、", "1.", "(一)",
    "本报告", "二〇二一年", " 1", "a", "示例局", "1 1", ",1", "\t1", "其他", "关于", "第一章",
    "申请", "收到申请", "主动公开", "未发生行政复议", "1件申请", "12件。",
)  # fmt: skip


def with_run(unit: str, times: int) -> bytes:
    """The report with a long run of a text in its title and around its first heading."""
    run = unit * times
    page = PAGE.replace("<h1>", f"<h1>{run}", 1)
    heading = "一、总体情况"
    return page.replace(heading, f"{run}</p><p>{heading}</p><p>{run}", 1).encode()
