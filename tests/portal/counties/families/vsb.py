"""博达 VSB (portals.md F4): pages are numbered downwards, so page 2 of 3 is `2.htm`."""

from __future__ import annotations

from typing import ClassVar

from tests.portal.counties.county import County, Listing, Post
from tests.portal.counties.families.base import Skeleton, last_page, numbered
from tests.portal.pages import Routes, anchor, text_page


class Vsb(Skeleton):
    """`…/zfxxgknb.htm`, then `…/zfxxgknb/2.htm`, `…/zfxxgknb/1.htm`."""

    family: ClassVar[str] = "vsb"

    def column(self, county: County, listing: Listing) -> str:
        """`/zfxxgk/czj/zfxxgknb.htm`."""
        return f"/zfxxgk/{listing.slug}/zfxxgknb.htm"

    def article(self, county: County, listing: Listing, post: Post) -> str:
        """`/info/11972/976112.htm`."""
        return f"/info/{11000 + len(listing.slug)}/{post.number}.htm"

    def lists(self, county: County, listing: Listing) -> Routes:
        """Page p of N at `{name}/{N-p+1}.htm`; the first at `{name}.htm`."""
        last = last_page(listing.posts, county.per_page)
        stem = self.column(county, listing).removesuffix(".htm")
        name = stem.rpartition("/")[2]
        found: Routes = {}
        for page in range(1, last + 1):
            up = "" if page == 1 else "../"
            rows = "\n".join(
                f"<li>{anchor(up + '../..' + self.article(county, listing, post), post.title)}"
                f"<span>{post.date.replace('-', '.')}</span></li>"
                for post in numbered(listing.posts, page, county.per_page)
            )
            following = f"{name}/{last - page}.htm" if page == 1 else f"{last - page}.htm"
            turn = f'<a href="{following}" class="Next">下页</a>' if page < last else "下页"
            kind = "p_next p_fun" if page < last else "p_next_d p_fun_d"
            body = (
                f'<ul class="list">\n{rows}\n</ul>\n<span class="p_pages">'
                f'<span class="p_no_d">{page}</span><span class="{kind}">{turn}</span></span>'
                f'<span class="p_t">{page}/{last}</span>'
            )
            head = '<script src="/system/resource/js/counter.js"></script>\n'
            text = self.page(county, "政府信息公开年报", body, head)
            path = f"{stem}.htm" if page == 1 else f"{stem}/{last - page + 1}.htm"
            found[county.host, path] = text_page(text)
        return found

    def article_body(self, county: County, post: Post) -> str:
        """The body stands in `div#vsb_content`."""
        return super().article_body(county, post).replace('id="zoom"', 'id="vsb_content"')


SKELETONS: dict[str, Skeleton] = {"vsb": Vsb()}
