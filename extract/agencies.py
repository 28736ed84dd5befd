"""The agency's name: every place that prints it, the likeliest first."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .chapters import Chapters
from .dates import find_date, without_date
from .labels import flat, nfkc
from .names import is_agency_line, is_name, without_desk
from .title_words import PHRASE, YEAR, agency_of_title
from .titles import Title, tagged_titles
from .types import Document, Evidence

_HAN = r"[\u4e00-\u9fff]"
#: A pattern, with words of which it needs one: most texts have none.
_Words = tuple[tuple[str, ...], re.Pattern[str]]
_PREAMBLE = (
    (("名义",), re.compile(rf"以({_HAN}{{3,30}}?)(?:的)?名义")),
    (("由",), re.compile(rf"由({_HAN}{{3,30}}?)(?:根据|按照|依据|汇总|综合|编制|负责编制)")),
    (("编制",), re.compile(
        rf"(?:^|[。,;:])({_HAN}{{3,30}}?)(?:组织|负责)?编制(?:了)?(?:《)?"
        r"(?:本.{0,3}报告|20\d\d年)"
    )),
)  # fmt: skip
_CONTACT = (
    (("联系", "咨询", "反映"), re.compile(
        rf"(?:请|可)?(?:径|直接)?(?:与|向|同)({_HAN}{{3,30}}?)(?:联系|咨询|反映)"
    )),
    (("请",), re.compile(
        rf"请(?:径|直接)?(?:联系|咨询):?({_HAN}{{3,30}}?)(?=[^\u4e00-\u9fff]|联系|电话|$)"
    )),
    (("单位", "部门", "机构"), re.compile(
        rf"(?:联系|咨询|受理)(?:单位|部门|机构)(?:名称)?:({_HAN}{{3,30}}?)"
        r"(?=[^\u4e00-\u9fff]|联系|电话|地址|$)"
    )),
)  # fmt: skip
_PUBLISHER = re.compile(
    r"(?:^|[\s|\[【(;,])(?:信息来源|来\s*源|(?:信息)?发\s*布\s*(?:机\s*构|单\s*位)"
    r"|公开(?:机构|主体)|信息提供|(?:发文|制发)(?:机关|机构|单位))"
    rf"\s*[:\]】]?\s*({_HAN}{{2,30}}?)(?=发布|日期|时间|[^\u4e00-\u9fff]|$)"
)
#: A letter of each of its labels.
_OF_PUBLISHER = re.compile("[源机单主提]")
_CRUMBS = re.compile(r"(?:当前|所在|现在)?(?:的)?(?:位置|栏目)(?:是|为)?[:>]|^首页[>»›/]")
_CRUMB = re.compile(r"[>»›/|]+|::|→|-{1,2}>?")
#: Names of columns that end like an agency's.
_COLUMNS = re.compile(
    r"^(?:各?(?:乡镇|镇街|街镇|街道|乡|镇|区县|县区|县市区|市州|部门|园区|开发区)+(?:人民政府)?"
    r"|.*(?:部门街道|乡镇街道|政府部门|直属机构|派出机构|信息公开办)|组织机构|办事机构)$"
)
#: Words that stand before the name of a report in a sentence.
_VERBS = re.compile(r"现将|特将|现就|现?公布|现?发布|现?公开|形成|编制|制作|撰写|关于")
#: A sentence that tells what a report must be like names no agency's own.
_OTHERS = re.compile(r"》?的?(?:格式|编制|编写|撰写|模板|要求|通知)")
#: National page tags with their weight. SiteName is the portal, which hosts many agencies.
_TAGS = {"contentsource": 1, "author": 0, "columnname": 0, "sitename": 0}
_LONGEST_CRUMBS = 200


def read_agencies(
    document: Document, title: Title | None, before: list[str], chapters: Chapters
) -> tuple[Evidence, ...]:
    """Names of the agency with where they are printed, the likeliest first.

    The title's own name counts as it is printed, fuller ones elsewhere notwithstanding.

    Args:
        document: The page.
        title: Its title.
        before: Texts before the first chapter.
        chapters: Its chapters.
    """
    preamble = [flat(text) for text in before]
    prose = [*preamble, *(flat(text) for text in chapters.texts.values())]
    names = [
        ("title", 6, agency_of_title(title.text) if title else None),
        ("under title", 4, _under_title(document, title)),
        ("preamble", 5, _of_report(prose)),
        ("preamble", 5, _by(_PREAMBLE, prose)),
        *(("signature", 4, name) for name in _signed(chapters)),
        ("contact", 3, _by(_CONTACT, prose)),
        ("page title", 2, _tagged(document)),
        ("breadcrumb", 2, _in_breadcrumb(before)),
        ("publisher", 1, _publisher(before)),
        *((f"meta {tag}", weight, _in_tag(document, tag)) for tag, weight in _TAGS.items()),
    ]
    found = [Evidence(source, name, weight) for source, weight, name in names if name]
    return tuple(sorted(found, key=lambda evidence: -evidence.weight))


def elect_agency(found: Iterable[Evidence]) -> str | None:
    """The likeliest name; evidence without weight is kept for the record and never decides."""
    weighty = [piece for piece in found if piece.weight > 0]
    return max(weighty, key=lambda piece: piece.weight).value if weighty else None


def _by(patterns: tuple[_Words, ...], texts: list[str]) -> str | None:
    for words, pattern in patterns:
        for text in texts:
            for match in pattern.finditer(text) if any(word in text for word in words) else ():
                name = without_desk(match[1]) if patterns is _CONTACT else match[1]
                if len(name) > 2 and is_name(name):
                    return name
    return None


def _of_report(texts: list[str]) -> str | None:
    """The name before 政府信息公开工作年度报告 in a sentence; a link is no sentence."""
    for text in texts:
        if not re.search(r"[。,;]", text):
            continue
        for match in PHRASE.finditer(text):
            name = _name_before(text[max(0, match.start() - 60) : match.start()])
            if name and not _OTHERS.match(text[match.end() :]):
                return name
    return None


def _name_before(text: str) -> str | None:
    clause = _VERBS.split(re.split(r"[。,;:!?《》“”\"]", text)[-1])[-1]
    name = YEAR.sub("", clause).removesuffix("的").removesuffix("年度")
    return name if YEAR.search(clause) and len(name) > 2 and is_name(name) else None


def _under_title(document: Document, title: Title | None) -> str | None:
    """An agency's name in the line after the title."""
    if title is None or title.last is None or title.last + 1 >= len(document.rows):
        return None
    line = document.rows[title.last + 1].text
    return flat(line) if is_agency_line(line) else None


def _signed(chapters: Chapters) -> list[str]:
    lines = (without_date(line) if find_date(line) else flat(line) for line in chapters.signature)
    names = (re.sub(r"\([盖公印]?章\)$", "", line) for line in lines)
    return [name for name in names if is_name(name)]


def _tagged(document: Document) -> str | None:
    names = (agency_of_title(title.text) for title in tagged_titles(document))
    return next((name for name in names if name), None)


def _in_breadcrumb(before: list[str]) -> str | None:
    """The last agency in 您当前的位置：首页 > 区财政局 > 政务公开; the first is the portal."""
    for text in before:
        line = flat(text)
        mark = _CRUMBS.search(line) if len(line) < _LONGEST_CRUMBS else None
        if not mark:
            continue
        parts = _CRUMB.split(line[mark.end() :])
        # A government above the agency is the portal's; a town's own has no other above it.
        names = [part for part in parts if is_name(part) and not _COLUMNS.match(part)]
        names = [name for name in names if not re.search(r"(?<![乡镇])人民政府$", name)]
        if names:
            return names[-1]
    return None


def _in_tag(document: Document, tag: str) -> str | None:
    """The agency that one of the national page tags names."""
    text = re.sub(
        r"(?:政府)?(?:信息公开)?(?:门户)?(?:网站|网)$", "", flat(document.meta.get(tag, ""))
    )
    for name in (text, f"{text}政府" if text.endswith("人民") else ""):
        if len(name) > 2 and is_name(name) and not _COLUMNS.match(name):
            return name
    return None


def _publisher(before: list[str]) -> str | None:
    """Who put the page up: often the portal's operator, hence the weakest."""
    for text in before:
        line = nfkc(text) if len(text) < 400 else ""
        match = _PUBLISHER.search(line) if _OF_PUBLISHER.search(line) else None
        if match and is_name(match[1]):
            return match[1]
    return None
