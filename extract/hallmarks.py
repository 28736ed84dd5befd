"""What an annual report is known by: the statutory tables, or its statutory chapters.

The one rule for whatever a column lists, under whatever title (portals.md §4.3).
"""

from __future__ import annotations

from .chapters import Chapters

#: Three of 总体情况, 主动公开, 收到和处理…申请, 行政复议…诉讼, 存在问题, 其他, as each is printed.
LEAST_CHAPTERS = 3
#: With so many nothing else is asked: no plan and no notice has them.
_BEYOND_DOUBT = 5
#: Chapters whose statutory words no other document's headings say. 总体情况, 行政复议、诉讼情况,
#: 存在的主要问题 and 其他需要报告的事项 stand in reports on 法治政府建设, too.
_OWN = frozenset("二三")


def is_known(chapters: Chapters, *, has_tables: bool, is_named: bool) -> bool:
    """Whether there is enough for a report.

    A work plan has a chapter on each of the topics, too. So three or four chapters count
    where the document calls itself a report, or where numbered headings say it in the
    statutory words, one of the two that are a report's own among them.

    Args:
        chapters: Those that were found.
        has_tables: Whether a figure of a statutory table was found.
        is_named: Whether it bears a report's title, or speaks of itself as one.
    """
    found = len(chapters.found)
    if has_tables or found >= _BEYOND_DOUBT:
        return True
    worded = len(chapters.worded) >= LEAST_CHAPTERS and not _OWN.isdisjoint(chapters.worded)
    return found >= LEAST_CHAPTERS and (is_named or worded)
