"""A county's home page and the pages between it and the columns."""

from __future__ import annotations

from tests.portal.counties.county import County, Listing
from tests.portal.counties.families.base import Skeleton
from tests.portal.pages import Page, Routes, anchor, text_page


def ways(county: County, skeleton: Skeleton) -> Routes:
    """Home page → 政府信息公开 → the government's column; → 部门 and 乡镇 → theirs."""
    host = county.host

    def page(title: str, *links: tuple[str, str]) -> Page:
        items = "\n".join(f"<li>{anchor(href, text)}</li>" for href, text in links)
        return text_page(skeleton.page(county, title, f"<ul>\n{items}\n</ul>"))

    def office(listing: Listing) -> tuple[tuple[str, str], ...]:
        column = skeleton.column(county, listing)
        return (
            (f"/{listing.slug}/zn.html", "政府信息公开指南"),
            (f"/{listing.slug}/zd.html", "政府信息公开制度"),
            (f"/{listing.slug}/fdzdgk/", "法定主动公开内容"),
            (column, "政府信息公开年报"),
        )

    by_slug = {listing.slug: listing for listing in county.listings}
    found: Routes = {}
    home = page(
        f"{county.name}人民政府",
        ("/xwzx/", "新闻中心"), ("/zwgk/", "政务公开"), ("/bsfw/", "办事服务"),
        ("http://www.example.invalid/", "友情链接"),
    )  # fmt: skip
    pages = {
        "/": home,
        "/zwgk/": page("政务公开", ("/zwgk/xxgk/", "政府信息公开"), ("/zwgk/zcwj/", "政策文件")),
        "/zwgk/xxgk/": page(
            "政府信息公开", *office(by_slug["szf"]),
            ("/zwgk/bm/", "部门信息公开"), ("/zwgk/xz/", "乡镇街道信息公开"),
        ),
        "/zwgk/bm/": page("部门", ("/czj/", by_slug["czj"].agency)),
        "/zwgk/xz/": page("乡镇街道", ("/zhen/", "样板镇")),
        "/czj/": page("财政局", *office(by_slug["czj"])),
        "/zhen/": page("样板镇", *office(by_slug["zhen"])),
    }  # fmt: skip
    for path, made in pages.items():
        found[host, path] = made
    return found
