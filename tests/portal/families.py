"""The families' list pages, article pages and search endpoint, built from the world."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from html import escape

from tests.portal import pages
from tests.portal.pages import Asked, Page, Routes, anchor, http_date, shortened, text_page
from tests.portal.pdf import report_pdf
from tests.portal.render import article_html, body_html, dump_html, page_html, text_dump
from tests.portal.reports import FictionalReport
from tests.portal.world import HOSTS, Column, Row, World

PER_PAGE = 15


def routes(world: World) -> Routes:
    """Everything that is answered to GET, by (host, path)."""
    found: Routes = {}
    listing = {"trs": _trs, "jiangxi": _jiangxi, "national": _national, "generic": _generic}
    for column in world.columns:
        if not column.rows:
            continue
        found |= listing[column.family](column)
        for row in column.rows:
            found |= _article(column, row)
    for host in HOSTS[:3]:
        found[host, "/"] = text_page("<!DOCTYPE html><meta charset='utf-8'><p>示例市门户</p>")
    for host in HOSTS[1:4]:
        found[host, "/robots.txt"] = pages.robots("User-agent: *\nAllow: /\n")
    found[HOSTS[4], "/robots.txt"] = pages.robots("User-agent: *\nDisallow: /\n")
    found[HOSTS[1], "/queryList"] = partial(query_list, world)
    return found


def dressed(family: str, page: Page, date: str) -> Page:
    """A page with the transport habits of its family."""
    if family == "trs":
        return replace(page, modified=http_date(date), tagged=True, zipped=True)
    if family == "jiangxi":
        return replace(page, chunked=True)
    if family == "national":
        return replace(page, modified=http_date(date))
    return page


def _list_page(title: str, body: str, head: str = "") -> str:
    return (
        f"<!DOCTYPE html>\n<html>\n<head>\n<meta charset='utf-8'>\n{head}<title>{title}</title>\n"
        '<meta name="ColumnName" content="政府信息公开年报">\n</head>\n<body>\n'
        '<div class="nav"><a href="/">首页</a> <a href="/zwgk/">政务公开</a>'
        ' <a href="/zwgk/zfxxgkzn/">政府信息公开指南</a></div>\n'
        f"{body}\n<div class='footer'>版权所有：示例市　备案号：示ICP备00000000号-1</div>\n"
        "</body>\n</html>\n"
    )


def _trs(column: Column) -> Routes:
    found: Routes = {}
    total = -(-len(column.rows) // PER_PAGE)
    for number in range(total):
        rows = column.rows[number * PER_PAGE : (number + 1) * PER_PAGE]
        items = [f"<li>{_trs_link(column, row)}<span>{row.date}</span></li>" for row in rows]
        if number == 0:  # a row that an editor took out: not to be followed
            items.insert(1, '<!-- <li><a href="./201901/t20190101_1.html">旧条目</a></li> -->')
        body = (
            '<ul class="list">\n' + "\n".join(items) + "\n</ul>\n"
            f'<script>createPageHTML({total},{number},"index","html");</script>'
        )
        text = _list_page("政府信息公开年报", body)
        page = dressed("trs", text_page(text), column.rows[0].date)
        names = ["", "index.html"] if number == 0 else [f"index_{number}.html"]
        found |= {(column.host, column.path + name): page for name in names}
    return found


def _trs_link(column: Column, row: Row) -> str:
    href = "./" + row.path.removeprefix(column.path)
    return anchor(href, shortened(row.title), "" if row.cut else row.title)


def _jiangxi(column: Column) -> Routes:
    site, channel = column.codes
    script = (
        '<script id="list-template" type="text/x-handlebars-template">\n'
        '{{#each results}}<li><a href="{{urls.pc}}">{{title}}</a><span>{{pubDate}}</span></li>'
        "{{/each}}\n</script>\n<script>\n"
        f"var params = {{current: 1, unitid: '440', webSiteCode: ['{site}'], "
        f"channelCode: ['{channel}'], perPage: '{PER_PAGE}'}};\n"
        "loadPageData(params, '1');\n</script>"
    )
    body = f'<ul id="list"></ul>\n<div id="page"></div>\n{script}'
    text = _list_page("政府信息公开年报", body, head=f'<base href="/{site}/">\n')
    return {(column.host, column.path): dressed("jiangxi", text_page(text), "")}


def _national(column: Column) -> Routes:
    items = [
        f"<li>{anchor(row.path, row.title, row.title)}<b>{row.date}</b></li>" for row in column.rows
    ]
    body = (
        '<div class="scroll_tit">政府信息公开年报</div>\n<div class="scroll_main">\n'
        '<div class="zfxxgk_zdgkc"><ul>\n' + "\n".join(items) + "\n</ul></div>\n</div>"
    )
    page = dressed("national", text_page(_list_page("年报", body)), column.rows[0].date)
    return {(column.host, column.path): page}


def _generic(column: Column) -> Routes:
    rows = "\n".join(
        f"<tr><td>{anchor(row.path.removeprefix(column.path), row.title)}</td>"
        f"<td>{row.date}</td></tr>"
        for row in column.rows
    )
    text = _list_page("年度报告", f"<table>\n{rows}\n</table>")
    return {(column.host, column.path): text_page(text)}


def _article(column: Column, row: Row) -> Routes:
    place, report = (column.host, row.path), row.report
    if row.kind == "dead":
        return {}
    if report is not None and row.how in ("attachment", "pdf"):
        return _attachment(column, row, report)
    if row.kind == "soft404":
        page = text_page(pages.soft_not_found())
    elif report is None:
        body = f"<p>{escape(row.title)}。本页不含年度报告的统计表。</p>"
        page = text_page(_framed(column, row, body))
    else:
        page = report_page(report, column.family, row.how)
    return {place: dressed(column.family, page, row.date)}


def report_page(report: FictionalReport, family: str, how: str) -> Page:
    """A report's own page; `how` as in `world.Row`."""
    if how == "text":
        return text_page(text_dump(report, "tika"), content_type="text/plain; charset=utf-8")
    if how == "gb18030":  # header and meta both say UTF-8
        return Page(article_html(report, family).encode("gb18030"))
    if how == "article":
        return text_page(article_html(report, family))
    style = "tsv" if how == "dump_pre" else "lines"
    dump = dump_html(text_dump(report, style), how.removeprefix("dump_"))
    return text_page(article_html(report, family, body=dump))


def _framed(column: Column, row: Row, body: str) -> str:
    source = row.report.agency if row.report else str(column.entry["region_name"])
    return page_html(column.family, title=row.title, date=row.date, source=source, body=body)


def _attachment(column: Column, row: Row, report: FictionalReport) -> Routes:
    file = attached(row)
    name = file.rpartition("/")[2]
    body = f'<p>详见附件。</p>\n<p>附件：<a href="./{name}">{escape(report.title)}.pdf</a></p>'
    page = text_page(_framed(column, row, body))
    return {
        (column.host, row.path): dressed(column.family, page, row.date),
        (column.host, file): _file(row, report),
    }


def attached(row: Row) -> str:
    """Path of the file that a row's article links to."""
    return f"{row.path.rpartition('/')[0]}/P0{row.date.replace('-', '')}000001.pdf"


def _file(row: Row, report: FictionalReport) -> Page:
    if row.how == "pdf":
        return Page(report_pdf(report), content_type="application/pdf")
    return pages.pdf(report.title)


def query_list(world: World, asked: Asked) -> Page:
    """Answer `POST /queryList` of the Jiangxi platform; 15 rows a page unless told."""
    if asked.method != "POST":
        return pages.not_found()
    if asked.headers.get("x-requested-with") != "XMLHttpRequest":
        return replace(text_page("forbidden"), status=403, content_type="text/plain")

    def values(name: str) -> set[str]:
        return {value for key, value in asked.form if key in (name, f"{name}[]")}

    sites, channels = values("webSiteCode"), values("channelCode")
    rows = [
        row
        for column in world.columns
        if column.host == asked.host and column.family == "jiangxi"
        if column.codes[0] in sites and column.codes[1] in channels
        for row in column.rows
    ]
    size = min(asked.number("pageSize", PER_PAGE), 100)
    start = (asked.number("current", 1) - 1) * size
    shown = [{"source": _source(row)} for row in rows[start : start + size]]
    answer = {"code": 200, "data": {"total": len(rows), "results": shown}}
    text = json.dumps(answer, ensure_ascii=False)
    return text_page(text, content_type="application/json;charset=UTF-8")


def _source(row: Row) -> dict[str, object]:
    content = body_html(row.report) if row.report else f"<p>{escape(row.title)}</p>"
    return {
        "title": row.title,
        "showTitle": shortened(row.title),
        "pubDate": f"{row.date} 08:30:00",
        "urls": json.dumps({"pc": row.path, "wap": ""}),
        "content": {"content": content},
    }
