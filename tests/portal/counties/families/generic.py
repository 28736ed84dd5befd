"""Sites of no family (portals.md F13): one form of address each, lists like everybody's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from tests.portal.counties.county import County, Listing, Post
from tests.portal.counties.families.base import Skeleton, last_page, numbered
from tests.portal.pages import Asked, Page, Routes, anchor, text_page

#: News beside the list: dated links, none of them a report, and not there any more.
_NEWS = (
    "<div class='side'><ul>"
    + "".join(
        f"<li><a href='/news/show/2024010{day}181457726.html'>示例县召开第{day}次会议</a>"
        f"<span>2024-01-0{day}</span></li>"
        for day in range(1, 10)
    )
    + "</ul></div>"
)


@dataclass(frozen=True, slots=True)
class Form:
    """How one site does it.

    Attributes:
        column: Makes a column's path, and query if need be.
        article: Makes an article's path from the column's folder, the post and its date.
        page: Makes the address of a later page from the column's and its number.
        pager: `next` (the word 下一页) or `numbers`.
        row: A row; `{link}` and `{date}` are filled in.
        rows: What is around them.
        bare: The titles of the list are only `2023年度`.
        news: Whether dated news stand beside the list.
    """

    column: Callable[[Listing], str]
    article: Callable[[str, Post, str], str]
    page: Callable[[str, int], str]
    pager: str = "next"
    row: str = "<li>{link}<span>{date}</span></li>"
    rows: str = "<ul>\n{rows}\n</ul>"
    bare: bool = False
    news: bool = False


def _index(column: str, page: int) -> str:
    return f"{column.rpartition('/')[0]}/index_{page}.html"


def _query(column: str, page: int) -> str:
    return f"{column}{'&' if '?' in column else '?'}page={page}"


_HEX = "63899ec737599182825{:05x}"
FORMS = {
    "wuxi": Form(
        lambda listing: f"/zgwx/{listing.slug}/zfxxgknb/index.shtml",
        lambda _, post, date: f"/doc/{date.replace('-', '/')}/{post.number}.shtml",
        lambda column, page: column.replace("index.shtml", f"index_{page}.shtml"),
        news=True,
    ),
    "cangxi": Form(
        lambda listing: f"/news/list/{listing.slug}.html",
        lambda _, post, date: f"/news/show/{date.replace('-', '')}18{post.number}.html",
        _query,
        pager="numbers",
        row="<div class='item'>{link}<em>{date}</em></div>",
        rows="<div class='items'>\n{rows}\n</div>",
        bare=True,
    ),
    "jian": Form(
        lambda listing: f"/xxgk-list-{listing.slug}nb.html",
        lambda _, post, date: f"/xxgk-show-{post.number}.html",
        lambda column, page: column.replace(".html", f"-{page}.html"),
        row="<tr><td>{link}</td><td>{date}</td></tr>",
        rows="<table>\n{rows}\n</table>",
    ),
    "wanyuan": Form(
        lambda listing: f"/xxgk-list-{listing.slug}.html",
        lambda _, post, date: f"/xxgk-show-{post.number % 100000 + 7}.html",
        lambda column, page: column.replace(".html", f"-{page}.html"),
        row="<p>{link}</p>",  # no dates at all
        rows="<div>\n{rows}\n</div>",
        bare=True,
    ),
    "nanping": Form(
        lambda listing: f"/cms/html/{listing.slug}/zfxxgknb/index.html",
        lambda _, post, date: f"/cms/html/npszf/{date}/{post.number}.html",
        _index,
        pager="numbers",
        row="<dd>{link}<i>[{date}]</i></dd>",
        rows="<dl>\n{rows}\n</dl>",
    ),
    "licheng": Form(
        lambda listing: f"/gongkai/channel_{_HEX.format(ord(listing.slug[0]))}/?open=zfxxgknb",
        lambda folder, post, date: f"{folder}2024/doc_{_HEX.format(post.number % 99991)}.html",
        _query,
    ),
    "xixian": Form(
        lambda listing: f"/xwzx/ztzl/zfxxgknb/{listing.slug}/",
        lambda folder, post, date: f"{folder}{_HEX.format(post.number % 99991)}.html",
        _index,
        row="<li><div><a href='{href}'><b>{text}</b><span>{date}</span></a></div></li>",
        bare=True,
        news=True,
    ),
}


class Generic(Skeleton):
    """A site of one of these forms; the footer and the news are no part of the list."""

    family: ClassVar[str] = "generic"

    def __init__(self, form: Form) -> None:
        """Make it.

        Args:
            form: A value of `FORMS`.
        """
        self._form = form

    def column(self, county: County, listing: Listing) -> str:
        """As the form has it."""
        return self._form.column(listing)

    def article(self, county: County, listing: Listing, post: Post) -> str:
        """As the form has it."""
        folder = self.column(county, listing).split("?")[0].rpartition("/")[0] + "/"
        return self._form.article(folder, post, post.date)

    def lists(self, county: County, listing: Listing) -> Routes:
        """A route for each path; where the page is in the query, one for all."""
        column = self.column(county, listing)
        path = column.split("?")[0]
        if self._form.page is _query:
            return {
                (county.host, path): lambda asked: self._page(county, listing, _number(asked)),
            }
        found: Routes = {(county.host, path): self._page(county, listing, 1)}
        for page in range(2, last_page(listing.posts, county.per_page) + 1):
            place = county.host, self._form.page(column, page)
            found[place] = self._page(county, listing, page)
        return found

    def _page(self, county: County, listing: Listing, page: int) -> Page:
        posts = numbered(listing.posts, page, county.per_page)
        rows = "\n".join(self._row(county, listing, post) for post in posts)
        body = self._form.rows.format(rows=rows) + self._turn(county, listing, page)
        news = _NEWS if self._form.news else ""
        return text_page(self.page(county, "政府信息公开年报", news + body))

    def _row(self, county: County, listing: Listing, post: Post) -> str:
        text = f"{post.agency}_{post.year}年度" if self._form.bare else post.title
        href = self.article(county, listing, post)
        link = anchor(href, text)
        return self._form.row.format(link=link, date=post.date, href=href, text=text)

    def _turn(self, county: County, listing: Listing, page: int) -> str:
        last = last_page(listing.posts, county.per_page)
        column = self.column(county, listing)
        addresses = [column, *(self._form.page(column, at) for at in range(2, last + 1))]
        if self._form.pager == "numbers":
            links = [
                str(at) if at == page else anchor(address, str(at))
                for at, address in enumerate(addresses, 1)
            ]
        else:
            links = [f"共{last}页", "首页"]
            links.append(anchor(addresses[page], "下一页 >") if page < last else "下一页 >")
        return f"\n<div class='turn'>{' '.join(links) if last > 1 else ''}</div>"


def _number(asked: Asked) -> int:
    return asked.number("page", 1)


SKELETONS: dict[str, Skeleton] = {f"generic_{name}": Generic(form) for name, form in FORMS.items()}
