"""Guangdong's gkmlpt and its static sibling NFCMS (portals.md F5)."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from tests.portal import pages
from tests.portal.counties.county import County, Listing, Post
from tests.portal.counties.families.base import Skeleton, last_page, numbered
from tests.portal.pages import Asked, Page, Routes, anchor, text_page

PAGE_SIZE = 100
#: Rows of other things that the government's column has before its last reports.
_OTHERS = 98


class Gkmlpt(Skeleton):
    """`/{dept}/gkmlpt/annualreport#{catId}`: an empty page; the API has the rows.

    Traps: page 0 is page 1, beyond the end is 404, the fragment is all that names the
    category, some attachments are named in the JSON alone, rows that are no reports fill
    the first page.
    """

    family: ClassVar[str] = "gkmlpt"

    def __init__(self, *, index: bool = False) -> None:
        """Make it.

        Args:
            index: The column is `/gkmlpt/index`, without a fragment: TREE has the category.
        """
        self._index = index

    def column(self, county: County, listing: Listing) -> str:
        """`/qczj/gkmlpt/annualreport#2473`, or `/qczj/gkmlpt/index`."""
        name = "index" if self._index else f"annualreport#{self.category(listing)}"
        return f"/{listing.slug}/gkmlpt/{name}"

    def category(self, listing: Listing) -> int:
        """Number of the category of reports."""
        return 2400 + ord(listing.slug[0])

    def article(self, county: County, listing: Listing, post: Post) -> str:
        """`/gkmlpt/content/9/9103/post_9103540.html`."""
        whole = post.number
        return f"/{listing.slug}/gkmlpt/content/{whole // 10**6}/{whole // 1000}/post_{whole}.html"

    def file(self, listing: Listing, post: Post) -> str:
        """Path of a file that only the JSON names; every second year has one."""
        return f"/{listing.slug}/gkmlpt/attachment/0/{post.number}.pdf" if post.year % 2 else ""

    def lists(self, county: County, listing: Listing) -> Routes:
        """The page with `_CONFIG`, and the API."""
        host, sid = county.host, f"755{county.number:03d}"
        tree = [
            {"id": 1, "name": "机构职能", "children": []},
            {
                "id": 2,
                "name": "政府信息公开年报",
                "children": []
                if not self._index
                else [
                    {"id": 9001, "name": "政府网站年度报表", "children": []},
                ],
            },
        ]
        tree[1]["id"] = self.category(listing)
        config = (
            "<script>\nwindow._CONFIG = {\n  SITE_TITLE: '政府信息公开平台',\n"
            f"  SID: '{sid}',\n  TREE: {json.dumps(tree, ensure_ascii=False)},\n}};\n</script>"
        )
        text = self.page(county, "政府信息公开平台", f'<div id="app"></div>\n{config}')
        path = f"/{listing.slug}/gkmlpt/"
        api = f"{path}api/all/{self.category(listing)}"
        rows = [self._entry(county, listing, post) for post in listing.posts]
        if listing.slug == "szf":
            others = [_other(county, listing, number) for number in range(_OTHERS)]
            rows = rows[:4] + others + rows[4:]
        name = self.column(county, listing).partition("#")[0]
        return {(host, name): text_page(text), (host, api): lambda asked: _api(asked, sid, rows)}

    def articles(self, county: County, listing: Listing) -> Routes:
        """Articles, and the files that the JSON names."""
        found = super().articles(county, listing)
        for post in listing.posts:
            if self.file(listing, post):
                found[county.host, self.file(listing, post)] = pages.pdf(post.title)
        return found

    def _entry(self, county: County, listing: Listing, post: Post) -> dict[str, Any]:
        file = self.file(listing, post)
        attachment = {
            "id": post.number, "name": f"{post.title}.pdf", "type": "1",
            "mime": "application/pdf", "size": "26624", "url": file,
        }  # fmt: skip
        return {
            "id": post.number,
            "title": post.title,
            "url": self.article(county, listing, post),
            "created_at": f"{post.date} 09:00:00",
            "publisher": post.agency,
            "identifier": f"{county.code}-{post.number}",
            "attachment": [attachment] if file else [],
        }


def _other(county: County, listing: Listing, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "title": f"{listing.agency}网站工作年度报表（{1900 + number}年度）",
        "url": f"/{listing.slug}/gkmlpt/content/0/0/post_{number}.html",
        "created_at": "2024-01-02 09:00:00",
        "attachment": None,
    }


def _api(asked: Asked, sid: str, rows: list[dict[str, Any]]) -> Page:
    page = max(1, asked.number("page", 1))
    shown = rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    if asked.first("sid") != sid or not shown:
        return pages.not_found()
    category = int(asked.path.rpartition("/")[2])
    answer = {"classify": {"id": category, "post_count": len(rows)}, "articles": shown}
    return text_page(json.dumps(answer, ensure_ascii=False), content_type="application/json")


class Nfcms(Skeleton):
    """`…/zfxxgkgzndbg/`, articles `content/post_N.html`.

    Traps: each row has a link to its mobile copy, which is no second report; a pager
    of numbers without the word 下一页.
    """

    family: ClassVar[str] = "nfcms"

    def column(self, county: County, listing: Listing) -> str:
        """`/zfxxgkml/xzrzyj/zfxxgkgzndbg/`."""
        return f"/zfxxgkml/{listing.slug}/zfxxgkgzndbg/"

    def article(self, county: County, listing: Listing, post: Post) -> str:
        """`…/content/post_N.html`."""
        return f"{self.column(county, listing)}content/post_{post.number}.html"

    def lists(self, county: County, listing: Listing) -> Routes:
        """`index.html`, `index_2.html` …."""
        last = last_page(listing.posts, county.per_page)
        names = ["", *(f"index_{page}.html" for page in range(2, last + 1))]
        found: Routes = {}
        for page, name in enumerate(names, 1):
            rows = "\n".join(
                f"<li>{anchor(f'content/post_{post.number}.html', post.title)}"
                f'<a href="content/mpost_{post.number}.html">手机版</a><em>{post.date}</em></li>'
                for post in numbered(listing.posts, page, county.per_page)
            )
            turn = " ".join(
                str(number) if number == page else anchor(f"./{other}", str(number))
                for number, other in enumerate(names, 1)
            )
            head = f"<script>var NFCMS_SITE_ID = '755{county.number:03d}';</script>\n"
            body = f"<ul>\n{rows}\n</ul>\n<div class='page'>{turn if last > 1 else ''}</div>"
            text = self.page(county, "政府信息公开工作年度报告", body, head)
            found[county.host, self.column(county, listing) + name] = text_page(text)
        return found


SKELETONS: dict[str, Skeleton] = {
    "gkmlpt": Gkmlpt(),
    "gkmlpt_index": Gkmlpt(index=True),
    "nfcms": Nfcms(),
}
