"""What a match is: a total, a part, or nothing. One function a kind."""

from __future__ import annotations

import re
from collections.abc import Callable

from .bodies import is_of_a_body
from .disclosed import is_disclosed
from .hits import Hit
from .judging import ABOUT_INFORMATION, JUDGED, PAYS, is_compared, is_of_last_year, is_of_the_year
from .patterns import patterns
from .requests import (
    counts_requests,
    is_about_requests,
    is_late_or_outcome,
    is_limited,
)

_ASKED = re.compile("申请(?:政府)?(?:信息)?公开(?:件|事项)?$|公开申请(?:件|事项)?$")
_JOINT = re.compile(
    r"(?:公开|提供|处理|复议|诉讼|案件|网上|网络|信函|当面|书面|邮件|邮寄|传真)(?:、|和|及|与|或|以及)$"
)
_WHY = re.compile(
    r"因|由于|属于?|涉及|不掌握|没有现成|补正|秘密|三安全|第三方|内部|过程|案卷|查询|信访|重复"
)
#: 不同意公开, 未予以公开, 建议予以公开: no decision to publish.
_UNMADE = re.compile(
    "(?:不|不能|不予|不宜|未|未能|未予|没有|无法|拟|建议|应|应当|应该|可|可以|要求|请求|申请|主动)$"
)
_HEARS = re.compile("办理|审理|受理|审结|处理|办结|代理|应诉")
#: A heading of the report itself: (四)申请行政复议和提起行政诉讼情况.
_HEADED = re.compile(
    r"[(（]?[一二三四五六七八九\d]+[)）、.．].{0,8}行政复议.{1,6}行政诉讼.{0,4}情况$"
)
#: Rates and notices.
_NO_INCOME = re.compile("应收|退还|减免|每[页件份张次]|产生|通知(?!.*实际)|告知|开具|核定|欠")
_UNPAID = re.compile("未实际|未缴|未收取?(?=[,;)]|$)|未予收|没有收|未支付|尚未")


def judge_count(hit: Hit, year: int | None) -> bool:
    """Whether a number counts what its kind says; the hit then says which part of it."""
    if hit.value is None or is_compared(hit):
        return False
    if hit.code in _CARRIED:
        shift, carried = _CARRIED[hit.code]
        found = carried(hit, year) and is_of_the_year(hit, year, shift)
    else:
        judge = _JUDGES[hit.code] if hit.code else _channel
        found = judge(hit) and is_of_the_year(hit, year) and not is_of_last_year(hit)
    if found and hit.code != "disc_total" and is_of_a_body(hit):
        hit.part = "part"
    return found


def _received(hit: Hit) -> bool:
    if not counts_requests(hit):
        return False
    by = list(patterns().channel_words.finditer(hit.clause + hit.gap))
    codes = {str(each.lastgroup) for each in by}
    if len(codes) == 1:
        hit.code = codes.pop()
        hit.part, hit.channel = "part", by[0][0]
        return True
    if is_limited(hit):
        hit.part = "part"
    return True


def _handled(hit: Hit) -> bool:
    if "申请" not in hit.gap + hit.rest[:24] and not _ASKED.search(hit.clause):
        return False
    return _received(hit) and hit.code == "app_handled"


def _replied(hit: Hit) -> bool:
    if is_late_or_outcome(hit) or not counts_requests(hit):
        return False
    if is_limited(hit) and "其中" not in hit.before:
        hit.part = "part"
    return True


def _carried_in(hit: Hit, year: int | None) -> bool:
    since = hit.groups.get("from") or hit.groups.get("since", "")
    if since[:1].isdigit() and (year is None or int(since[:4]) != year - 1):
        return False
    return is_about_requests(hit)


def _carried_out(hit: Hit, year: int | None) -> bool:
    until = hit.groups.get("to") or hit.groups.get("later", "")
    if until[:1].isdigit() and (year is None or int(until[:4]) != year + 1):
        return False
    if "bare" in hit.groups:
        tail = hit.clause[-12:]
        if re.search("上|去年|往年|Y年|含|包括|年度?$", tail):
            return False
    return is_about_requests(hit)


def _outcome(hit: Hit) -> bool:
    if not is_about_requests(hit) or _JOINT.search(hit.clause) or _UNMADE.search(hit.clause):
        return False
    if hit.unit == "条" and "信息" in hit.gap:  # 予以公开信息20条 are no requests
        return False
    if _WHY.search(hit.clause) or _WHY.search(hit.gap):
        hit.part = "part"
    return True


def _withdrawn(hit: Hit) -> bool:
    near = hit.clause + hit.gap
    if re.search("复议|诉讼|起诉|许可|证|文件|行政行为|处罚", near + hit.rest[:8]):
        return False
    return "申请" in near + hit.rest[:6] and is_about_requests(hit)


def _dispute(hit: Hit) -> bool:
    if _JOINT.search(hit.clause) or JUDGED.search(hit.clause + hit.gap):
        return False
    if "复议机" in hit.clause:  # 行政复议机关收到行政复议12件
        return False
    after = hit.groups.get("after", "")
    if re.search("公益|民事|刑事|检察", hit.clause[-6:] + after):
        return False
    if re.search(r"复议后$|直接$|(?:未经|不服|经).{0,6}$", hit.clause):
        return False
    if hit.code == "suit_n" and re.search(r"复议[^,;\d件起宗例]{0,6}$", hit.clause):
        return False
    if hit.chapter == "四" or ABOUT_INFORMATION.search(hit.clause + after):
        return True
    if _HEARS.search(hit.clause + hit.gap):
        return False
    context = hit.sentence.context
    about = ABOUT_INFORMATION.search(hit.before) or ABOUT_INFORMATION.search(context)
    return bool(about or _HEADED.match(context))


def _fee(hit: Hit) -> bool:
    near = hit.clause + hit.verb + hit.gap
    if PAYS.search(hit.clause) or _NO_INCOME.search(near) or hit.rest.startswith("/"):
        return False
    if _UNPAID.search(hit.sentence.plain.masked, hit.end):
        return False
    if "处理费" in hit.verb:
        return True
    return "信息处理费" in hit.before or "收费通知" in hit.before


def _channel(hit: Hit) -> bool:
    name = next(name for name in hit.groups if name.startswith("app_"))
    hit.code, hit.part, hit.channel = name.rstrip("_"), "part", hit.groups[name]
    if _JOINT.search(hit.clause):
        return False
    return is_about_requests(hit) and counts_requests(hit)


_JUDGES: dict[str, Callable[[Hit], bool]] = {
    "app_received": _received,
    "app_handled": _handled,
    "app_replied": _replied,
    **dict.fromkeys(("app_granted", "app_partial", "app_denied", "app_unavailable"), _outcome),
    **dict.fromkeys(("app_not_processed", "app_other"), _outcome),
    "app_withdrawn": _withdrawn,
    "review_n": _dispute,
    "suit_n": _dispute,
    "fee_collected": _fee,
    "disc_total": is_disclosed,
}
_CARRIED: dict[str, tuple[int, Callable[[Hit, int | None], bool]]] = {
    "app_carried_in": (-1, _carried_in),
    "app_carried_out": (1, _carried_out),
}
