"""A page's own names: the tags of the government's guide for sites, its title and heading."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..families.base import Tree

_SITE_TAIL = re.compile(r"(?:人民)?政府(?:门户)?(?:网站?)?$|门户网站$|政务网$")


def meta_of(tree: Tree) -> dict[str, str]:
    """The page's own names: SiteName, SiteIDCode, ColumnName, ArticleTitle, title, h1."""
    found: dict[str, str] = {}
    wanted = ("sitename", "siteidcode", "columnname", "articletitle")
    for element in tree.iter("meta"):
        name, said = str(element.get("name") or "").lower(), str(element.get("content") or "")
        if name in wanted and said.strip() and said.strip().lower() != "null":
            found.setdefault(name, " ".join(said.split()))
    for tag in ("title", "h1"):
        for element in tree.iter(tag):
            found.setdefault(tag, " ".join(element.text_content().split()))
    return found


def site_name(meta: Mapping[str, str]) -> str:
    """The site's own name without 人民政府门户网站: its region or agency."""
    said = meta.get("sitename") or re.split(r"[-_|—]", meta.get("title", ""))[-1]
    return _SITE_TAIL.sub("", said.strip())
