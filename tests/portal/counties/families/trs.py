"""TRS WCM and its variants (portals.md F1): one list, told in many ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from tests.portal.counties.county import County, Listing, Post
from tests.portal.counties.families.base import STALE, Skeleton, last_page, numbered, place_of
from tests.portal.pages import Page, Routes, anchor, shortened, text_page
from tests.portal.pdf import report_pdf

#: What is answered beyond the last page.
Beyond = Callable[[list[Page]], Page]


@dataclass(frozen=True)
class Trs(Skeleton):
    """One way of it.

    Attributes:
        first: What the first page is called beside the folder itself.
        other: What the others are called, `{}` for their number.
        start: Which number page two has, less one.
        pager: How many pages there are and which this is, from 0, as a script says it.
        name: Path of an article from its post, below the column.
        base: Whether pages have a `<base href>` that their links are relative to.
        beyond: What is answered at the number after the last; None for 404.
    """

    family: ClassVar[str] = "trs"
    first: str = ""
    other: str = "index_{}.html"
    start: int = 0
    pager: str = 'createPageHTML({total},{current},"index","html");'
    name: str = "{month}/t{day}_{number}.html"
    base: bool = False
    beyond: Beyond | None = None

    def column(self, county: County, listing: Listing) -> str:
        """`/zwgk/czj/zfxxgknb_49029/`."""
        return f"{self._folder(listing)}{self.first}"

    def article(self, county: County, listing: Listing, post: Post) -> str:
        """`…/202101/t20210129_8843800.html`."""
        return self._folder(listing) + self._name(listing, post)

    def lists(self, county: County, listing: Listing) -> Routes:
        """The first page, and page p at `index_{p - 1 + start}`."""
        last = last_page(listing.posts, county.per_page)
        folder = self._folder(listing)
        made = [text_page(self._text(county, listing, page, last)) for page in range(1, last + 1)]
        paths = [self.other.format(page - 1 + self.start) for page in range(2, last + 1)]
        found: Routes = {
            (county.host, folder + path): page
            for path, page in zip([self.first, *paths], made, strict=True)
        }
        if self.beyond:
            found[county.host, folder + self.other.format(last + self.start)] = self.beyond(made)
        return found

    def article_page(self, county: County, listing: Listing, post: Post) -> Page:
        """The oldest report is a PDF, and the list's row is the file itself."""
        if not _is_file(listing, post):
            return super().article_page(county, listing, post)
        # Its title in plain bytes is for people who look.
        file = report_pdf(post.report) + f"\n% {post.title}\n".encode()
        return Page(file, content_type="application/pdf")

    def _folder(self, listing: Listing) -> str:
        return f"/zwgk/{listing.slug}/zfxxgknb_{49000 + place_of(listing)}/"

    def _name(self, listing: Listing, post: Post) -> str:
        day = post.date.replace("-", "")
        if _is_file(listing, post):
            return f"P0{day}{post.number:09d}.pdf"
        return self.name.format(month=day[:6], day=day, number=post.number)

    def _text(self, county: County, listing: Listing, page: int, last: int) -> str:
        shown = numbered(listing.posts, page, county.per_page)
        rows = [self._row(listing, post) for post in shown]
        name = self._name(listing, listing.posts[0])
        wap, stale = name.replace(".", "_wap."), name.replace(str(listing.posts[0].number), STALE)
        rows.append(f"<li>{anchor(f'./{wap}', shown[0].title)}</li>" if page == 1 else "")
        rows.append(f"<!-- <li><a href='./{stale}'>{listing.agency}2010年年度报告</a></li> -->")
        current = page - 1 + self.start
        script = self.pager.format(total=last, current=current)
        old = f"<script>createPageHTML(9,{current},'{STALE}','html');</script>"
        body = (
            f"<!-- {old} -->\n<ul class='list'>\n" + "\n".join(rows) + "\n</ul>\n"
            f"<div class='TRS_Editor'></div>\n<script>\n// createPageHTML(8,0,'{STALE}','html');\n"
            f"{script}\n</script>"
        )
        head = f'<base href="{self._folder(listing)}">\n' if self.base else ""
        return self.page(county, "政府信息公开年报", body, head)

    def _row(self, listing: Listing, post: Post) -> str:
        link = anchor(f"./{self._name(listing, post)}", shortened(post.title), post.title)
        return f"<li>{link}<span>{post.date}</span></li>"


def _is_file(listing: Listing, post: Post) -> bool:
    return len(listing.posts) > 1 and post is listing.posts[-1]


def _stub(made: list[Page]) -> Page:
    """Status 200 and some 300 bytes without a row."""
    return text_page(
        "<!DOCTYPE html><html><head><meta charset='utf-8'><title>提示</title></head><body>"
        f"<div class='tip'>{'您访问的页面不存在。' * 8}</div><a href='/'>返回首页</a></body></html>"
    )


#: One-based, and its name told by the address of the column: Shanxi, Panzhihua, Shanghai.
_SHTML = {"first": "index.shtml", "other": "index_{}.shtml", "start": 1}
_LONG = "t0035_{number}.html"

SKELETONS: dict[str, Skeleton] = {
    "trs": Trs(base=True),
    "trs_chongqing": Trs(pager='createPage({total},{current},"index","html");'),
    "trs_shanxi": Trs(
        **_SHTML,  # type: ignore[arg-type]
        pager='createPageHTML({total}, {current}, "index", "shtml");',
    ),
    "trs_panzhihua": Trs(**_SHTML, pager="var countPage = {total};"),  # type: ignore[arg-type]
    "trs_yanan": Trs(
        first="1.html", other="{}.html", start=1, pager="$('#page').page({{pageCount:{total}}});"
    ),
    "trs_guangxi": Trs(pager="var maxPage = parseInt('{total}');", name="t{number}.shtml"),
    "trs_shanghai": Trs(**_SHTML, pager="", name=_LONG),  # type: ignore[arg-type]
    "trs_stub": Trs(pager="", beyond=_stub),
    "trs_again": Trs(pager="var pages = parseInt('{total}');", beyond=lambda made: made[0]),
    "trs_endless": Trs(pager="", beyond=lambda made: made[0]),
}
