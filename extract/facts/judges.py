"""What a match is: a total, a part, or nothing. One function a kind."""

from __future__ import annotations

import re
from collections.abc import Callable

from .hits import Hit
from .judging import is_compared, is_of_last_year, is_of_the_year
from .patterns import patterns
from .requests import counts_requests, is_about_requests, is_late_or_outcome, is_limited

_JOINT = re.compile(
    r"(?:公开|提供|处理|复议|诉讼|案件|网上|网络|信函|当面|书面|邮件|邮寄|传真)(?:、|和|及|与|或|以及)$"
)
_ABOUT_INFORMATION = re.compile("信息公开|依申请公开|政府信息|申请公开|公开申请")
_WHY = re.compile(
    r"因|由于|属于?|涉及|不掌握|没有现成|补正|秘密|三安全|第三方|内部|过程|案卷|查询|信访|重复"
)
_HEARS = re.compile("办理|审理|受理|审结|处理|办结|代理|应诉")
_JUDGED = re.compile("纠错|纠正|败诉|撤销|变更|改变|确认违法|责令|超期|逾期|维持|胜诉|终止")
_PAYS = re.compile("缴|交纳|支付|按|依据|根据|规定|标准")
_NEUTRAL = re.compile(
    r"(?:了|各类|各种|各项|各|相关|有关|政府|政务|工作|机关|部门|本级|全区|全市|全县|全省|全镇|全局|全年|年度"
    r"|主动|公开|发布|应|的|类|信息|内容|数|量|总|共|计|合|累|为|是|有|达|到|约|近|超|过|逾|件|一|不|少|于|:)*"
)
#: 政府信息公开45条, but not 解读信息公开45条.
_ALL_KINDS = re.compile("(?:^|[年度镇区县市局我类]|政府|政务)信息的?$")
_TROUBLE = re.compile("不予|不公开|不服|不满|拒|收费|费用|延期|逾期|超期|争议|异议|纠纷|泄密|差错")
_SOME = re.compile("各(?:乡|镇|街|部门|单位|科|股|处)|其余|其[他它](?:部门|单位|乡|镇)")
_LIST = re.compile(
    r"[^,;]{1,40}等(?:各类|各种|相关|方面)?(?:政府|政务)?信息(?:共计|累计|合计|共|约|近|超|达)?"
)
_MANY = re.compile("等|多种|各种|多个|线上线下|[、和及与]")


def judge_count(hit: Hit, year: int | None) -> bool:
    """Whether a number counts what its kind says; the hit then says which part of it."""
    if hit.value is None or is_compared(hit):
        return False
    if hit.code in _CARRIED:
        shift, carried = _CARRIED[hit.code]
        return carried(hit, year) and is_of_the_year(hit, year, shift)
    judge = _JUDGES[hit.code] if hit.code else _channel
    return judge(hit) and is_of_the_year(hit, year) and not is_of_last_year(hit)


def judge_none(hit: Hit, year: int | None) -> bool:
    """Whether the words say that there was none in the year."""
    hit.value = 0
    return _NONES[hit.code](hit) and is_of_the_year(hit, year) and not is_of_last_year(hit)


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
    if "申请" not in hit.gap and "申请" not in hit.rest[:24]:
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
    if not is_about_requests(hit) or _JOINT.search(hit.clause):
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
    if _JOINT.search(hit.clause) or _JUDGED.search(hit.clause + hit.gap):
        return False
    after = hit.groups.get("after", "")
    if re.search("公益|民事|刑事|检察", hit.clause[-6:] + after):
        return False
    if re.search(r"复议后$|直接$|(?:未经|不服|经).{0,6}$", hit.clause):
        return False
    if hit.code == "suit_n" and re.search(r"复议[^,;\d件起宗例]{0,6}$", hit.clause):
        return False
    if hit.chapter == "四" or _ABOUT_INFORMATION.search(hit.clause + after):
        return True
    if _HEARS.search(hit.clause + hit.gap):
        return False
    return bool(
        _ABOUT_INFORMATION.search(hit.before) or _ABOUT_INFORMATION.search(hit.sentence.context)
    )


def _fee(hit: Hit) -> bool:
    if _PAYS.search(hit.clause) or re.search("应收|退还|减免", hit.clause + hit.gap):
        return False
    if "信息处理费" in hit.verb:
        return True
    return "信息处理费" in hit.before or "收费通知" in hit.before


def _disclosed(hit: Hit) -> bool:
    if "其中" in hit.before or not _NEUTRAL.fullmatch(hit.gap):
        # 微信公众号推送通知、公告等信息312条: a list names what the channel published.
        return bool(_LIST.fullmatch(hit.gap)) and _by_media(hit) and hit.part == "part"
    named = "信息" in hit.gap or ("公开" in hit.verb and _ALL_KINDS.search(hit.clause))
    if not named and not ("信息" in hit.rest[:10] and "公开" in hit.verb):
        return False
    if re.search("栏|专题|专区|不$|依申请$|应$|未$", hit.clause):
        return False
    return _by_media(hit)


def _by_media(hit: Hit) -> bool:
    known = patterns()
    found = {match.lastindex or 1 for match in known.media.finditer(hit.clause)}
    if not found:
        return hit.verb != "推送"
    if len(found) == 1:
        hit.part, hit.channel = "part", known.media_names[found.pop() - 1]
        return True
    return bool(_MANY.search(hit.clause))


def _channel(hit: Hit) -> bool:
    name = next(name for name in hit.groups if name.startswith("app_"))
    hit.code, hit.part, hit.channel = name.rstrip("_"), "part", hit.groups[name]
    if _JOINT.search(hit.clause):
        return False
    return is_about_requests(hit) and counts_requests(hit)


def _app_none(hit: Hit) -> bool:
    if _TROUBLE.search(hit.rest):  # 未发生依申请公开政府信息不予公开的问题
        return False
    by = patterns().channel_words.search(hit.gap)
    return by is None and "其中" not in hit.before and not _SOME.search(hit.clause)


def _no_dispute(hit: Hit) -> bool:
    rest = hit.rest[:30]
    if re.search("不服|复议后|纠错|败诉|及时|按时|履行|未按|答复", hit.gap) or _JUDGED.search(rest):
        return False
    if hit.chapter == "四":
        return True
    return bool(
        _ABOUT_INFORMATION.search(hit.sentence.plain.masked)
        or _ABOUT_INFORMATION.search(hit.sentence.context)
    )


def _no_fee(hit: Hit) -> bool:
    if _PAYS.search(hit.gap) or _PAYS.search(hit.clause):
        return False
    near = hit.sentence.plain.masked + hit.sentence.context
    return "信息处理费" in near or "公开" in near


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
    "disc_total": _disclosed,
}
_CARRIED: dict[str, tuple[int, Callable[[Hit, int | None], bool]]] = {
    "app_carried_in": (-1, _carried_in),
    "app_carried_out": (1, _carried_out),
}
_NONES: dict[str, Callable[[Hit], bool]] = {
    "app_none": _app_none,
    "review_none": _no_dispute,
    "suit_none": _no_dispute,
    "fee_none": _no_fee,
}
