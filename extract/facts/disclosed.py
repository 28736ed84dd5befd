"""Whether a number counts the information that was published, and by which medium."""

from __future__ import annotations

import re

from .hits import Hit
from .patterns import patterns

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


def is_disclosed(hit: Hit) -> bool:
    """Whether a number counts information published, of all kinds; of one medium it is a part."""
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
