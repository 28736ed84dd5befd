"""Telephone numbers: where they stand.

Two ways lead to one. Some forms say by themselves what they are: a mobile number of eleven
digits, an area code with its number, 400-…. The others, seven or eight digits and what is
written with spaces only, look like counts: they are numbers of telephones only behind a word
that says so, or in a list behind such a number. Short public numbers (12345, 12388, 96…) stay:
they belong to nobody, and reports count what came in by them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .context import Span, addresses, has_unit, is_in, is_quantity, names_a_thing

_BEFORE = r"(?<![0-9.])(?<!\d[-/,])"
_AFTER = r"(?!\d|\.\d|,\d{3}(?![\d-]))"
_ABROAD = r"(?:\(?\+?(?:00)?86\)?[ -]{0,3})"
_AREA = r"0(?:10|2\d|[3-9]\d\d)"
_LOCAL = r"(?:[1-9]\d{6,7}|[1-9]\d{2,3}[ -]\d{4}|[1-9]\d{3}[ -]\d{3}(?!\d))"
_EXTENSION = (
    r"(?:[ ,]{0,2}(?:-{1,2}|转|分机|ext\.?|x)[ :]{0,2}\d{1,6}(?!\d)"
    r"(?:[、,/]\d{2,5}(?! ?[\d年月日件条次人元万个]))*){0,3}"
)
_MOBILE = r"1[3-9]\d{9}"
#: Behind a word for it a mobile number is one however its digits are set apart.
_LOOSE = r"1(?:[ .·•_-]{1,2}[3-9]|[3-9])(?:[ .·•_-]{0,2}\d){9}"
_IN_GROUPS = r"1[3-9]\d{sep}(?:\d{{4}}{sep}\d{{4}}|\d{{8}})|1[3-9]\d\d{sep}\d{{3}}{sep}\d{{4}}"
_SERVICE_NUMBER = r"[48]00(?:{sep}\d{{3}}{sep}\d{{4}}|{sep}\d{{4}}{sep}\d{{3}}|{sep}\d{{7}})"

#: An area code and a number, with anything between them; also +86 and then no zero.
_LANDLINE = re.compile(
    rf"{_BEFORE}{_ABROAD}?(?:\({_AREA}\)[ -]{{0,3}}|{_AREA}(?:\)|\n?[ -]{{1,4}}\n?|/){{1,2}})"
    rf"{_LOCAL}{_EXTENSION}{_AFTER}"
    rf"|{_BEFORE}{_ABROAD}\(?{_AREA[1:]}\)?[ -]{{1,3}}{_LOCAL}{_EXTENSION}{_AFTER}",
    re.IGNORECASE,
)
_SERVICE = re.compile(
    rf"{_BEFORE}{_SERVICE_NUMBER.format(sep='-')}{_EXTENSION}{_AFTER}", re.IGNORECASE
)
_IN_ONE = re.compile(
    rf"{_BEFORE}(?:0(?:10|2\d)\d{{8}}|0[3-9]\d\d[2-8]\d{{6,7}}){_EXTENSION}{_AFTER}", re.IGNORECASE
)
_MOBILES = re.compile(
    rf"{_BEFORE}{_ABROAD}?0?{_MOBILE}{_AFTER}"
    rf"|{_BEFORE}{_ABROAD}?(?:{_IN_GROUPS.format(sep=' ?- ?')}){_AFTER}"
    rf"|{_BEFORE}{_ABROAD}(?:{_IN_GROUPS.format(sep='[ -]')}){_AFTER}"
)
#: Chinese numerals without 十 and 百 are spelled numbers, eleven of them a mobile one.
_NUMERAL = "[〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖]"
_SPELLED = re.compile(f"{_NUMERAL}(?: ?{_NUMERAL}){{6,11}}")
_SPELLED_MOBILE = re.compile("[一壹][三四五六七八九叁肆伍陆柒捌玖].{9}")

_LABEL = re.compile(
    r"电 {0,6}话|手 {0,6}机|传 {0,6}真|热 {0,6}线|座 ?机|固 ?话|总 ?机|小灵通"
    r"|联系方式|联系人|联系号码|联系[:(]|短信平台|拨打|请拨|致电"
    r"|(?<![A-Za-z])(?:tel|telephone|fax|phone|mobile)(?![A-Za-z])|℡|☎|📞|☏",
    re.IGNORECASE,
)
#: What may stand between the word and the number.
_FILLER = re.compile(r"[:() .\n]{0,6}[^\d\n。;]{0,16}(?<!\+)(?:\(?\+(?=\d))?")
#: Short public numbers, which stay, before one that does not: 12388、7022345.
_SHORT_ONES = re.compile(r"(?:(?:1[12]\d|12\d{3}|96\d{3,4})[、,/或和及 ]{1,3}){1,2}")
#: The number behind a word for a telephone, or the next one of a list.
_ANY = re.compile(
    rf"(?<!\d)(?:{_ABROAD}?0?(?:{_MOBILE}|{_LOOSE})"
    rf"|{_SERVICE_NUMBER.format(sep='[ -]?')}|4\d{{3}}-\d{{3}}-\d{{3}}"
    rf"|{_AREA}[ -]{{1,3}}\d(?:[ -]?\d){{6,7}}"
    rf"|0\d{{8,11}}|{_LOCAL}){_EXTENSION}{_AFTER}",
    re.IGNORECASE,
)
#: What is a number directly behind the word and a colon only: six digits, foreign groups.
_DIRECT = re.compile(
    r"[:是为 ]{0,2}((?!9[56]|(?:19|20)\d\d-)"
    r"(?:\d{6}|\d{2,4}-\d{6}|\d{2,4}-\d{3,4}-\d{3,5}))(?![\d.-])"
)
#: A number before the word: “88900890”热线.
_LED = re.compile(
    r"(?<![\d.,])(?:[2-8]\d{6,7}(?=[”\"')]{0,2} ?(?:服务)?(?:热线|电话)(?!\d))"
    r"|[48]00\d{7}(?= ?\((?:热线|电话)\)))"
)
#: A further number that gives its last digits only: 7022345/46.
_LAST_DIGITS = re.compile(r"(?: ?/ ?\d{1,4}(?![\d年月日]))+")
#: Between the numbers of a list: signs, a remark in brackets, the name of an office.
_NEXT = re.compile(
    r"(?: ?\([^\d()\n]{0,8}\))?[ 、,/;或和及与]{0,3}"
    r"(?:\([^\d()\n]{0,8}\)|[一-鿿]{1,8}[科处室局办所站队部厅心司组])?[ :]{0,2}"
)
#: Words between that make it a count, or the name of something else.
_COUNTED = re.compile(
    r"受理|接听|接到|接待|接访|收到|收集|征集|答复|办理|解答|回复|办结|处理|来电|通话|点击|访问|浏览|阅读"
    r"|用户|工单|诉求|短信(?!平台)|意见|共|累计|合计|总(?!机)|约|达|计|[数量](?!码)"
    r"|邮 ?编|邮政|编码|编号|日期|时间|备案|索引|文号|网址|QQ|http|www"
)
_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\Z")


def telephones(plain: str) -> Iterator[Span]:
    """Telephone numbers with area codes, separators and extensions."""
    outside = addresses(plain)
    for pattern, is_plain in (
        (_LANDLINE, False),
        (_SERVICE, False),
        (_IN_ONE, True),
        (_MOBILES, True),
    ):
        for found in pattern.finditer(plain):
            start, end = found.span()
            if is_in(outside, start) or _is_thing(plain, start, end):
                continue
            # With its separators it is no count, whatever follows.
            if is_plain and (has_unit(plain, end) or is_quantity(plain, start)):
                continue
            yield from _with_list(plain, start, end)
    for label in _LABEL.finditer(plain):
        yield from _labelled(plain, label.end())
    for found in _LED.finditer(plain):
        if not _COUNTED.search(plain[max(0, found.start() - 8) : found.start()]):
            yield found.span()
    yield from _spelled(plain)


def _is_thing(plain: str, start: int, end: int) -> bool:
    """Whether it is part of a longer name: letters beside it, or a word for a name before it."""
    before, after = plain[max(0, start - 12) : start], plain[end : end + 1]
    if after.isascii() and after.isalpha():
        return True
    if before[-1:].isascii() and before[-1:].isalpha() and not _ends_in_label(before):
        return True
    return names_a_thing(plain, start) and not _LABEL.search(before)


def _ends_in_label(before: str) -> bool:
    return any(label.end() == len(before) for label in _LABEL.finditer(before))


def _labelled(plain: str, place: int) -> Iterator[Span]:
    """The numbers behind a word for a telephone."""
    direct = _DIRECT.match(plain, place)
    if direct and not has_unit(plain, direct.end()):
        yield direct.span(1)
    filler = _FILLER.match(plain, place)
    if filler is None or _COUNTED.search(filler[0]):
        return
    short = _SHORT_ONES.match(plain, filler.end())
    found = _ANY.match(plain, short.end() if short else filler.end())
    if found and _is_number(plain, found):
        yield from _with_list(plain, *found.span())


def _with_list(plain: str, start: int, end: int) -> Iterator[Span]:
    """A number, and those that follow it as a list: 7022345/46、7022346（传真），7022347."""
    while True:
        tail = _LAST_DIGITS.match(plain, end)
        end = tail.end() if tail else end
        yield start, end
        between = _NEXT.match(plain, end)
        if not between or not between[0] or _COUNTED.search(between[0]):
            return
        found = _ANY.match(plain, between.end())
        if found is None or _DATE.match(found[0]) or not _is_number(plain, found):
            return
        start, end = found.span()


def _is_number(plain: str, found: re.Match[str]) -> bool:
    """Whether neither a unit nor a letter follows."""
    after = plain[found.end() : found.end() + 1]
    return not has_unit(plain, found.end()) and not (after.isascii() and after.isalpha())


def _spelled(plain: str) -> Iterator[Span]:
    for found in _SPELLED.finditer(plain):
        is_mobile = bool(_SPELLED_MOBILE.fullmatch(found[0]))
        before = plain[max(0, found.start() - 12) : found.start()]
        if is_mobile or (_LABEL.search(before) and not _COUNTED.search(before)):
            yield found.span()
