"""Lists made by ASPX, JSP and PHP (portals.md F9): the page's number is in the query."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from tests.portal.counties.county import County, Listing, Post
from tests.portal.counties.families.base import STALE, Skeleton, last_page, numbered, place_of
from tests.portal.pages import Asked, Page, Routes, anchor


@dataclass(frozen=True)
class QueryList(Skeleton):
    """One way of it.

    Attributes:
        script: What makes the list.
        query: The column's query; `{id}` is the column's.
        turn: The query of its page `{page}`.
        key: Name of the field that counts pages.
        show: Path and query of an article.
        row: A row: `{link}`, `{date}`.
        charset: Bytes are written in it, and the header says so.
        near: Whether the pager links only the pages beside this one.
    """

    family: ClassVar[str] = "query_list"
    script: str
    query: str
    turn: str
    key: str
    show: str
    row: str
    charset: str = "utf-8"
    near: bool = False

    def column(self, county: County, listing: Listing) -> str:
        """`/InfoPublic.aspx?cid=1019&pid=971&page=1&kw=`."""
        return f"/{self.script}?{self.query.format(id=_id(listing), page=1)}"

    def article(self, county: County, listing: Listing, post: Post) -> str:
        """`/col/1414231541890/2020/01/20/1579485641033.html` and others."""
        return self.show.format(
            id=_id(listing), day=post.date.replace("-", "/"), number=post.number
        )

    def lists(self, county: County, listing: Listing) -> Routes:
        """One address, whatever its query."""
        return {(county.host, f"/{self.script}"): partial(self._list, county)}

    def articles(self, county: County, listing: Listing) -> Routes:
        """By their paths, or one address whatever its query."""
        if "?" not in self.show:
            return super().articles(county, listing)
        return {(county.host, self.show.partition("?")[0]): partial(self._show, county)}

    def page(self, county: County, title: str, body: str, head: str = "") -> str:
        """A page that says its charset, truly."""
        made = super().page(county, title, body, head)
        return made.replace("charset='utf-8'", f"charset='{self.charset}'")

    def article_page(self, county: County, listing: Listing, post: Post) -> Page:
        """The report, in the site's charset."""
        return self._made(self.page(county, post.title, self.article_body(county, post)))

    def _made(self, text: str) -> Page:
        kind = f"text/html; charset={self.charset}"
        return Page(text.encode(self.charset, "xmlcharrefreplace"), kind)

    def _list(self, county: County, asked: Asked) -> Page:
        wanted = asked.first("cid") or asked.first("id")
        listing = next((each for each in county.listings if str(_id(each)) == wanted), None)
        if listing is None:
            return self._made(self.page(county, "年报", "<p>参数错误</p>"))
        page, last = asked.number(self.key, 1), last_page(listing.posts, county.per_page)
        rows = "".join(
            self.row.format(
                link=anchor(self.article(county, listing, post), post.title), date=post.date
            )
            for post in numbered(listing.posts, page, county.per_page)
        )
        stale = anchor(f"/{self.script}?{self.turn.format(id=_id(listing), page=STALE)}", "末页")
        body = (
            "<ul class='menu'><li><a href='/jgzn.aspx?id=3'>机构职能</a></li></ul>\n"
            f"<table class='list'>{rows}</table>\n<!-- {stale} -->\n"
            f"<div class='pager'>{self._pager(listing, page, last)}</div>"
        )
        return self._made(self.page(county, "政府信息公开年报", body))

    def _pager(self, listing: Listing, page: int, last: int) -> str:
        named = [(n, str(n)) for n in range(1, last + 1) if not self.near or abs(n - page) == 1]
        if not self.near:
            named.append((last, "尾页"))
        return "".join(
            anchor(f"{self.script}?{self.turn.format(id=_id(listing), page=n)}", text)
            for n, text in named
        )

    def _show(self, county: County, asked: Asked) -> Page:
        for listing in county.listings:
            for post in listing.posts:
                if str(post.number) == asked.first("id"):
                    return self.article_page(county, listing, post)
        return self._made(self.page(county, "提示", "<p>信息不存在</p>"))


def _id(listing: Listing) -> int:
    return 1414231541890 + place_of(listing)


SKELETONS: dict[str, Skeleton] = {
    "aspx": QueryList(
        "InfoPublic.aspx", "cid={id}&pid=971&page={page}&kw=", "cid={id}&pid=971&page={page}&kw=",
        "page", "/InfoShow.aspx?id={number}", "<p>{link}<span>{date}</span></p>",
    ),
    "jsp": QueryList(
        "column.jsp", "id={id}&current={page}", "id={id}&current={page}", "current",
        "/col/{id}/{day}/{number}000.html",
        "<tr><td>·</td><td>{link}</td><td>{date}</td></tr>", "gb2312",
    ),
    "php": QueryList(
        "gknb.php", "id={id}", "page={page}&id={id}", "page", "/gknb_show.php?id={number}",
        "<tr><td>{link}</td><td>[{date}]</td></tr>", near=True,
    ),
}  # fmt: skip
