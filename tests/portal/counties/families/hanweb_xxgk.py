"""Hanweb's annual-report module (portals.md F2b): a page a year, itself the report."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from tests.portal.counties.county import County, Listing, Post
from tests.portal.counties.families.base import STALE, Skeleton
from tests.portal.pages import Asked, Page, Routes, anchor, text_page

MODULE = "/module/xxgk/xxgkAnnualReport.jsp"


class HanwebXxgk(Skeleton):
    """`?area=CODE` has a choice of years; without an area it links those of all agencies."""

    family: ClassVar[str] = "hanweb_xxgk"

    def column(self, county: County, listing: Listing) -> str:
        """`/module/xxgk/xxgkAnnualReport.jsp?area=113325000026455663`."""
        areas = {_area(county, post) for post in listing.posts}
        return f"{MODULE}?area={areas.pop()}" if len(areas) == 1 else MODULE

    def article(self, county: County, listing: Listing, post: Post) -> str:
        """The page of a year."""
        if len({each.agency for each in listing.posts}) == 1:
            return f"{MODULE}?area={_area(county, post)}&fbtime={post.year}"
        return f"{MODULE}?fbtime={post.year}&area={_area(county, post)}"

    def lists(self, county: County, listing: Listing) -> Routes:
        """One address for everything."""
        return {(county.host, MODULE): partial(self._answer, county)}

    def articles(self, county: County, listing: Listing) -> Routes:
        """Nothing more."""
        return {}

    def _answer(self, county: County, asked: Asked) -> Page:
        area, year = asked.first("area"), asked.first("fbtime")
        if not area:
            return text_page(self.page(county, "政府信息公开年报", self._agencies(county)))
        mine = [
            post
            for listing in county.listings
            for post in listing.posts
            if _area(county, post) == area
        ]
        shown = next((post for post in mine if str(post.year) == year or not year), None)
        title = shown.title if shown else "政府信息公开年报"
        body = self.article_body(county, shown) if shown else "<p>暂无数据</p>"
        return text_page(self.page(county, title, _choice(mine, area) + body))

    def _agencies(self, county: County) -> str:
        listing = county.listing("szf")
        rows = "".join(
            f"<li>{anchor(self.article(county, listing, post), post.title)}</li>"
            for post in listing.posts
        )
        stale = f"<!-- <li><a href='{MODULE}?fbtime=2009&area={STALE}'>2009</a></li> -->"
        return f"<ul>{rows}{stale}</ul>"


def _area(county: County, post: Post) -> str:
    """Eighteen digits that belong to the agency."""
    return f"11{county.code}{post.number // 100 % 100:010d}"


def _choice(posts: list[Post], area: str) -> str:
    options = "".join(f"<option value='{post.year}'>{post.year}年</option>" for post in posts)
    return (
        f"<form action='{MODULE}'><input type='hidden' name='area' value='{area}'>"
        f"<select name='fbtime'><option value=''>请选择年份</option>{options}"
        f"<!-- <option value='2009{STALE}'>2009年</option> --></select></form>"
    )


SKELETONS: dict[str, Skeleton] = {"hanweb_xxgk": HanwebXxgk()}
