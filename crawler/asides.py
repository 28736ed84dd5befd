"""Sub-columns of a hub: what is asked for in them, for some are news and no agency's."""

from __future__ import annotations

import re

from .families import ListPage, ListRequest
from .names import is_agency
from .registry import Portal
from .titles import judge, may_be_report

#: A short title of a report: 2022年, 2021年度报告, 某镇_2017年.
_OF_A_YEAR = re.compile(r"(?:19|20)\d{2}\s*年?(?:度|年报|报告|_)*\s*$")


def is_aside(portal: Portal, depth: int) -> bool:
    """Whether a page so many levels below its column is a sub-column of a hub."""
    return portal.kind == "hub" and depth > 0


def is_of_hub(title: str) -> bool:
    """Whether a row there is asked for: it may be a report, or is named as an agency is."""
    return may_be_report(title) or is_agency(title)


def may_go_on(page: ListPage, asked: ListRequest) -> bool:
    """Whether further pages are read there: the first one has a row of a report or a year."""
    if asked.number > 1 or not page.rows:
        return True
    return any(judge(row.title) == "report" or _OF_A_YEAR.search(row.title) for row in page.rows)
