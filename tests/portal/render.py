"""Figures to pages: the statutory tables and the article pages of each family.

Knows nothing of addresses and servers, so that property tests can read back what
it prints.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from string import Template

from tests.portal.dumps import signature, text_dump
from tests.portal.reports import FictionalReport
from tests.portal.tables import Box, Grid, grids

__all__ = ["TEMPLATES", "article_html", "body_html", "dump_html", "page_html", "tables_html"]
__all__ += ["text_dump"]

# Everything outside the container is page chrome: a careful reader leaves it out.
_PAGE = Template("""<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<title>$title-$site</title>
<meta name="SiteName" content="$site">
<meta name="SiteDomain" content="nianbao.invalid">
<meta name="ColumnName" content="政府信息公开年报">
<meta name="ArticleTitle" content="$title">
<meta name="PubDate" content="$date 08:30">
<meta name="ContentSource" content="$source">
</head>
<body>
<table class="top"><tr><td><a href="/">网站首页</a></td><td>无障碍浏览</td><td>2</td></tr></table>
<div class="nav"><a href="/zwgk/">政务公开</a> | <a href="/bsfw/">办事服务</a> |
<a href="/hd/">互动交流</a></div>
<div class="position">您当前的位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a> &gt;
政府信息公开年报</div>
$article
<div class="tools"><a href="javascript:window.print()">打印</a>
<a href="javascript:window.close()">关闭</a></div>
<div class="footer">主办：$site　版权所有：$site
备案号：示ICP备00000000号-1　网站标识码：9900000000</div>
</body>
</html>
""")
_TRS = Template("""<div class="xl-main">
<h1>$title</h1>
<div class="info">发布日期：$date　来源：$source　字体：[大 中 小]</div>
<div class="TRS_Editor">
$body
</div>
</div>""")
_JIANGXI = Template("""<div class="article">
<h1 class="article-title">$title</h1>
<p class="article-meta"><span>发布时间：$date 08:30</span> <span>来源：$source</span></p>
<div class="article-content">
$body
</div>
</div>""")
_NATIONAL = Template("""<table class="xxgk_head"><tr><td>索 引 号</td><td>SL000-$number</td>
<td>信息分类</td><td>年报</td></tr><tr><td>发布机构</td><td>$source</td><td>发布日期</td><td>$date</td></tr></table>
<h1 class="details-title">$title</h1>
<div class="details-info">来源：$source　时间：$date</div>
<div class="details-main">
$body
</div>""")
_GENERIC = Template("""<h1>$title</h1>
<p>发布日期：$date 来源：$source</p>
<div id="zoom">
$body
</div>""")
TEMPLATES = {"trs": _TRS, "jiangxi": _JIANGXI, "national": _NATIONAL, "generic": _GENERIC}


def page_html(
    template: str, *, title: str, date: str, source: str, body: str, site: str = "示例市人民政府"
) -> str:
    """An article page around any body.

    Args:
        template: A key of `TEMPLATES`.
        title: Printed in the page's title, its heading and the tag ArticleTitle.
        date: Printed in the metadata line and the tag PubDate.
        source: Agency.
        body: HTML of the article.
        site: Owner of the portal.
    """
    words = {"title": title, "date": date, "source": source, "site": site}
    words["number"] = date.replace("-", "")
    article = TEMPLATES[template].substitute(words, body=body)
    return _PAGE.substitute(words, article=article)


def article_html(report: FictionalReport, template: str = "trs", body: str | None = None) -> str:
    """The page of a report in a family's template; `body` replaces the rendered one."""
    return page_html(
        template,
        title=report.title,
        date=report.published.isoformat(),
        source=report.agency,
        body=body_html(report) if body is None else body,
        site=f"{report.agency[:3]}人民政府",
    )


def body_html(report: FictionalReport, odd: Mapping[str, Grid] | None = None) -> str:
    """The report itself: preamble, chapters with tables, signature.

    Args:
        report: The report.
        odd: Grids to print instead of the report's own, by the number of the chapter.
    """
    tables = tables_html(report, odd)
    parts = [_paragraph(report.preamble)]
    for chapter, paragraphs in report.chapters.items():
        parts.append(_paragraph(report.heading(chapter), bold=True))
        parts += map(_paragraph, paragraphs)
        if chapter in tables:
            parts.append(tables[chapter])
    agency, day = signature(report)
    parts.append(f'<p style="text-align:right">{escape(agency)}</p>')
    parts.append(f'<p style="text-align:right">{day}</p>')
    return "\n".join(parts)


def tables_html(report: FictionalReport, odd: Mapping[str, Grid] | None = None) -> dict[str, str]:
    """The three tables by the number of their chapter (二, 三, 四); `odd` as in `body_html`."""
    tables = grids(report) if odd is None else odd
    return {chapter: _table(report, grid) for chapter, grid in tables.items()}


def dump_html(text: str, how: str) -> str:
    """A text dump as an editor pastes it into a page.

    Args:
        text: The dump.
        how: `pre`, `p` (a paragraph a line) or `br` (one paragraph, lines broken).
    """
    if how == "pre":
        return f"<pre>{escape(text)}</pre>"
    lines = [escape(line) for line in text.splitlines() if line.strip()]
    if how == "br":
        return "<p>" + "<br>\n".join(lines) + "</p>"
    return "\n".join(f"<p>{line}</p>" for line in lines)


def _paragraph(text: str, bold: bool = False) -> str:
    inner = f"<strong>{escape(text)}</strong>" if bold else escape(text)
    return f'<p style="text-indent:2em">{inner}</p>'


def _table(report: FictionalReport, grid: Grid) -> str:
    rows = ("<tr>" + "".join(_cell(report, box) for box in row) + "</tr>" for row in grid)
    return (
        '<table border="1" cellspacing="0">\n<tbody>\n' + "\n".join(rows) + "\n</tbody>\n</table>"
    )


def _cell(report: FictionalReport, box: Box) -> str:
    tag = "th" if box.head and report.layout.heads else "td"
    spans = f' colspan="{box.across}"' * (box.across > 1) + f' rowspan="{box.down}"' * (
        box.down > 1
    )
    text = escape(box.text)
    if report.layout.wrapped:
        text = f"<p><span>{text or '&nbsp;'}</span></p>"
    return f"<{tag}{spans}>{text}</{tag}>"
