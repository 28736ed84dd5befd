"""What a skeleton is: a CMS that can serve a county's columns."""

from __future__ import annotations

from html import escape
from typing import ClassVar

from tests.portal.counties.county import County, Listing, Post
from tests.portal.pages import Page, Routes, text_page
from tests.portal.render import body_html

#: Part of every address that is to be left alone: rows and pagers in comments.
STALE = "9999999"


class Skeleton:
    """A CMS. A subclass says where lists and articles stand and what a list page is.

    Attributes:
        family: The name in `crawler.families.FAMILIES` that fits it.
        params: What a registry must say of such a column; most families need nothing.
    """

    family: ClassVar[str]
    params: ClassVar[dict[str, str | int]] = {}

    def column(self, county: County, listing: Listing) -> str:
        """Path, and query if need be, of a column."""
        raise NotImplementedError

    def article(self, county: County, listing: Listing, post: Post) -> str:
        """Path, and query if need be, of an article."""
        raise NotImplementedError

    def lists(self, county: County, listing: Listing) -> Routes:
        """Every list page and endpoint of a column, by (host, path)."""
        raise NotImplementedError

    def articles(self, county: County, listing: Listing) -> Routes:
        """The articles of a column; rendered when they are asked for."""
        return {
            (county.host, self.article(county, listing, post)): (
                lambda _, post=post: self.article_page(county, listing, post)
            )
            for post in listing.posts
        }

    def article_page(self, county: County, listing: Listing, post: Post) -> Page:
        """The page of one report."""
        return text_page(self.page(county, post.title, self.article_body(county, post)))

    def article_body(self, county: County, post: Post) -> str:
        """The article as the family frames it."""
        return f'<h1>{escape(post.title)}</h1>\n<div id="zoom">\n{body_html(post.report)}\n</div>'

    def page(self, county: County, title: str, body: str, head: str = "") -> str:
        """A page of the site around any body."""
        return (
            "<!DOCTYPE html>\n<html>\n<head>\n<meta charset='utf-8'>\n"
            f"<title>{escape(title)}-{county.name}人民政府</title>\n"
            f'<meta name="SiteName" content="{county.name}人民政府">\n'
            f'<meta name="SiteIDCode" content="{county.code}0001">\n{head}</head>\n<body>\n'
            '<div class="nav"><a href="/">网站首页</a> <a href="/zwgk/">政务公开</a></div>\n'
            f"{body}\n"
            '<div class="footer"><a href="/about.pdf">网站说明</a>　版权所有'
            f"　网站标识码：{county.code}0001</div>\n</body>\n</html>\n"
        )


def place_of(listing: Listing) -> int:
    """Which of its county's columns this is: 0, 1, 2."""
    return listing.posts[0].number // 1000 % 10


def numbered(posts: tuple[Post, ...], page: int, size: int) -> tuple[Post, ...]:
    """The posts on a page, counted from 1."""
    return posts[(page - 1) * size : page * size]


def last_page(posts: tuple[Post, ...], size: int) -> int:
    """How many pages there are, at least one."""
    return max(1, -(-len(posts) // size))
