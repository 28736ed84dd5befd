"""Which rows of a list may be reports, told by the list's title for them.

Wide on purpose: only what clearly is something else is left out, the rest is fetched
and the reader judges by the text. The rules are portals.md §4.3.
"""

from __future__ import annotations

import re

#: 政府信息公开…年度…报告 and its shorter names; a list may cut the title anywhere.
#: The first of each word is as good as any other, so none is tried twice.
_REPORT = re.compile(
    r"^(?>.*?信息公开)(?:(?>.*?年).*(?:报告|总结|年报|报(?:\.\.|…))|.*(?:年报|年度报告|年度总结))"
    r"|^(?>.*?年)(?>.*?信息公开).*(?:报告|总结|年报|情况|\.\.$|…$)"
)
#: What shares the column with the reports. No agency words (财政, 审计, 统计) belong here.
_OTHER = re.compile(
    r"网站.*(?:报表|年报|年度报告|年度工作)|报表|解读|的通知|通知$|关于.*通知|工作要点|报告格式|"
    r"统计表|公开指南|办事指南|指南[（(]|指南$|法治政府建设|图解|图说|一图(?!书)|海报$|长图|目录$"
)
#: What a report's title may end with that is no other document: 及统计表, （图文解读）.
_BESIDE = re.compile(
    r"(?<=报告|年报|总结)》?(?:[（(【\[][^（(【\[]{0,20}(?:表|解读|图解|长图|图)[^（(【\[]{0,4}[）)】\]]"
    r"|(?:及|和|与|暨|、|附|含)其?(?:有关|相关|情况|数据|附)*(?:统计|报)?表)(?=\.\w{2,4}$|$)"
)
#: A notice that publishes a report, and often is it; one that asks for reports is none.
_PUBLISHED = re.compile(
    r"关于(?:公布|发布|印发|公开)(?>.*?信息公开).*(?:年度报告|年报|工作报告|年度总结)[》”]?的?(?:通知|通告|公告)$"
)
_LONGEST = 300
_WEBSITE = re.compile(r"网站.*信息公开")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|二[〇○零0０Oo][〇○零一二三四五六七八九]{2}")


def judge(title: str) -> str:
    """What a list's title says of its row.

    Args:
        title: The full title (`a/@title`), or the text of the link.

    Returns:
        `report` (it says so), `candidate` (it does not say) or `other` (it says
        that it is something else).
    """
    text = _whole(title)
    if _PUBLISHED.search(text) and has_year(text):
        return "candidate"
    without = _BESIDE.sub("", text)
    if _REPORT.search(without):
        text = without
    other = _OTHER.search(text)
    # 政府网站上的信息公开年报 is a report that names the site; a bare 网站年报 is not.
    if other and not (other[0].startswith("网站") and _WEBSITE.search(text)):
        return "other"
    return "report" if _REPORT.search(text) else "candidate"


def has_year(title: str) -> bool:
    """Whether a title names a year. Of its report the year is never told by the path."""
    return bool(_YEAR.search(_whole(title)))


def may_be_report(title: str) -> bool:
    """Whether a title says that it is a report, or names the year of one: no mere notice."""
    verdict = judge(title)
    return verdict == "report" or (verdict == "candidate" and has_year(title))


def _whole(title: str) -> str:
    """A title without blanks; what is longer than any title is cut, for it costs by its square."""
    return "".join(title.split())[:_LONGEST]
