"""Lonsun 龙讯 (portals.md F8): `/public/column/{organId}` and the label 8888."""

from __future__ import annotations

from typing import ClassVar

from tests.portal import pages
from tests.portal.counties.county import County, Listing, Post
from tests.portal.counties.families.base import Skeleton, last_page, numbered
from tests.portal.pages import Asked, Page, Routes, shortened, text_page

_FILE = "/xxgk/publicInfoList_newest2020"


class Lonsun(Skeleton):
    """`/public/column/{organId}?type=4&catId=…&action=list`.

    Traps: the titles are cut, the full one is an attribute; beyond the end the answer is
    200 and says 暂无相关信息; other categories of the same address are other lists.
    """

    family: ClassVar[str] = "lonsun"

    def __init__(self, *, first: bool = False, counted: bool = True) -> None:
        """Make it.

        Args:
            first: The column has its first rows with it.
            counted: Pages say how many there are.
        """
        self._first = first
        self._counted = counted

    def column(self, county: County, listing: Listing) -> str:
        """With its query."""
        return f"{self._path(listing)}?type=4&catId={self._category(listing)}&action=list"

    def article(self, county: County, listing: Listing, post: Post) -> str:
        """`/public/{organId}/{contentId}.html`."""
        return f"{self._path(listing).replace('column/', '')}/{post.number}.html"

    def lists(self, county: County, listing: Listing) -> Routes:
        """The column and the endpoint; one endpoint for all columns."""

        def column(asked: Asked) -> Page:
            if asked.first("catId") != str(self._category(listing)):
                return text_page(self.page(county, "信息公开", "<p>暂无相关信息</p>"))
            rows = self._rows(county, listing, 1) if self._first else ""
            count = self._count(county, listing) if self._first else ""
            body = (
                f'<div class="xxgk_nav_con"><ul>\n{rows}</ul></div>\n<script>\n'
                f"label({{labelName: 'publicInfoList', file: '{_FILE}'}});\n{count}</script>"
            )
            head = f'<meta name="SiteId" content="{67000 + county.number}">\n'
            return text_page(self.page(county, "政府信息公开年报", body, head))

        def label(asked: Asked) -> Page:
            wanted = asked.first("organId"), asked.first("catId")
            if asked.first("siteId") != str(67000 + county.number) or asked.first("file") != _FILE:
                return pages.not_found()
            for each in county.listings:
                if (self._path(each).rpartition("/")[2], str(self._category(each))) == wanted:
                    page = asked.number("pageIndex", 1)
                    rows = self._rows(county, each, page)
                    script = f"<script>page({{{self._count(county, each)}}});</script>"
                    return text_page((rows + script) if rows else "<div>暂无相关信息</div>")
            return text_page("<div>暂无相关信息</div>")

        return {
            (county.host, self._path(listing)): column,
            (county.host, "/site/label/8888"): label,
        }

    def _path(self, listing: Listing) -> str:
        return f"/public/column/{66 * 1000 + ord(listing.slug[0])}"

    def _category(self, listing: Listing) -> int:
        return 6720000 + ord(listing.slug[0])

    def _count(self, county: County, listing: Listing) -> str:
        return f"pageCount:{last_page(listing.posts, county.per_page)}," if self._counted else ""

    def _rows(self, county: County, listing: Listing, page: int) -> str:
        # Sites answer pages of their own size whatever is asked for.
        return "".join(
            '<div class="xxgk_navli"><ul><li class="mc">'
            f'<a class="title" href="{self.article(county, listing, post)}" title="{post.title}">'
            f'{shortened(post.title, 14)}</a></li><li class="rq"><span class="date">{post.date}'
            "</span></li></ul></div>\n"
            for post in numbered(listing.posts, page, county.per_page)
        )


SKELETONS: dict[str, Skeleton] = {
    "lonsun": Lonsun(),
    "lonsun_first": Lonsun(first=True),
    "lonsun_uncounted": Lonsun(counted=False),
}
