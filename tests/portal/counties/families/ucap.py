"""开普 UCAP (portals.md F6): rows from a search endpoint, or static pages."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from tests.portal import pages
from tests.portal.counties.county import County, Listing, Post
from tests.portal.counties.families.base import Skeleton, last_page, numbered
from tests.portal.pages import Asked, Page, Routes, anchor, text_page

PAGE_SIZE = 20


class Ucap(Skeleton):
    """`/{site}/c112289c/…` with a meta channelId. Articles have one of three forms.

    Traps: stale rows in comments, an old pager in a comment, results null on no page.
    """

    family: ClassVar[str] = "ucap"

    def __init__(self, *, static: bool = False) -> None:
        """Make it.

        Args:
            static: The pages are static, `zwgklist_2.shtml`; else rows come as JSON.
        """
        self._static = static

    def column(self, county: County, listing: Listing) -> str:
        """`/xjyj/c112289c/list.shtml`, or `zwgklist.shtml`."""
        name = "zwgklist" if self._static else "list"
        return f"/x{listing.slug}/c11228{len(listing.slug)}c/{name}.shtml"

    def article(self, county: County, listing: Listing, post: Post) -> str:
        """`/{site}/{col}/YYYYMM/{32 hex}.shtml`, `…/c01_1108994.shtml` or `…/174240943.shtml`."""
        folder = self.column(county, listing).rpartition("/")[0]
        forms = (post.hex, f"c01_{post.number}", f"17{post.number}")
        month = post.date[:7].replace("-", "")
        return f"{folder}/{month}/{forms[post.number % 3]}.shtml"

    def channel(self, county: County, listing: Listing) -> str:
        """32 hexadecimal digits."""
        return listing.posts[0].hex[::-1]

    def lists(self, county: County, listing: Listing) -> Routes:
        """The column, and either its other pages or the endpoint."""
        return (self._pages if self._static else self._search)(county, listing)

    def _head(self, county: County, listing: Listing) -> str:
        return (
            f'<meta name="channelId" content="{self.channel(county, listing)}">\n'
            '<meta name="others" content="页面生成时间 2024-03-01 08:00:00">\n'
        )

    def _search(self, county: County, listing: Listing) -> Routes:
        channel = self.channel(county, listing)
        body = (
            '<ul id="list">\n<!-- <li><a href="202001/c01_1.shtml">2019年政府信息公开工作年度报告'
            "</a><span>2020-01-02</span></li> -->\n</ul>\n<script>\n"
            "$.get('/common/search/' + channelId, {_isAgg: true, _isJson: true, "
            f"_pageSize: {PAGE_SIZE}, _template: 'index', page: 1}}, show);\n</script>"
        )
        text = self.page(county, "政府信息公开年报", body, self._head(county, listing))

        def answer(asked: Asked) -> Page:
            if asked.first("_isJson") != "true":
                return pages.not_found()
            size, page = asked.number("_pageSize", PAGE_SIZE), asked.number("page", 1)
            # The server caps what a page may have, whatever is asked for.
            size = min(size, county.per_page)
            rows = [self._result(county, listing, post) for post in listing.posts]
            shown = rows[(page - 1) * size : page * size]
            data = {"total": len(rows), "page": page, "rows": size, "results": shown or None}
            reply = json.dumps({"data": data}, ensure_ascii=False)
            return text_page(reply, content_type="application/json;charset=utf-8")

        return {
            (county.host, self.column(county, listing)): text_page(text),
            (county.host, f"/common/search/{channel}"): answer,
        }

    def _result(self, county: County, listing: Listing, post: Post) -> dict[str, Any]:
        return {
            "title": post.title,
            "url": self.article(county, listing, post),
            "publishedTimeStr": f"{post.date} 10:00:00",
            "contentHtml": "<p>……</p>",
            "domainMetaList": [{"resultList": [{"key": "source", "value": post.agency}]}],
        }

    def _pages(self, county: County, listing: Listing) -> Routes:
        last, found = last_page(listing.posts, county.per_page), Routes()
        stem = self.column(county, listing).removesuffix(".shtml")
        for page in range(1, last + 1):
            rows = "\n".join(
                f"<li>{anchor(self.article(county, listing, post), post.title)}"
                f"<span>{post.date}</span></li>"
                for post in numbered(listing.posts, page, county.per_page)
            )
            body = (
                "<ul>\n<!-- <li><a href='202001/c01_1.shtml'>2019年政府信息公开工作年度报告</a>"
                f"<span>2020-01-02</span></li> -->\n{rows}\n</ul>\n<div id='page_div'></div>\n"
                "<!-- <script>createPageHTML('page_div',9,1,'old','shtml',99);</script> -->\n"
                f"<script>createPageHTML('page_div', {last}, {page}, 'zwgklist', 'shtml', "
                f"{len(listing.posts)});</script>"
            )
            text = self.page(county, "政府信息公开年报", body, self._head(county, listing))
            name = f"{stem}.shtml" if page == 1 else f"{stem}_{page}.shtml"
            found[county.host, name] = text_page(text)
        return found

    def article_body(self, county: County, post: Post) -> str:
        """The body stands in a tag of their own."""
        body = super().article_body(county, post)
        return body.replace('<div id="zoom">', '<UCAPCONTENT><div id="zoomcon">') + "</UCAPCONTENT>"


SKELETONS: dict[str, Skeleton] = {"ucap": Ucap(), "ucap_static": Ucap(static=True)}
