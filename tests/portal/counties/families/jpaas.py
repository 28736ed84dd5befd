"""Hanweb jpaas (portals.md F3): an empty page; its list comes as HTML inside JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from tests.portal.counties.county import County, Listing, Post
from tests.portal.counties.families.base import STALE, Skeleton, numbered, place_of
from tests.portal.pages import Asked, Page, Routes, anchor, not_found, text_page

UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"


@dataclass(frozen=True)
class Jpaas(Skeleton):
    """One way of it.

    Attributes:
        deep: Whether articles stand below the column, named by UUIDs.
    """

    family: ClassVar[str] = "jpaas"
    deep: bool = False

    def column(self, county: County, listing: Listing) -> str:
        """`/col/18073_668815/index.html`, or a folder."""
        at = 18000 + place_of(listing)
        return f"/col/{at}_668815/index.html" if self.deep else f"/{listing.slug}/zfxxgknb/"

    def article(self, county: County, listing: Listing, post: Post) -> str:
        """`/art/2021/art_….html`, or `/col/…/art/2021/art_{uuid}.html`."""
        if self.deep:
            folder = self.column(county, listing).rpartition("/")[0]
            return f"{folder}/art/{post.year + 1}/art_{post.uuid}.html"
        return f"/art/{post.year + 1}/{post.number}.html"

    def lists(self, county: County, listing: Listing) -> Routes:
        """The column, and the endpoint of all columns of the site."""
        query = (
            f"{{'webId':'3185','pageId':'{_page_id(listing)}','parseType':'bulidstatic',"
            "'pageType':'column','tagId':'信息列表','tplSetId':'kQ3x','editType':'null'}"
        )
        old = query.replace(_page_id(listing), STALE)
        body = (
            f"<!-- <div queryData=\"{old}\" url='{UNIT}'></div> -->\n"
            f'<div class="list" queryData="{query}" url="{UNIT}"></div>\n'
            f'<script src="/jpaas-publish-server/unit.js"></script>'
        )
        return {
            (county.host, self.column(county, listing)): text_page(
                self.page(county, "政府信息公开年报", body)
            ),
            (county.host, UNIT): partial(self.answer, county),
        }

    def answer(self, county: County, asked: Asked, *, deaf: bool = False) -> Page:
        """A page of a list; `deaf` is what hosts abroad get: page 1 whatever was asked for."""
        if not asked.headers.get("referer", "").startswith(f"http://{county.host}"):
            return text_page("forbidden", status=403)
        listing = next(
            (each for each in county.listings if _page_id(each) == asked.first("pageId")), None
        )
        needed = {"webId": "3185", "tplSetId": "kQ3x", "parseType": "bulidstatic"}
        if not listing or any(asked.first(name) != value for name, value in needed.items()):
            return not_found()
        param = json.loads(asked.first("paramJson", "{}"))
        page = 1 if deaf else int(param.get("pageNo", 1))
        size = county.per_page  # the template decides, whatever pageSize says
        rows = "".join(
            f"<li>{anchor(self.article(county, listing, post), post.title)}"
            f"<span>{post.date}</span></li>"
            for post in numbered(listing.posts, page, size)
        )
        html = (
            f"<ul>{rows}</ul><!-- <li><a href='/art/2010/{STALE}.html'>2009</a></li> -->"
            f'<div class="pagination" rows="{size}" count="{len(listing.posts)}">'
            f'<a href="{self.column(county, listing)}?{STALE}">2</a></div>'
        )
        text = json.dumps({"success": True, "code": "200", "data": {"html": html}})
        return text_page(text, content_type="application/json;charset=UTF-8")


def _page_id(listing: Listing) -> str:
    return f"{place_of(listing)}04"


SKELETONS: dict[str, Skeleton] = {"jpaas": Jpaas(), "jpaas_deep": Jpaas(deep=True)}
