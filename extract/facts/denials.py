"""Words that say that there was none: whether they do, and of everything."""

from __future__ import annotations

import re
from collections.abc import Callable

from .bodies import is_of_a_body
from .hits import Hit
from .judging import ABOUT_INFORMATION, JUDGED, PAYS, is_of_last_year, is_of_the_year
from .patterns import patterns
from .requests import is_of_one_class

#: What a review brings: its papers, its consequences.
_BROUGHT = re.compile("(?:案件|申请)?的?(?:答复|通知|意见|建议|文书|告知|引发|引起|导致|造成)")
#: 未经复议直接起诉 says nothing about reviews, and of suits one kind only.
_BEFORE_SUIT = re.compile("未经|不经|直接(?:起诉|提起)|经过?(?:行政)?$")
#: Troubles with fees, of which there were none.
_FEE_TROUBLE = re.compile("欠|减免|退|违规|违法|擅自|超|逾期|争议|投诉|多收|乱|少收")
_TROUBLE = re.compile("不予|不公开|不服|不满|拒|收费|费用|延期|逾期|超期|争议|异议|纠纷|泄密|差错")
_ZERO = re.compile("[0零]")
_SOME = re.compile("各(?:乡|镇|街|部门|单位|科|股|处)|其余|其[他它](?:部门|单位|乡|镇)")


def judge_none(hit: Hit, year: int | None) -> bool:
    """Whether the words say that there was none in the year; the hit then has no number.

    Only where they print a 0 or 零 is the hit's value 0.
    """
    words = hit.sentence.plain.masked[hit.start : hit.end]
    hit.value = 0 if _ZERO.search(words) else None  # 均为0 prints a number, 未收到 none
    found = _NONES[hit.code](hit) and is_of_the_year(hit, year) and not is_of_last_year(hit)
    if found and is_of_a_body(hit):
        hit.part = "part"
    return found


def _app_none(hit: Hit) -> bool:
    if _TROUBLE.search(hit.rest):  # 未发生依申请公开政府信息不予公开的问题
        return False
    if is_of_one_class(hit.gap):
        hit.part = "part"
    by = patterns().channel_words.search(hit.gap)
    return by is None and "其中" not in hit.before and not _SOME.search(hit.clause)


def _no_dispute(hit: Hit) -> bool:
    rest = hit.rest[:30]
    if _BROUGHT.match(rest):
        return False
    if _BEFORE_SUIT.search(hit.gap):
        if hit.code == "review_none":
            return False
        hit.part = "part"
    if re.search("不服|复议后|纠错|败诉|及时|按时|履行|未按|答复", hit.gap) or JUDGED.search(rest):
        return False
    if hit.chapter == "四":
        return True
    return bool(
        ABOUT_INFORMATION.search(hit.sentence.plain.masked)
        or ABOUT_INFORMATION.search(hit.sentence.context)
    )


def _no_fee(hit: Hit) -> bool:
    if PAYS.search(hit.gap) or PAYS.search(hit.clause) or _FEE_TROUBLE.search(hit.gap):
        return False
    near = hit.sentence.plain.masked + hit.sentence.context
    return "信息处理费" in near or "公开" in near


_NONES: dict[str, Callable[[Hit], bool]] = {
    "app_none": _app_none,
    "review_none": _no_dispute,
    "suit_none": _no_dispute,
    "fee_none": _no_fee,
}
