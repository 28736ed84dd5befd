"""博达 VSB (portals.md F4): pages are numbered downwards, so page 2 of 3 is `2.htm`."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from tests.portal.counties.county import County, Listing, Post
from tests.portal.counties.families.base import STALE, Skeleton, last_page, numbered, place_of
from tests.portal.pages import Asked, Page, Routes, anchor, not_found, pdf, text_page

DOWNLOAD = "/system/_content/download.jsp"


class Vsb(Skeleton):
    """`…/zfxxgknb.htm`, then `…/zfxxgknb/2.htm`, `…/zfxxgknb/1.htm`."""

    family: ClassVar[str] = "vsb"

    def column(self, county: County, listing: Listing) -> str:
        """`/zfxxgk/czj/zfxxgknb.htm`."""
        return f"/zfxxgk/{listing.slug}/zfxxgknb.htm"

    def article(self, county: County, listing: Listing, post: Post) -> str:
        """`/info/11972/976112.htm`."""
        return f"/info/{11000 + place_of(listing)}/{post.number}.htm"

    def lists(self, county: County, listing: Listing) -> Routes:
        """Page p of N at `{name}/{N-p+1}.htm`; the first at `{name}.htm`."""
        last = last_page(listing.posts, county.per_page)
        stem = self.column(county, listing).removesuffix(".htm")
        name = stem.rpartition("/")[2]
        found: Routes = {(county.host, DOWNLOAD): _download}
        for page in range(1, last + 1):
            up = "../.." if page == 1 else "../../.."
            following = f"{name}/{last - page}.htm" if page == 1 else f"{last - page}.htm"
            path = f"{stem}.htm" if page == 1 else f"{stem}/{last - page + 1}.htm"
            found[county.host, path] = self._list_page(county, listing, page, (up, following))
        return found

    def _list_page(self, county: County, listing: Listing, page: int, to: tuple[str, str]) -> Page:
        """A page of the list; to: what stands before articles, the address of the next page."""
        up, following = to
        last = last_page(listing.posts, county.per_page)
        rows = "\n".join(
            f'<li id="line_u5_{at}">{anchor(up + self.article(county, listing, post), post.title)}'
            f"<span>{post.date.replace('-', '.')}</span></li>"
            for at, post in enumerate(numbered(listing.posts, page, county.per_page))
        )
        stale = f'<span class="p_next p_fun"><a href="{STALE}.htm">下页</a></span>'
        body = (
            f'<ul class="list">\n{rows}\n<!-- <li id="line_u5_9"><a href="/info/1/{STALE}.htm">'
            f"2009</a></li> {stale} -->\n</ul>\n"
            f"{self._pager(len(listing.posts), (page, last), following)}"
        )
        head = '<script src="/system/resource/js/counter.js"></script>\n'
        return text_page(self.page(county, "政府信息公开年报", body, head))

    def _pager(self, rows: int, place: tuple[int, int], following: str) -> str:
        """How many rows there are, which page of how many this is, the way to the next."""
        page, last = place
        turn = f'<a href="{following}" class="Next">下页</a>' if page < last else "下页"
        kind = "p_next p_fun" if page < last else "p_next_d p_fun_d"
        return (
            f'<span class="p_t">共{rows}条</span>'
            f'<span class="p_pages"><span class="p_no_d">{page}</span>'
            f'<span class="{kind}">{turn}</span></span><span class="p_t">{page}/{last}</span>'
        )

    def article_body(self, county: County, post: Post) -> str:
        """The body stands in `div#vsb_content`; a file is behind a script's address."""
        body = super().article_body(county, post).replace('id="zoom"', 'id="vsb_content"')
        query = f"urltype=news.DownloadAttachUrl&owner=1&wbfileid={post.number}"
        name = f"{post.title}.pdf"
        return f'{body}\n<p>附件【<a href="{DOWNLOAD}?{query}" target="_blank">{name}</a>】</p>'


class VsbClassic(Vsb):
    """The same with the pager of before: a table, `td#fanye195`, `a.Next`."""

    def _pager(self, rows: int, place: tuple[int, int], following: str) -> str:
        page, last = place
        off = '<span class="{}Disabled">{}</span>'.format
        turn = (
            f'<a href="{following}" class="Next">下页</a>' if page < last else off("Next", "下页")
        )
        return (
            f'<table><tr><td nowrap id="fanye195">共{rows}条&nbsp;&nbsp;{page}/{last}&nbsp;</td>'
            f"<td nowrap>{off('Prev', '首页')}{turn}</td></tr></table>"
        )


class VsbTree(Vsb):
    """The same without static pages: `list.jsp?urltype=tree.TreeTempUrl&wbtreeid=N`."""

    def column(self, county: County, listing: Listing) -> str:
        """`/list.jsp?urltype=tree.TreeTempUrl&wbtreeid=1022`."""
        return f"/list.jsp?urltype=tree.TreeTempUrl&wbtreeid={_tree_id(listing)}"

    def article(self, county: County, listing: Listing, post: Post) -> str:
        """`/content.jsp?urltype=news.NewsContentUrl&wbtreeid=1022&wbnewsid=976112`."""
        return (
            f"/content.jsp?urltype=news.NewsContentUrl&wbtreeid={_tree_id(listing)}"
            f"&wbnewsid={post.number}"
        )

    def lists(self, county: County, listing: Listing) -> Routes:
        """One address for all lists, one for all articles."""
        return {
            (county.host, "/list.jsp"): partial(self._list, county),
            (county.host, "/content.jsp"): partial(self._show, county),
            (county.host, DOWNLOAD): _download,
        }

    def articles(self, county: County, listing: Listing) -> Routes:
        """Nothing more."""
        return {}

    def _list(self, county: County, asked: Asked) -> Page:
        listing = _of_tree(county, asked)
        if listing is None:
            return not_found()
        page, last = asked.number("PAGENUM", 1), last_page(listing.posts, county.per_page)
        tree = f"urltype=tree.TreeTempUrl&wbtreeid={_tree_id(listing)}"
        following = f"?totalpage={last}&PAGENUM={page + 1}&{tree}"
        return self._list_page(county, listing, page, ("", following))

    def _show(self, county: County, asked: Asked) -> Page:
        listing = _of_tree(county, asked)
        for post in listing.posts if listing else ():
            if str(post.number) == asked.first("wbnewsid"):
                return self.article_page(county, county.listings[0], post)
        return not_found()


def _tree_id(listing: Listing) -> int:
    return 1022 + place_of(listing)


def _of_tree(county: County, asked: Asked) -> Listing | None:
    wanted = asked.first("wbtreeid")
    return next((each for each in county.listings if str(_tree_id(each)) == wanted), None)


def _download(asked: Asked) -> Page:
    """The file, for those who come from its page."""
    if "/info/" in asked.headers.get("referer", "") or "content.jsp" in asked.headers["referer"]:
        return pdf(asked.first("wbfileid"))
    return text_page("<html><body>请输入验证码<input name='code'></body></html>")


SKELETONS: dict[str, Skeleton] = {
    "vsb": Vsb(),
    "vsb_classic": VsbClassic(),
    "vsb_tree": VsbTree(),
}
