"""A county's whole site: its columns, its home page and the way from one to the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.portal import pages
from tests.portal.counties.county import County, Listing
from tests.portal.counties.families import SKELETONS
from tests.portal.counties.home import ways
from tests.portal.pages import Routes
from tests.portal.server import Portal


def routes(county: County) -> Routes:
    """Everything that a county's site answers."""
    skeleton = SKELETONS[county.kind]
    found: Routes = {(county.host, "/robots.txt"): pages.robots("User-agent: *\nAllow: /\n")}
    found |= ways(county, skeleton)
    for listing in county.listings:
        found |= skeleton.lists(county, listing)
        found |= skeleton.articles(county, listing)
    return found


def serve(counties: Sequence[County], **options: Any) -> Portal:
    """The counties' sites as one portal, its hosts in their order; options as for `Portal`."""
    served: Routes = {}
    for county in counties:
        served |= routes(county)
    return Portal(hosts=[county.host for county in counties], served=served, **options)


def expected(county: County, port: int) -> dict[str, dict[str, list[str]]]:
    """What a crawl must find: address of each column → addresses of its reports by title."""
    skeleton, base = SKELETONS[county.kind], f"http://{county.host}:{port}"
    return {
        base + skeleton.column(county, listing): {
            post.title: [base + skeleton.article(county, listing, post)] for post in listing.posts
        }
        for listing in county.listings
    }


def registry(
    counties: Sequence[County], port: int, *, slugs: Sequence[str] = (), head: str = ""
) -> str:
    """A registry's TOML for these counties.

    Args:
        counties: Whose columns.
        port: The portal's port.
        slugs: Which columns of each; all if none is named.
        head: Lines before the tables, instead of `delay = 0` and `recheck_days = 0`.
    """
    text = 'name = "counties"\nfiction = true\ncontact = "https://nianbao.invalid/about"\n'
    text += head or "delay = 0\nrecheck_days = 0\n"
    for county in counties:
        for listing in county.listings:
            if not slugs or listing.slug in slugs:
                text += _entry(county, listing, port)
    return text


def _entry(county: County, listing: Listing, port: int) -> str:
    skeleton = SKELETONS[county.kind]
    column = f"http://{county.host}:{port}{skeleton.column(county, listing)}"
    agency = listing.agency if len({post.agency for post in listing.posts}) == 1 else ""
    lines = [
        f"[portals.county{county.number}-{listing.slug}]",
        f'agency = "{agency}"',
        f'region = "{county.code}"',
        f'region_name = "示例省 {county.name}"',
        f'column = "{column}"',
        f'family = "{skeleton.family}"',
        f'hosts = ["{county.host}"]',
        f"expect_reports = {len(listing.posts)}",
    ]
    if skeleton.params:
        pairs = ", ".join(f"{key} = {value!r}" for key, value in skeleton.params.items())
        lines.append(f"params = {{ {pairs} }}")
    return "\n".join(lines) + "\n"
