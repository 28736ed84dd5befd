"""What stands around a number and tells what it is: a unit, a word for it, an address.

Everything here works on the plain view of a text (`view`), and looks only so far.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

#: A stretch of a text: where it begins and where it ends.
Span = tuple[int, int]

_NEAR = 14
#: What is counted, behind a number. Left out are those that are surnames as well (张, 万 alone):
#: a name often follows a telephone number.
_UNIT = re.compile(
    r" ?(?:余|多|几|左右)? ?(?:"
    r"件|条(?!例|款)|次(?!日|年|月)|人(?!民|事|力|社)|元(?!旦|月)|[万亿千百](?=[余多]?[元件条次人份个字篇项])"
    r"|[万亿](?!\w)|个(?!人)|份|篇|项(?!目)|户(?!籍)|起|例|名(?!称|单|字)|字(?!号)|页|册|批|宗|封|平方|公里|亩|吨"
    r"|点击|浏览|访问|阅读|粉丝|美元|人民币|KB|MB|GB|%|‰|℃|㎡)"
)
#: Words that say that what follows is a quantity.
_QUANTITY = re.compile(
    r"(?:金额|收入|支出|资金|经费|预算|决算|总额|总值|合计|共计|总计|累计|共|计|达|约|[数量](?!码)"
    r"|次数|件数|人数|条数|点击|浏览|阅读|[¥￥$])[ :为达到是了约近至有超过\-]{0,4}\Z"
)
#: Words that say that what follows is a name of a thing: a document, an account, a licence.
_NAME_OF_THING = re.compile(
    r"(?:索引号|索 ?引|文号|编号|案号|序号|字号|流水号|登记号|备案号?|网安备|ICP备|许可证|执法证"
    r"|执照|代码|标识码|账号|帐号|账户|帐户|卡号|单号|票号|工号|ISBN|ISSN|邮编|邮政编码"
    r"|第|字|号码?为?No\.?|No\.?|№|版本|QQ群?号?)[ :为是]{0,3}[A-Za-z0-9/\-]{0,12}\Z",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?://|ftp://|www\.)[!-~]+", re.IGNORECASE)


def has_unit(plain: str, end: int) -> bool:
    """Whether a unit follows: `受理申请13812345678件`, `点击13812345678次`."""
    return _UNIT.match(plain, end) is not None


def is_quantity(plain: str, start: int) -> bool:
    """Whether a word for a quantity stands before: `网站访问量：13812345678`."""
    return _QUANTITY.search(plain[max(0, start - _NEAR) : start]) is not None


def names_a_thing(plain: str, start: int) -> bool:
    """Whether it is a document's or an account's name: `索引号：07957022345`."""
    return _NAME_OF_THING.search(plain[max(0, start - 2 * _NEAR) : start]) is not None


def addresses(plain: str) -> list[Span]:
    """Web addresses: their numbers are ids of pages, and lead nowhere if masked."""
    return [found.span() for found in _ADDRESS.finditer(plain)]


def is_in(spans: Iterable[Span], place: int) -> bool:
    """Whether a place lies in one of them."""
    return any(start <= place < end for start, end in spans)
