"""What a match is: a total, a part, or nothing. One function a kind."""

from __future__ import annotations

import re
from collections.abc import Callable

from .bodies import is_of_a_body
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
_NEUTRAL = re.compile(
    r"(?:了|各类|各种|各项|各|相关|有关|政府|政务|工作|机关|部门|本级|全区|全市|全县|全省|全镇|全局|全年|年度"
    r"|主动|公开|发布|应|的|类|信息|内容|数|量|总|共|计|合|累|为|是|有|达|到|约|近|超|过|逾|件|一|不|少|于|:)*"
)
#: 政府信息公开45条, but not 解读信息公开45条.
_ALL_KINDS = re.compile("(?:^|[年度镇区县市局我]|各类|政府|政务|网站)信息(?:公开)?的?$")
#: 依申请公开, 不予公开, 专栏公开; 信息公开专栏 is where an agency publishes all.
_NOT_ALL = re.compile(
    "栏(?<!公开专栏)(?<!务公开栏)(?<!宣传栏)(?![、和及与等])|专题|专区"
    "|(?:不|不予|予以|依申请|应|未)$"
)
#: Plans and stocks.
_NOT_YET = re.compile("(?:计划|拟|将|力争|目标|预计|应)[^,;]{0,4}$|现有|现存|存量|库存")
#: What follows may be of one subject.
_SUBJECT = re.compile("围绕|聚焦|针对|领域|方面")
#: 发布300件主动公开信息.
_BEHIND = re.compile("(?:主动公开)?(?:各类)?(?:政府|政务)?信息")
#: 公开应急预案,发布有关信息30条: of what was spoken of.
_OF_THAT = re.compile("有关|相关")
#: What a report leans on limits nothing: 以重点领域信息公开为抓手, 围绕中心工作.
_LEANS = re.compile(
    "以[^,;]{1,40}为(?:抓手|导向|主线|契机|目标|原则|引领|载体|突破口)"
    "|(?:围绕|聚焦|针对)[^,;]{0,40}"
    "(?:(?:重点|焦点)领域|(?:中心|重点)工作|(?:社会|群众|公众)(?:关切|关注|需求))[^,;]{0,12},"
    "|领域的?(?:政府|政务)?信息公开[^,;]{0,8},"
)
#: 公开信息217条,其中网站公开125条.
_OF_A_COUNT = re.compile(r"(?:公开|发布|推送)[^,;]{0,16}信息(?:[^,;]{0,8}\d|,其中)")
#: The clause before may say where: 通过门户网站等渠道,发布….
_WHERE = re.compile(
    r"(?:通过|依托|利用|借助)[^,;:()]{0,60}"
    r"(?:渠道|平台|网站|门户网|官网|公众号|微博|媒体|客户端|方式|载体)等?,$"
)
_WHOLE_YEAR = re.compile("共|总|合计|累计|全年|年度|Y年|[今本]年|年内|以来")
_OPENS_WITH_YEAR = re.compile("^[^,;:]{0,16}(?:Y{4}年度?|全年|[今本]年|本年度|一年来),[^,;]*$")
#: 网站公开305条、微信公开205条: each number has its own medium.
_COUNTED = re.compile(r"\d[余多]?(?:条次|条|件|篇|则|份|项)(?:信息)?[、和及与]")
_LIST = re.compile(
    r"[^,;、和及与][^,;]{0,39}等(?:各类|各种|相关|方面)?(?:政府|政务)?信息(?:共计|累计|合计|共|约|近|超|达)?"
)
#: 主动公开通知、公告等政府信息656条 are of all kinds; 财政等信息413条 may not be.
_OF_ALL_KINDS = re.compile(
    r"(?:[^,;、和及与][^,;]{0,39}等(?:各类(?:政府|政务)?|政府|政务)"
    r"|了?(?:包括|涵盖)[^,;]{1,39}等[^,;]{0,3}?)信息(?:共计|累计|合计|共|总|计|约|近|达)*"
)
_MANY = re.compile("等|多种|各种|多个|线上线下|[、和及与]")


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


def _disclosed(hit: Hit) -> bool:
    if _NOT_YET.search(hit.clause) or "分别" in hit.clause + hit.gap:
        return False
    near = hit.before.rpartition(";")[2]
    neutral = _NEUTRAL.fullmatch(hit.gap)
    if "其中" in near and neutral:
        return _of_a_count(hit, near)
    if hit.verb == "主动公开" and "其中" not in near and _OF_ALL_KINDS.fullmatch(hit.gap):
        return not _NOT_ALL.search(hit.clause) and _by_media(hit)
    if not neutral or "其中" in near:
        # 微信公众号推送通知、公告等信息312条: a list names what the channel published.
        return bool(_LIST.fullmatch(hit.gap)) and _by_media(hit) and hit.part == "part"
    named = "信息" in hit.gap or _ALL_KINDS.search(hit.clause)
    behind = "信息" in hit.rest[:10] if "公开" in hit.verb else _BEHIND.match(hit.rest)
    if not named and not behind:
        return _of_a_count(hit, near)
    if _NOT_ALL.search(hit.clause) or _SUBJECT.search(_LEANS.sub("", near)):
        return False
    if hit.verb != "主动公开" and _OF_THAT.search(hit.gap):
        return False
    return _by_media(hit)


def _of_a_count(hit: Hit, near: str) -> bool:
    """Whether it is what one medium published of a number before: 公开217条,其中网站公开125条."""
    named = "信息" in hit.gap or not hit.rest or hit.rest.startswith(("信息", "、"))
    if not named or not _OF_A_COUNT.search(hit.sentence.context[-80:] + near):
        return False
    if _NOT_ALL.search(hit.clause) or _SUBJECT.search(hit.clause):
        return False
    return _by_media(hit) and hit.part == "part"


def _by_media(hit: Hit) -> bool:
    known = patterns()
    before = _WHERE.search(hit.before[: len(hit.before) - len(hit.clause)])
    clause = (before[0] if before else "") + _COUNTED.split(hit.clause)[-1]
    found = {known.media_names[(each.lastindex or 1) - 1] for each in known.media.finditer(clause)}
    if len(found) > 1 and not _MANY.search(clause):
        found.discard("平台")  # 网站“政府信息公开”平台 is one place
    if not found:  # 发布信息60条 may be of anything
        whole = _WHOLE_YEAR.search(hit.clause + hit.gap) or _OPENS_WITH_YEAR.search(hit.before)
        return hit.verb.startswith("主动") or bool(whole)
    if len(found) == 1:
        hit.part, hit.channel = "part", found.pop()
        return True
    return bool(_MANY.search(clause))


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
    "disc_total": _disclosed,
}
_CARRIED: dict[str, tuple[int, Callable[[Hit, int | None], bool]]] = {
    "app_carried_in": (-1, _carried_in),
    "app_carried_out": (1, _carried_out),
}
