"""Hubs: which links of a column lead to its sub-columns, by agency or by year.

Nothing is constructed: a year's folder may be `2023n/`, `2024n78/` or `gknb2018/`, and only
the page knows (portals.md §3.4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from .families.base import Row, Tree, absolute, base_url, parse, unique
from .links import is_chrome
from .places import folder, is_below, is_directory
from .registry import Portal
from .titles import has_year, judge

#: What an agency's name, or that of a group of agencies, ends with.
_AGENCY = re.compile(
    r"(?:局|委员会|委|办公室|办|厅|院|镇|乡|街道|办事处|政府|中心|公司|集团|支队|大队|总队|站|所|学校|"
    r"园区|开发区|示范区|管委会|银行|税务|气象|部门|单位|县|区|市|旗|苏木|农场|林场|联社|联合会|总会)$"
)
#: Names that end alike and are no agency's.
_SERVICE = re.compile(
    r"新闻|办事|互动|大厅|下载|数据|专题|微信|微博|登录|注册|地图|首页|主页|信箱|邮箱|智能|机器人|"
    r"客户端|访谈|热点|回应|栏目|关于|我们|帮助|领导|书记|市长|县长|区长"
)
_PAGER = re.compile(
    r"(?:首页|上一?页|下一?页|尾页|末页|前一?页|后一?页|第?\d{1,3}页?|更多|more|返回.*|跳转|go|[<>«»‹›.…\s]*)"
    r"[>»›]*",
    re.I,
)
_PAGE_NUMBER = re.compile(r"/(?:\w*_)?\d{1,3}\.\w+$")
_PLACE = re.compile(r"crumb|position|location|dqwz|curmb|weizhi|place", re.I)
_LONGEST = 40


def branches(text: str, url: str, portal: Portal, depth: int) -> tuple[Row, ...]:
    """Sub-columns that a page of a portal links to, in its order.

    Below the column's own folder, or below that of the page, every folder and list page is
    one. Elsewhere on its hosts only a hub has any, and only by the text of the link: the
    name of an agency or of a group of them, or a year.

    Args:
        text: The page, decoded.
        url: Its address.
        portal: Whose page it is.
        depth: How many levels below the column it is.
    """
    tree = parse(text)
    if tree is None:
        return ()
    base, own = base_url(tree, url), (folder(portal.column), folder(url))
    # An agency's page names its neighbours and its superiors: only the hub's own is believed.
    is_hub = portal.kind == "hub" and (not depth or is_below(url, own[0]))
    found = []
    for element, address in _pages(tree, base):
        title = _title(element)
        if not _may_be(title, address, url, portal):
            continue
        is_own = any(is_below(address, above) for above in own)
        is_year = portal.kind == "hub" and has_year(title) and _is_beside(address, url)
        if is_own or is_year or (is_hub and _is_named(title) and not _is_frame(element)):
            found.append(Row(address, title))
    return unique(found)


def _pages(tree: Tree, base: str) -> Iterator[tuple[Tree, str]]:
    """Links and choices of a menu that lead to a folder or a list."""
    for element in tree.iter("a", "option"):
        address = absolute(base, str(element.get("href") or element.get("value") or ""))
        if address and is_directory(address):
            yield element, address


def _title(element: Tree) -> str:
    return " ".join(str(element.get("title") or element.text_content()).split())


def _may_be(title: str, address: str, url: str, portal: Portal) -> bool:
    """Whether a link may be a sub-column, wherever it leads to."""
    if not title or len(title) > _LONGEST or _PAGER.fullmatch(title) or judge(title) == "other":
        return False
    parts = urlsplit(address)
    if parts.hostname not in portal.hosts or _PAGE_NUMBER.search(parts.path):
        return False
    is_root = not parts.path.strip("/") and not parts.query
    return not is_root and not is_below(portal.column, _above(address)) and address != url


def _above(address: str) -> str:
    """The folder of an address without a query: what is above the column is no sub-column."""
    return "" if urlsplit(address).query else folder(address)


def _is_beside(address: str, url: str) -> bool:
    """Whether two pages stand in one folder: the years of an agency."""
    here, there = urlsplit(url), urlsplit(address)
    return here.netloc == there.netloc and (
        here.path.rstrip("/").rpartition("/")[0] == there.path.rstrip("/").rpartition("/")[0]
    )


def _is_named(title: str) -> bool:
    name = re.sub(r"[（(].*?[）)]|\s", "", title)
    name = re.sub(r"(?:的)?(?:政府)?信息公开.*$|(?:年度报告|年报)$", "", name) or name
    if has_year(title):
        return True
    return bool(_AGENCY.search(name)) and not _SERVICE.search(name)


def _is_frame(element: Tree) -> bool:
    """Whether a link belongs to the site's frame, or says where the page stands in the site."""
    return is_chrome(element) or any(
        _PLACE.search(f"{around.get('class', '')} {around.get('id', '')}")
        for around in element.iterancestors()
    )
