"""The national template, and the Henan platform that wears it (portals.md §0.7, F10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tests.portal.counties.county import County, Listing, Post
from tests.portal.counties.families.base import STALE, Skeleton, last_page, numbered
from tests.portal.pages import Routes, anchor, text_page


@dataclass(frozen=True)
class National(Skeleton):
    """One way of it.

    Attributes:
        paged: Whether the list is divided; else it is one to scroll through.
        mark: Element that the date stands in.
    """

    family: ClassVar[str] = "national"
    paged: bool = False
    mark: str = "b"

    def column(self, county: County, listing: Listing) -> str:
        """`/zwgk/zfxxgk/czj/zfxxgknb/`."""
        return f"/zwgk/zfxxgk/{listing.slug}/zfxxgknb/"

    def article(self, county: County, listing: Listing, post: Post) -> str:
        """An address that tells nothing."""
        return f"/zwgk/zfxxgk/{listing.slug}/content/{post.number}.html"

    def lists(self, county: County, listing: Listing) -> Routes:
        """One page, or several with a pager."""
        size = county.per_page if self.paged else len(listing.posts)
        last = last_page(listing.posts, size)
        found: Routes = {}
        for page in range(1, last + 1):
            rows = [
                f"<li>{anchor(self.article(county, listing, post), post.title[:9], post.title)}"
                f"<{self.mark}>{post.date}</{self.mark}></li>"
                for post in numbered(listing.posts, page, size)
            ]
            rows.append(f"<!-- <li><a href='/zwgk/{STALE}.html'>2009</a></li> -->")
            body = (
                '<div class="scroll_tit">政府信息公开年报</div>\n<div class="scroll_main">'
                f'<div class="zfxxgk_zdgkc"><ul>{"".join(rows)}</ul></div></div>\n'
                f"{self._pager(page, last) if self.paged else ''}"
            )
            path = self.column(county, listing) + self._name(page)
            found[county.host, path] = text_page(self.page(county, "政府信息公开年报", body))
        return found

    def _name(self, page: int) -> str:
        return "" if page == 1 else f"index_{page - 1}.html"

    def _pager(self, page: int, last: int) -> str:
        return f'<script>createPageHTML({last},{page - 1},"index","html");</script>'


class NationalNext(National):
    """Divided, with 下一页 as a link to `list_2.html`; the last page has a dead one."""

    def _name(self, page: int) -> str:
        return "" if page == 1 else f"list_{page}.html"

    def _pager(self, page: int, last: int) -> str:
        following = f"list_{page + 1}.html" if page < last else "#"
        return f'<div class="page"><span>共{last}页</span><a href="{following}">下一页</a></div>'


class Henan(National):
    """Articles `/2023/01-19/2677014.html`; fgw counts `index_2.html`, with links alone."""

    family: ClassVar[str] = "henan"

    def article(self, county: County, listing: Listing, post: Post) -> str:
        """`/2023/01-19/2677014.html`."""
        year, _, day = post.date.partition("-")
        return f"/{year}/{day}/{post.number}.html"

    def _name(self, page: int) -> str:
        return "" if page == 1 else f"index_{page}.html"

    def _pager(self, page: int, last: int) -> str:
        near = range(max(2, page - 1), min(last, page + 1) + 1)
        return "<div>" + "".join(anchor(f"index_{n}.html", str(n)) for n in near) + "</div>"


SKELETONS: dict[str, Skeleton] = {
    "national": National(),
    "national_paged": National(paged=True, mark="span"),
    "national_next": NationalNext(paged=True),
    "henan": Henan(),
    "henan_paged": Henan(paged=True, mark="span"),
}
