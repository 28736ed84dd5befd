"""Whether a number is of the report's year, all of it, and a count instead of a difference."""

from __future__ import annotations

import re

from .hits import Hit

#: What a sentence about disputes or fees may be about.
ABOUT_INFORMATION = re.compile("信息公开|依申请公开|政府信息|申请公开|公开申请")
JUDGED = re.compile("纠错|纠正|败诉|撤销|变更|改变|确认违法|责令|超期|逾期|维持|胜诉|终止")
PAYS = re.compile("缴|交纳|支付|按|依据|根据|规定|标准")

#: What takes a number out of the year. Every alternative begins with a letter of its own, and
#: those with a digit stand apart: so the engine looks only where one may begin.
_AWAY = re.compile(
    # plans and intentions
    r"下一?步|力争|预计|计划(?:于|在|公开)|争取|拟(?!定|稿)|今后|将(?!申请|收到|其)"
    # stocks, spans of several years, rates
    r"|以来(?<!今年以来)(?<!本年以来)(?<!\d年以来)|历年|近[两三几\d]?年(?!末|底)|年来(?<=[多几两三四五六七八九十\d]年来)"
    r"|自\d+年|期间|平均|日均|月均|年均|人均|每[年月日周天季]|比例|之比"
    r"|截[至止].{0,24}累计|目前.{0,24}累计|累计.{0,12}截[至止]"
    # a part of the year
    r"|季度|半年|月份|当月|本月|单月|当天|当日|至今"
)
#: The same; 1月1日至12月31日 and 1-12月 are all of the year.
_AWAY_BY_DATE = re.compile(
    r"\d(?:"
    r"\d{3}年?度?[-—~至到]\d{4}年"
    r"|(?<!\d\d)(?!(?<=1)[-—~至]12月)\d?[-—~至]\d{1,2}月"
    r"|月(?:\d{1,2}日)?[-—~至到](?!12月)\d{1,2}月"
    r"|年\d{1,2}月(?!\d{1,2}日|底|末|[-—~至到]))"
)
#: Compared with another year: the number may be the difference, or the other year's.
_COMPARED = re.compile(
    r"(?:比|较|相比|同比|去年|上年|同期|上一年|环比)[^,;]{0,12}$"
    r"|(?:增加|增长|减少|下降|上升|提高|多|少|增|减)了?$"
)
#: A year in parentheses says nothing of the numbers behind them.
_ASIDE = re.compile(r"\([^()]{1,60}\)")
#: How far before a number such words may stand.
_FAR = 26
#: A year that says from when or until when a request was carried is not the sentence's.
_YEAR = re.compile(
    r"(?<!结转)(?<!转结)(?<!顺延)(?<!转[至到入])(?<!顺延[至到])(\d{4})年(?!度?(?:结转|转结|遗留))"
)
_LAST = re.compile(r"(?:上一?年度?|去年|往年)[^,;]{0,20}$")


def is_of_the_year(hit: Hit, year: int | None, shift: int = 0) -> bool:
    """Whether a statement is about the report's year, and the whole of it.

    Args:
        hit: The match.
        year: The report's year, if it is known.
        shift: -1 or 1 where the words may name the year before or after.
    """
    sentence, number = hit.sentence, hit.number
    text, asked = sentence.plain.text, sentence.asked
    if not asked:
        away = (*_AWAY.finditer(text), *_AWAY_BY_DATE.finditer(text))
        asked["away"] = [match.span() for match in away]
        asked["years"] = [(match.start(), int(match[1])) for match in _YEAR.finditer(text)]
        asked["aside"] = [match.span() for match in _ASIDE.finditer(text)] if "(" in text else []
    if asked["away"]:
        part = text.rfind(";", 0, number)
        if any(part < start and end <= number for start, end in asked["away"]):
            return False
    named = [
        each
        for start, each in asked["years"]
        if start < number and not any(a < start < z <= number for a, z in asked["aside"])
    ]
    if year is None:
        return len(set(named)) < 2 and "年以来" not in text
    return not named or named[-1] == year or (shift != 0 and named[-1] == year + shift)


def is_compared(hit: Hit) -> bool:
    """Whether the words before a number compare it: 比上年增加3件."""
    return bool(_COMPARED.search(hit.clause[-_FAR:]) or _COMPARED.search(hit.gap[-_FAR:]))


def is_of_last_year(hit: Hit) -> bool:
    """Whether the clause is about the year before: 上年收到30件."""
    return bool(_LAST.search(hit.clause[-_FAR:]) or _LAST.search(hit.gap[-_FAR:]))
