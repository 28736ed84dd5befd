"""Whether a number counts requests for government information, and which of them."""

from __future__ import annotations

import re

from .hits import Hit

#: Requests and letters of other kinds.
_OTHERS = re.compile(
    r"复议|诉讼|许可|救助|低保|赔偿|仲裁|补贴|登记|贷款|变更|注册|投诉|补正|撤回|撤销|更正|听证"
    r"|执行|信访|举报|留言|来信|来电|热线|咨询|提案|建议|诉求|意见|工单|立案|减免|认定|备案|审批"
    r"|资助|奖励|专利|商标|项目|住房|援助|报名|加入|查询|检索|信箱|互动|网民|问题|事故|案卷|转办|交办"
)
_OURS = re.compile(r"公开|政府信息|依申请")
_PLAIN = re.compile(
    r"(?:公民|法人|群众|公众|社会|市民|企业|单位|个人|自然人|申请人|其他|组织|各类|各种|有效|有关"
    r"|相关|申请|表|书|事项|案件|数|量|件|的|了|、|和|与|或|及|到|共|总|计|合|有|为|是|达|约|近|超|过|逾|:)*"
)
#: Requests about one subject only.
_TOPIC = re.compile(r"涉及|关于|针对|有关|方面的")
#: Classes of applicants; one alone is a part.
_CLASSES = re.compile("自然人|法人|企业|科研|公益|法律服务|律师")
_OUTCOMES = re.compile(r"予以公开|部分公开|不予公开|无法提供|不予处理|其[他它]处理|不公开")
_LATE = re.compile(
    r"(?:延期|逾期|超期|当场|现场|电话|口头|书面|网上|邮件|提前|补充|重新|分别|未|不|尚未|待|应)$"
)
_CONTEXT = re.compile(r"依申请公开|信息公开申请|公开申请|申请公开|申请")
_NOUNS = re.compile(_OTHERS.pattern + r"|申请")


def counts_requests(hit: Hit) -> bool:
    """Whether what was received, handled or answered are requests for information."""
    rest = hit.rest[:24]
    if _OTHERS.search(hit.gap) or _OTHERS.search(rest[:12].split("、")[0]):
        return False
    noun = hit.gap if "申请" in hit.gap else rest if "申请" in rest else ""
    if noun:
        plain = _PLAIN.fullmatch(noun.rpartition("申请")[0])
        return bool(_OURS.search(noun) or plain)
    nouns = _NOUNS.findall(hit.before)
    if nouns:
        return bool(nouns[-1] == "申请")
    near = hit.sentence.context[-80:]
    return bool(_CONTEXT.search(near)) and not _OTHERS.search(near)


def is_about_requests(hit: Hit) -> bool:
    """Whether the sentence or its paragraph is about requests for information."""
    if hit.chapter == "三":
        return True
    return bool(_CONTEXT.search(hit.sentence.plain.masked) or _CONTEXT.search(hit.sentence.context))


def is_limited(hit: Hit) -> bool:
    """Whether the requests are some among others: of a subject, in a list after 其中."""
    of_a_class = len(set(_CLASSES.findall(hit.gap))) == 1 and "公民" not in hit.gap
    of_a_subject = _TOPIC.search(hit.gap) or _TOPIC.search(hit.clause)
    return "其中" in hit.before or of_a_class or bool(of_a_subject)


def is_late_or_outcome(hit: Hit) -> bool:
    """Whether an answer is of one kind only: 不予公开答复3件, 延期答复2件."""
    return bool(_LATE.search(hit.clause) or _OUTCOMES.search(hit.clause))
