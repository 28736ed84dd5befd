"""Hanweb jcms (portals.md F2): rows in a script of the column, more from dataproxy.jsp."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from tests.portal.counties.county import County, Listing, Post
from tests.portal.counties.families.base import STALE, Skeleton, last_page, numbered, place_of
from tests.portal.pages import Asked, Page, Routes, anchor, not_found, text_page

PROXY = "/module/web/jpage/dataproxy.jsp"
#: What some sites answer to every question, 54 bytes.
EMPTY = "<datastore>\n<recordset>\n</recordset>\n</datastore>\n".ljust(54)
GROUP = 2  # pages that are embedded and fetched in one go


@dataclass(frozen=True)
class Hanweb(Skeleton):
    """One way of it.

    Attributes:
        way: `post` (records in groups by their numbers), `get` (the page says an encrypted
            address), `page` (all rows of a page in its HTML, links to the others).
        query: Of the column's address; `{page}` is the page's number in those of the pager.
        by_hash: Whether articles are named by 32 hexadecimal digits.
    """

    family: ClassVar[str] = "hanweb"
    way: str = "post"
    query: str = ""
    pager: str = "?uid={uid}&pageNum={page}"
    by_hash: bool = False

    def column(self, county: County, listing: Listing) -> str:
        """`/col/col1234/index.html`, with a query at some sites."""
        return f"/col/col{_id(listing)}/index.html{self.query}"

    def article(self, county: County, listing: Listing, post: Post) -> str:
        """`/art/2021/1/29/art_1234_560.html`, or with a hash."""
        if self.by_hash:
            return f"/art/{post.year + 1}/art_{post.hex}.html"
        year, month, day = map(int, post.date.split("-"))
        return f"/art/{year}/{month}/{day}/art_{_id(listing)}_{post.number}.html"

    def lists(self, county: County, listing: Listing) -> Routes:
        """The column, whatever its query, and the endpoint of all columns of the site."""
        path = f"/col/col{_id(listing)}/index.html"
        return {
            (county.host, path): partial(self._column, county, listing),
            (county.host, PROXY): partial(self._answer, county),
        }

    def _column(self, county: County, listing: Listing, asked: Asked) -> Page:
        made = {"post": self._post, "get": self._get, "page": self._page}[self.way]
        body = made(county, listing, asked.number("pageNum", asked.number("number", 1)))
        stale = f"<!-- {_store([_stale_row()])} -->"
        return text_page(self.page(county, "政府信息公开年报", f"{stale}\n{body}"))

    def _post(self, county: County, listing: Listing, page: int) -> str:
        fields = ",".join(f"{name}:'{value}'" for name, value in _form(county, listing).items())
        records = self._records(county, listing, 0, county.per_page * GROUP)
        return _unit(listing, county, records, "", f",ajaxParam:{{{fields}}}")

    def _get(self, county: County, listing: Listing, page: int) -> str:
        records = self._records(county, listing, 0, county.per_page * GROUP)
        link = f"{PROXY}?page=1&webid=4e2f{_id(listing):x}&columnid=9c%2B{_id(listing):x}%3D"
        return _unit(listing, county, records, link, "")

    def _page(self, county: County, listing: Listing, page: int) -> str:
        last = last_page(listing.posts, county.per_page)
        rows = (self._row(county, listing, post)
                for post in numbered(listing.posts, page, county.per_page))  # fmt: skip
        links = "".join(
            anchor(f"index.html{self.pager.format(uid=_id(listing) + 7, page=number)}", text)
            for number, text in [(n, str(n)) for n in range(1, last + 1)] + [(last, "尾页")]
        )
        return f"<ul>{''.join(rows)}</ul><div class='pages'>{links}</div>"

    def _answer(self, county: County, asked: Asked) -> Page:
        """Records by their numbers to POST, a group by its number to GET."""
        listing = self._asked_for(county, asked)
        if listing is None:
            return text_page(EMPTY, content_type="text/xml; charset=utf-8")
        size = county.per_page * GROUP
        if self.way == "post":
            if asked.method != "POST" or asked.first("permissiontype") != "0":
                return not_found()
            start, end = asked.number("startrecord", 1) - 1, asked.number("endrecord", 1)
        else:
            start = (asked.number("page", 1) - 1) * size
            end = start + size
        records = self._records(county, listing, start, min(end, start + 100))
        text = _store(records, total=len(listing.posts)) if records else EMPTY
        return text_page(text, content_type="text/xml; charset=utf-8")

    def _asked_for(self, county: County, asked: Asked) -> Listing | None:
        for listing in county.listings:
            plain = (str(_id(listing)), str(_id(listing) + 7))
            if (asked.first("columnid"), asked.first("unitid")) == plain:
                return listing
            if asked.first("columnid") == f"9c+{_id(listing):x}=":
                return listing
        return None

    def _records(self, county: County, listing: Listing, start: int, end: int) -> list[str]:
        return [self._row(county, listing, post) for post in listing.posts[start:end]]

    def _row(self, county: County, listing: Listing, post: Post) -> str:
        link = anchor(self.article(county, listing, post), post.title, post.title)
        year, month, day = post.date.split("-")
        # The template breaks the date.
        return f"<li>{link}<span>{year}-\n   {month} -{day}</span></li>"


def _id(listing: Listing) -> int:
    return 1200 + place_of(listing) * 10


def _form(county: County, listing: Listing) -> dict[str, str]:
    return {
        "col": "1", "appid": "1", "webid": "60", "path": "/", "columnid": str(_id(listing)),
        "sourceContentType": "1", "unitid": str(_id(listing) + 7),
        "webname": f"{county.name}人民政府", "permissiontype": "0",
    }  # fmt: skip


def _unit(listing: Listing, county: County, records: list[str], link: str, more: str) -> str:
    uid = _id(listing) + 7
    return (
        f'<div id="{uid}"><script type="text/xml">{_store(records, link)}</script></div>\n'
        f"<script>\n$(function(){{$('#{uid}').jpage({{themeName:'default',showMode:'full',"
        f"totalRecord:{len(listing.posts)},openCookies:false,groupSize:{GROUP},"
        f"proxyUrl:'{PROXY}',perPage:{county.per_page},barPosition:'bottom'{more}}});}});\n"
        "</script>"
    )


def _store(records: list[str], link: str = "", total: int = 0) -> str:
    following = f'<nextgroup><![CDATA[<a href="{link}"></a>]]></nextgroup>' if link else ""
    said = f"<totalrecord>{total}</totalrecord>" if total else ""
    rows = "".join(f"<record>\n<![CDATA[{record}]]></record>\n" for record in records)
    return f"<datastore>{said}{following}<recordset>{rows}</recordset></datastore>"


def _stale_row() -> str:
    return f'<li><a href="/art/2010/1/4/art_1_{STALE}.html">2009年政府信息公开年度报告</a></li>'


SKELETONS: dict[str, Skeleton] = {
    "hanweb": Hanweb(),
    "hanweb_get": Hanweb(way="get", by_hash=True),
    "hanweb_shandong": Hanweb(way="page"),
    "hanweb_gansu": Hanweb(way="page", query="?number=1", pager="?number={page}"),
}
