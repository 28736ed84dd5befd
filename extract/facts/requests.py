"""Whether a number counts requests for government information, and which of them."""

from __future__ import annotations

import re

from .hits import Hit

#: Requests and letters of other kinds.
_OTHERS = re.compile(
    r"复议|诉讼|许可|救助|低保|赔偿|仲裁|补贴|登记|贷款|变更|注册|投诉|补正|撤回|撤销|更正|听证"
    r"|执行|信访|举报|留言|来信|来电|热线|咨询|提案|建议|诉求|意见|工单|立案|减免|认定|备案|审批"
    r"|资助|奖励|专利|商标|项目|住房|援助|报名|加入|查询|检索|信箱|互动|网民|问题|事故|案卷|(?<!结)转办|交办"
    r"|提问|询问|疑问|线索"
)
#: What else is applied for; beside 政府信息公开 it may be what a request is about.
_ELSE = (
    r"工伤|政务服务|征收|补偿|社保|医保|保险|退税|落户|户籍|入学|入户|就业|失业|婚姻|不动产|执照|验收|鉴定"
    r"|调解|公证|公租房|廉租|危房|报销|护照|签证|用地|规划许可|施工|上市|融资|职称|资格|年检|注销"
)
_OURS = re.compile(r"公开|政府信息|依申请")
_PLAIN = re.compile(
    r"(?:公民|法人|群众|公众|社会|市民|企业|单位|个人|自然人|申请人|其他|组织|各类|各种|有效|有关"
    r"|相关|纸质版|纸质|材料|方式|形式|提出|提交|递交|申请|表|书|事项|案件|数|量|件|的|了|、|和|与|或|及|到|共|总|计|合|有|为|是|达|约|近|超|过|逾|:)*"
)
#: Requests about one subject only.
_TOPIC = re.compile(r"涉及|关于|针对|有关|方面的")
#: Classes of applicants; one alone is a part.
_CLASSES = re.compile("(自然人|公民|个人)|(?:法人|企业|科研|公益|法律服务|律师|其[他它]组织)")
_OF_A_CLASS = re.compile("(?<![各此这该同两])类(?!似)")
_OUTCOMES = re.compile(r"予以公开|部分公开|不予公开|无法提供|不予处理|其[他它]处理|不公开")
_LATE = re.compile(
    r"(?:延期|逾期|超期|当场|现场|电话|口头|书面|网上|邮件|提前|补充|重新|分别|未|不|尚未|待|应)$"
)
_CONTEXT = re.compile(r"依申请公开|信息公开申请|公开申请|申请公开|申请")
_OF_IT = r"(?:(?!公开|政府信息)[^,;:、()和及]){0,8}申请"
#: 行政许可申请 is one noun, and 申请 alone behind it is the same.
_NOUNS = re.compile(
    rf"(?P<other>{_OTHERS.pattern})(?P<foreign>(?<!来信)(?<!来电){_OF_IT})?"
    rf"|(?:{_ELSE})(?P<afar>{_OF_IT})|(?P<ours>公开申请|申请公开|政府信息[^,;:]{{0,8}}申请)|申请"
)
#: What was done with requests, but not by those who report, or not at all.
_NOT_DONE = re.compile(
    r"(?:不|不予|未|未予|未能|没有|尚未|暂不|暂未|不再|拒绝|无法|建议|应|应当|拟|待|分别)$"
    r"|不作为|不按|视为|协助|指导(?!下)|督促|督导|督办|移送|移交|转送|转交|(?<!结)转办|交办|代拟|代为|帮助|(?<!经)审核|抽查"
    r"|其[他它](?:机关|单位|部门)$"
)
_RANKED = re.compile(r"居前|列前|位居|前[一二三四五六七八九十\d]+[位名]|最多|居多|为主")


def counts_requests(hit: Hit) -> bool:
    """Whether what was received, handled or answered are requests for information."""
    rest = hit.rest[:24]
    if _NOT_DONE.search(hit.clause):
        return False
    if _OTHERS.search(hit.gap) or _OTHERS.search(rest[:12].split("、")[0]):
        return False
    noun = hit.gap if "申请" in hit.gap else rest if "申请" in rest else ""
    if noun and _OURS.search(noun):
        return True
    if noun and not _PLAIN.fullmatch(noun.rpartition("申请")[0]):
        return False
    if noun:
        return "申请" not in hit.before or _last_noun(hit.before) != "foreign"
    last = _last_noun(hit.before)
    if last:
        return last == "ours"
    near = hit.sentence.context[-80:]
    return bool(_CONTEXT.search(near)) and not _OTHERS.search(near)


def _last_noun(before: str) -> str:
    """What the sentence last spoke of: `ours`, `other`, `foreign`, or nothing.

    Requests of another kind remain what it speaks of, until it names 政府信息公开 or another noun.
    """
    last = ""
    for match in _NOUNS.finditer(before):
        kind = "foreign" if match.lastgroup == "afar" else match.lastgroup
        if kind or last != "foreign":
            last = kind or "ours"
    return last


def is_about_requests(hit: Hit) -> bool:
    """Whether the sentence or its paragraph is about requests for information."""
    if hit.chapter == "三":
        return True
    return bool(_CONTEXT.search(hit.sentence.plain.masked) or _CONTEXT.search(hit.sentence.context))


def is_limited(hit: Hit) -> bool:
    """Whether the requests are some among others: of a subject, in a list after 其中."""
    return "其中" in hit.before or bool(
        is_of_one_class(hit.gap)
        or _OF_A_CLASS.search(hit.gap)
        or _TOPIC.search(hit.gap)
        or _TOPIC.search(hit.clause)
        or _RANKED.search(hit.before)
    )


def is_of_one_class(words: str) -> bool:
    """Whether words name natural persons or organisations, and not the other of them."""
    return len({bool(natural) for natural in _CLASSES.findall(words)}) == 1


def is_late_or_outcome(hit: Hit) -> bool:
    """Whether an answer is of one kind only: 不予公开答复3件, 延期答复2件."""
    return bool(_LATE.search(hit.clause) or _OUTCOMES.search(hit.clause))
