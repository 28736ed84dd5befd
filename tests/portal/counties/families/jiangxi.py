"""The Jiangxi platform (portals.md F7): POST /queryList, the list in a script, plain columns."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from tests.portal import pages
from tests.portal.counties.county import County, Listing, Post
from tests.portal.counties.families.base import Skeleton, last_page, numbered
from tests.portal.pages import Asked, Page, Routes, anchor, shortened, text_page


class _Site(Skeleton):
    """What the variants share: one site code, a base, two forms of articles."""

    family: ClassVar[str] = "jiangxi"
    site: ClassVar[str] = "slxrmzf"

    def article(self, county: County, listing: Listing, post: Post) -> str:
        """`/{site}/{col}/pc/content/{19 digits}/content_{same}.html`, the older ones in hex."""
        if post.year < 2022:
            folder = f"/{self.site}/{listing.slug}{post.year}nb"
            return f"{folder}/{post.date[:7].replace('-', '')}/{post.hex}.shtml"
        folder = f"/{self.site}/{listing.slug}{post.year}nf"
        return f"{folder}/pc/content/{post.long}/content_{post.long}.html"

    def _page(self, county: County, body: str) -> Page:
        base = f'<base href="/{self.site}/">\n'
        return text_page(self.page(county, "政府信息公开年报", body, base))

    def _relative(self, county: County, listing: Listing, post: Post) -> str:
        return self.article(county, listing, post).removeprefix(f"/{self.site}/")


class Jiangxi(_Site):
    """`/{site}/{channel}/pc/list.html`: rows of several years' channels by POST /queryList.

    Traps: the endpoint is at the root whatever the base says; it refuses what is not the
    page's own script; `urls` is JSON in a text.
    """

    def column(self, county: County, listing: Listing) -> str:
        """`/zssrmzf/czj2023nf/pc/list.html`."""
        return f"/{self.site}/{listing.slug}zfxxgknb/pc/list.html"

    def channels(self, listing: Listing) -> list[str]:
        """A channel for each year."""
        years = sorted({post.year for post in listing.posts}, reverse=True)
        return [f"{listing.slug}{year}n{'b' if year < 2022 else 'f'}" for year in years]

    def lists(self, county: County, listing: Listing) -> Routes:
        """The empty page, and the endpoint that all columns share."""
        codes = ", ".join(f"'{channel}'" for channel in self.channels(listing))
        body = (
            '<ul id="list"></ul>\n<script type="text/x-handlebars-template">'
            '{{#each results}}<li><a href="{{urls.pc}}">{{title}}</a></li>{{/each}}</script>\n'
            "<script>\nvar params = {current: 1, unitid: '440', "
            f"webSiteCode: ['{self.site}'], channelCode: [{codes}], perPage: '15'}};\n"
            "loadPageData(params, '1');\n</script>"
        )
        return {
            (county.host, self.column(county, listing)): self._page(county, body),
            (county.host, "/queryList"): lambda asked: self._query(asked, county),
        }

    def _query(self, asked: Asked, county: County) -> Page:
        if asked.method != "POST":
            return pages.not_found()
        if asked.headers.get("x-requested-with") != "XMLHttpRequest":
            return text_page("forbidden", status=403, content_type="text/plain")
        wanted = {value for name, value in asked.form if name == "channelCode[]"}
        rows = [
            {"source": self._source(county, listing, post)}
            for listing in county.listings
            for post in listing.posts
            if f"{listing.slug}{post.year}n{'b' if post.year < 2022 else 'f'}" in wanted
        ]
        size, page = asked.number("pageSize", 15), asked.number("current", 1)
        shown = rows[(page - 1) * size : page * size] or None
        reply = {"code": 200, "data": {"total": len(rows), "results": shown}}
        return text_page(json.dumps(reply, ensure_ascii=False), content_type="application/json")

    def _source(self, county: County, listing: Listing, post: Post) -> dict[str, Any]:
        return {
            "title": post.title,
            "showTitle": shortened(post.title),
            "pubDate": f"{post.date} 08:30:00",
            "urls": json.dumps({"pc": self._relative(county, listing, post), "wap": ""}),
            "content": {"content": "<p>……</p>"},
        }


class Column(_Site):
    """`/{site}/col/colN/index.html`: plain rows whose links obey the base, `?uid=&pageNum=`."""

    def column(self, county: County, listing: Listing) -> str:
        """`/yzqrmzf/col/col44/index.html`."""
        return f"/{self.site}/col/col44{ord(listing.slug[0])}/index.html"

    def lists(self, county: County, listing: Listing) -> Routes:
        """One route; the page is in the query."""
        column = self.column(county, listing)
        last = last_page(listing.posts, county.per_page)

        def answer(asked: Asked) -> Page:
            page = asked.number("pageNum", 1)
            rows = "\n".join(
                f"<li>{anchor(self._relative(county, listing, post), post.title)}"
                f"<span>{post.date}</span></li>"
                for post in numbered(listing.posts, page, county.per_page)
            )
            following = anchor(f"{column}?uid=440&amp;pageNum={page + 1}", "下一页 >")
            turn = following if page < last else "<span>下一页 ></span>"
            return self._page(county, f"<ul>\n{rows}\n</ul>\n<div class='pages'>{turn}</div>")

        return {(county.host, column): answer}


class Script(_Site):
    """Zigong: the whole list in a script, files with their own domain and path."""

    def column(self, county: County, listing: Listing) -> str:
        """`/zgs/czjnb/pc/list.html`."""
        return f"/{self.site}/{listing.slug}nb/pc/list.html"

    def file(self, listing: Listing, post: Post) -> str:
        """Path of a file that only the script names; every second year has one."""
        return f"/files/{listing.slug}/{post.number}.pdf" if post.year % 2 else ""

    def lists(self, county: County, listing: Listing) -> Routes:
        """One page."""
        rows = [self._source(county, listing, post) for post in listing.posts]
        body = (
            "<ul id='list'></ul>\n<script>\nvar articleList = "
            f"{json.dumps(rows, ensure_ascii=False)};\nrender(articleList);\n</script>"
        )
        return {(county.host, self.column(county, listing)): self._page(county, body)}

    def articles(self, county: County, listing: Listing) -> Routes:
        """Articles, and the files that the script names."""
        found = super().articles(county, listing)
        for post in listing.posts:
            if self.file(listing, post):
                found[county.host, self.file(listing, post)] = pages.pdf(post.title)
        return found

    def _source(self, county: County, listing: Listing, post: Post) -> dict[str, Any]:
        file = self.file(listing, post)
        files = {
            "fileName": f"{post.title}.pdf", "filePath": file, "domainName": "",
            "fileId": str(post.number), "totalSize": 26624,
        }  # fmt: skip
        return {
            "id": post.long,
            "title": post.title,
            "pubDate": f"{post.date} 08:30:00",
            "urls": json.dumps({"pc": self.article(county, listing, post)}),
            "articleFiles": [files] if file else [],
        }


SKELETONS: dict[str, Skeleton] = {
    "jiangxi": Jiangxi(),
    "jiangxi_col": Column(),
    "jiangxi_script": Script(),
}
