"""The Jiangxi platform (portals.md F7): rows from POST /queryList, a script, or the page."""

from __future__ import annotations

import re
from types import MappingProxyType
from urllib.parse import quote, urljoin, urlsplit

from .answers import Json
from .base import (
    TEXT_OR_NUMBER,
    Column,
    Fingerprint,
    ListError,
    ListPage,
    ListRequest,
    Param,
    Row,
    StaticFamily,
    Tree,
    absolute,
    base_url,
    parse,
    unique,
)
from .look import scripts_of
from .plain import article_rows, next_page

PAGE_SIZE = 15  # what the sites' own script asks for
_CODE = r"\b%s\s*:\s*(?:\[([^\]]{0,2000})\]|(['\"][^'\"]{0,200}['\"]))"
_SITE, _CHANNEL = re.compile(_CODE % "webSiteCode"), re.compile(_CODE % "channelCode")
_QUOTED = re.compile(r"['\"]([^'\"]{1,200})['\"]")
#: …/pc/content/{19 digits}/content_{same}.html, before 2026 …/2021nb/202203/{32 hex}.shtml.
_ARTICLE = re.compile(r"/content_\d+\.html$|/\d{6}/[0-9a-f]{32}\.s?html$")
_NOW = re.compile(r"/content/(\d{1,30})/content_\1\.html")
_LIST_NAME = "articleList"


class Jiangxi(StaticFamily):
    """Reads the codes from the page's script, then turns the pages of the search endpoint.

    Where the page has its list with it, in a script (Zigong) or as links, that is read.
    """

    params = MappingProxyType(
        {
            "webSiteCode": Param(TEXT_OR_NUMBER, "the site, where no script says it"),
            "channelCode": Param(
                TEXT_OR_NUMBER, "the channels, a comma between two, where no script says them"
            ),
        }
    )

    def parse_list(self, text: str, asked: ListRequest, portal: Column) -> ListPage:
        """Read the list page (its codes or rows) or an answer of the endpoint (its rows)."""
        return _answer(text, asked, portal) if asked.form else _page(text, asked, portal)

    def detect(self, text: str, url: str) -> Fingerprint | None:
        """By the codes in the script, the list in the script, or the forms of addresses."""
        tree = parse(text)
        if tree is None:
            return None
        scripts = scripts_of(tree)
        site, channels = _codes(_SITE, scripts), _codes(_CHANNEL, scripts)
        if site and channels:
            signs = ("webSiteCode and channelCode in a script",)
            params = {"webSiteCode": site[0], "channelCode": ",".join(channels)}
            return Fingerprint("jiangxi", 95, signs, params)
        listed = re.search(rf"\b{_LIST_NAME}\s*=\s*\[", scripts)
        if listed and '"pubDate"' in scripts[listed.end() :]:
            return Fingerprint("jiangxi", 93, ("the whole list in a script, articleList",))
        rows = article_rows(tree, base_url(tree, url), _ARTICLE)
        if any(_NOW.search(row.url) for row in rows):
            return Fingerprint("jiangxi", 90, ("articles are /content/N/content_N.html",))
        if rows and next(tree.iter("base"), None) is not None:
            return Fingerprint("jiangxi", 80, ("a base, articles are YYYYMM/hex.shtml",))
        return None


def _codes(pattern: re.Pattern[str], scripts: str) -> list[str]:
    found = pattern.search(scripts)
    return _QUOTED.findall(found[1] or found[2] or "") if found else []


def _page(text: str, asked: ListRequest, portal: Column) -> ListPage:
    tree = parse(text)
    scripts = "" if tree is None else scripts_of(tree)
    site, channels = _codes(_SITE, scripts), _codes(_CHANNEL, scripts)
    if "webSiteCode" in portal.params:
        site = [str(portal.params["webSiteCode"])]
    if "channelCode" in portal.params:
        channels = [code for code in str(portal.params["channelCode"]).split(",") if code]
    if tree is None or (site and channels):
        return _endpoint(tree, site, channels, asked)
    base = base_url(tree, asked.url)
    listed = _embedded(tree)
    if listed is not None:
        found = [(item, _row(item, base)) for item in listed.items()]
        rows = [row for _, row in found if row]
        return ListPage(unique(rows), (), len(found))
    plain = article_rows(tree, base, _ARTICLE)
    if not plain:
        raise ListError("the page names no webSiteCode and channelCode, and has no list with it")
    return ListPage(plain, next_page(tree, base, asked))


def _embedded(tree: Tree) -> Json | None:
    # As the scripts are: what looks like a comment may be in a title.
    found = (Json.embedded(script.text or "", _LIST_NAME) for script in tree.iter("script"))
    return next((each for each in found if each), None)


def _endpoint(
    tree: Tree | None, site: list[str], channels: list[str], asked: ListRequest
) -> ListPage:
    if not site or not channels:
        raise ListError("the page names no webSiteCode and channelCode")
    form = (
        ("current", "1"),
        ("pageSize", str(PAGE_SIZE)),
        ("webSiteCode[]", site[0]),
        # One column may show the channels of several years.
        *(("channelCode[]", channel) for channel in channels),
        ("sort", "sortNum"),
        ("order", "desc"),
    )
    # The script posts to the site's root, whatever path <base href> says.
    base = asked.url if tree is None else base_url(tree, asked.url)
    headers = (
        ("X-Requested-With", "XMLHttpRequest"),
        ("Referer", asked.url),
        ("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"),
    )
    return ListPage((), (ListRequest(urljoin(base, "/queryList"), form, headers),))


def _answer(text: str, asked: ListRequest, portal: Column) -> ListPage:
    data = Json.read(text, "/queryList").part("data")
    total = data.count("total")
    results = data.parts("results")
    # Rows obey the page's <base href>, which is the site's code.
    site = dict(asked.form).get("webSiteCode[]")
    base = urljoin(asked.url, f"/{quote(site)}/") if site else portal.column
    found = [_row(result.part("source"), base) for result in results]
    rows, number = unique([row for row in found if row]), asked.number
    if not results or number * PAGE_SIZE >= total:
        return ListPage(rows, (), total)
    form = tuple(
        (name, str(number + 1) if name == "current" else value) for name, value in asked.form
    )
    following = ListRequest(asked.url, form, asked.headers, number + 1)
    return ListPage(rows, (following,), total)


def _row(source: Json, base: str) -> Row | None:
    link = source.part("urls").text("pc") if source.has("urls") else ""
    address = absolute(base, link) if link else ""
    if not address:
        return None  # `total` counts it still, so the list will be short of it
    title = source.text("title") or source.text("showTitle")
    return Row(address, title, source.day("pubDate"), _files(source, base))


def _files(source: Json, base: str) -> tuple[tuple[str, str], ...]:
    """Zigong's articleFiles: each file has a domain, a path and a name."""
    if not source.has("articleFiles"):
        return ()
    found: dict[str, str] = {}
    for file in source.parts("articleFiles"):
        domain, path = file.text("domainName").rstrip("/"), file.text("filePath")
        if domain and not urlsplit(path).scheme:
            known = "://" in domain or domain.startswith("//")
            path = f"{domain if known else '//' + domain}/{path.lstrip('/')}"
        address = absolute(base, path) if path else ""
        if address:
            found.setdefault(address, file.text("fileName"))
    return tuple(found.items())
