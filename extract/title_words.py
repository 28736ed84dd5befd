"""What a title says: whether it is an annual report's, whose, and of which year."""

from __future__ import annotations

import re

from .labels import flat
from .names import is_name

PHRASE = re.compile(
    r"(?:(?:政府|政务)?信息公开|政务公开)(?:工作)?(?:情况)?(?:的)?(?:年度)?(?:工作)?(?:情况)?(?:的)?"
    r"(?:年度)?(?:报告|年报|总结)"
)
NOT_TITLES = re.compile(
    r"解读|报表|统计表|通知|图解|一图读懂|指南|制度|办法|要点|方案|计划|格式"
    r"|召开|举办|部署会|培训会|推进会|培训班"
)
#: A notice that hands out the report bears the report's own title.
COVER = re.compile(r"(关于(?:印发|发布|公布|公开).*(?:报告|年报)》?)的通知$")
_HAN_YEAR = r"二[〇○零Oo0][〇○零Oo0一二三][〇○零Oo0一二三四五六七八九]年(?:度)?"
YEAR = re.compile(rf"(?<!\d)(20[0-3]\d|199\d)(?!\d)(?:年度|年)?|{_HAN_YEAR}")
_NAMED_YEAR = re.compile(rf"(?<!\d)(20[0-3]\d|199\d)年|({_HAN_YEAR})")
_HAN_DIGITS = str.maketrans("〇○零Oo一二三四五六七八九", "00000123456789")
SITE = re.compile(r"\s*[_|]\s*|\s*[-—–]+\s*|\s+>\s+")


def is_report_title(text: str) -> bool:
    """Whether a title is an annual report's own: its phrase, and no word of another kind."""
    text = COVER.sub(r"\1", flat(text))
    return bool(PHRASE.search(text)) and not NOT_TITLES.search(text)


def derived_title(agency: str | None, year: int | None) -> str | None:
    """The title that a report would bear, for one that prints none; never the printed one.

    >>> derived_title("示例市示例局", 2020)
    '示例市示例局2020年政府信息公开工作年度报告'
    """
    return f"{agency}{year}年政府信息公开工作年度报告" if agency and year else None


def report_year_in(title: str) -> int | None:
    """The year that a title names (2020年 before a bare 2020), or None.

    >>> report_year_in("示例市示例局二〇二一年度政府信息公开工作年度报告")
    2021
    """
    text = flat(title)
    match = _NAMED_YEAR.search(text) or YEAR.search(text)
    return int(match[0].rstrip("年度").translate(_HAN_DIGITS)) if match else None


def agency_of_title(title: str) -> str | None:
    """The agency's name as a title prints it, or None.

    >>> agency_of_title("2020年樟树市审计局政府信息公开工作年度报告")
    '樟树市审计局'
    """
    text = flat(title)
    match = PHRASE.search(text)
    if not match:
        return None
    before, about, after = YEAR.sub("", text[: match.start()]).rpartition("关于")
    after = re.sub(r"^(?:印发|发布|公布|公开|报送)+", "", after) if about else after
    behind = re.match(r"\(([^()]+)\)$", text[match.end() :])
    for part in (after, before, behind[1] if behind else ""):
        # 示例镇_2017年_政府信息公开…: the year may stand between two separators.
        name = _trimmed(next((bit for bit in reversed(SITE.split(part)) if bit), ""))
        if is_name(name):
            return name
    return None


def _trimmed(name: str) -> str:
    name = re.sub(r"^[《\"“(]+|[(《\"“的年度]+$", "", name)
    # …人民政府信息公开…: the word 政府 serves twice
    return f"{name}政府" if name.endswith("人民") else name
