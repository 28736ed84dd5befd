"""epoint 新点 (portals.md F11) and Hebei's platform (F12): both name everything by UUIDs."""

from __future__ import annotations

from typing import ClassVar

from tests.portal import pages
from tests.portal.counties.county import County, Listing, Post
from tests.portal.counties.families.base import Skeleton, last_page, numbered
from tests.portal.figures import dice
from tests.portal.pages import Asked, Page, Routes, anchor, text_page


class Epoint(Skeleton):
    """`/zwgk/002005/002005002/`, then `2.html`; nothing says how many there are."""

    family: ClassVar[str] = "epoint"

    def __init__(self, *, repeats: bool = False) -> None:
        """Make it.

        Args:
            repeats: Beyond the end is the first page again, not 404.
        """
        self._repeats = repeats

    def column(self, county: County, listing: Listing) -> str:
        """Directories of category digits."""
        category = f"002005{ord(listing.slug[0]) % 10:03d}"
        return f"/zwgk/002005/{category}/"

    def article(self, county: County, listing: Listing, post: Post) -> str:
        """`…/YYYYMMDD/<uuid>.html`."""
        day = post.date.replace("-", "")
        return f"{self.column(county, listing)}{day}/{post.uuid}.html"

    def lists(self, county: County, listing: Listing) -> Routes:
        """The pages there are, and the first once more if that is the site's way."""
        found: Routes = {}
        last = last_page(listing.posts, county.per_page)
        for page in range(1, last + 1):
            rows = "\n".join(
                f'<li class="ewb-list-node">{anchor(self.article(county, listing, post), "", "")}'
                f"{anchor(self.article(county, listing, post), post.title)}"
                f'<span class="ewb-list-date">{post.date}</span></li>'
                for post in numbered(listing.posts, page, county.per_page)
            )
            text = self.page(county, "政府信息公开年报", f'<ul class="ewb-list">\n{rows}\n</ul>')
            name = "" if page == 1 else f"{page}.html"
            found[county.host, self.column(county, listing) + name] = text_page(text)
        if self._repeats:
            column = self.column(county, listing)
            found[county.host, f"{column}{last + 1}.html"] = found[county.host, column]
        return found


class Hebei(Skeleton):
    """`/columns/<uuid>/index.html`: its rows are blocks of HTML, page by page.

    Traps: beyond the end is an empty fragment; blocks of other columns stand in the page.
    """

    family: ClassVar[str] = "hebei"

    def column(self, county: County, listing: Listing) -> str:
        """`/columns/<uuid>/index.html`."""
        return f"/columns/{_uuid(county, listing, 'column')}/index.html"

    def article(self, county: County, listing: Listing, post: Post) -> str:
        """`/columns/<uuid>/YYYYMM/DD/<uuid>.html`."""
        year, month, day = post.date.split("-")
        return f"/columns/{_uuid(county, listing, 'column')}/{year}{month}/{day}/{post.uuid}.html"

    def lists(self, county: County, listing: Listing) -> Routes:
        """The column and its block."""
        block = (
            f"/columns/{_uuid(county, listing, 'column')}/templates/"
            f"{_uuid(county, listing, 'template')}/blocks/{_uuid(county, listing, 'block')}"
        )
        # News beside the list: not this column's, and not there any more.
        other = f"/columns/{_uuid(county, listing, 'news')}{block[45:]}"
        body = (
            f"<div class='list'></div>\n<script>\nload('{block}?page=1&fix=0');\n"
            f"side('{other}?page=1&fix=0');\n</script>"
        )
        text = self.page(county, "政府信息公开年报", body)

        def answer(asked: Asked) -> Page:
            if asked.first("fix") != "0":
                return pages.not_found()
            shown = numbered(listing.posts, asked.number("page", 1), county.per_page)
            rows = "\n".join(
                f"<li><p>{anchor(self.article(county, listing, post), post.title, post.title)}</p>"
                f"<p>{post.date}</p></li>"
                for post in shown
            )
            return text_page(f"<ul>\n{rows}\n</ul>" if shown else "")

        return {
            (county.host, self.column(county, listing)): text_page(text),
            (county.host, block): answer,
        }


def _uuid(county: County, listing: Listing, what: str) -> str:
    text = f"{dice('uuid', county.number, listing.slug, what).getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


SKELETONS: dict[str, Skeleton] = {
    "epoint": Epoint(),
    "epoint_repeats": Epoint(repeats=True),
    "hebei": Hebei(),
}
