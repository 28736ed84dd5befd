"""Who and when: title, agency, report year and printed date, each with its evidence.

The bytes alone are asked here; address, column and list date are the build's to add.
Titles, preambles and date labels as seen are in forms-and-rules §5.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from .chapters import Chapters
from .dates import find_date
from .labels import flat
from .types import Document, Evidence

_PHRASE = re.compile(
    r"(?:政府|政务)?信息公开(?:工作)?(?:情况)?(?:的)?(?:年度)?(?:工作)?(?:情况)?(?:年度)?(?:报告|年报|总结)"
)
_NOT_TITLES = re.compile(r"解读|报表|统计表|通知|图解|一图读懂|指南|制度|办法|要点|方案|计划|格式")
_YEAR = re.compile(r"(?<!\d)(20[0-3]\d|199\d)(?!\d)(?:年度|年)?")
_NAMED_YEAR = re.compile(r"(?<!\d)(20[0-3]\d|199\d)年")
_PERIOD = re.compile(
    r"统计(?:时间|期限|数据)?.{0,12}?(20\d\d)年1月1日|(20\d\d)年1月1日.{0,4}?至.{0,8}?12月31日"
)
_PUBLISHED = (
    re.compile(
        r"(?:发布日期|发布时间|公开日期|公开时间|发文日期|公布日期|发表时间)[:\]】]?(.{8,20})"
    ),
    re.compile(r"(?:^|[^\u4e00-\u9fff成生])(?:日期|时间)[:\]】](.{8,20})"),
    re.compile(r"(?:生成日期|成文日期|更新时间)[:\]】]?(.{8,20})"),
)
_BY_NAME = (
    ("preamble", re.compile(r"以([\u4e00-\u9fff]{3,30}?)(?:的)?名义")),
    (
        "preamble",
        re.compile(r"由([\u4e00-\u9fff]{3,30}?)(?:根据|按照|依据|汇总|综合|编制|负责编制)"),
    ),
    (
        "contact",
        re.compile(
            r"(?:请|可)?(?:径|直接)?(?:与|向|同)([\u4e00-\u9fff]{3,30}?)(?:办公室)?(?:联系|咨询|反映)"
        ),
    ),
)
_SELF = re.compile(
    r"^(?:我|本|各|该|其|区|县|市|省)(?:局|委|办|厅|机关|单位|部门|级|乡|镇|街道|政府)"
)
_LONGEST_TITLE = 80
_EARLY_MONTH = 11


@dataclass(frozen=True, slots=True)
class Headline:
    """Title, agency, year, dates, and the evidence for each."""

    title: str | None
    agency: str | None
    year: int | None
    published: str | None
    signed: str | None
    evidence: dict[str, tuple[Evidence, ...]]


def read_headline(document: Document, chapters: Chapters) -> Headline:
    """Read who reports on which year, and when the page says it was published."""
    first = chapters.first if chapters.first is not None else min(60, len(document.rows))
    before = [row.text for row in document.rows[:first] if len(row.text) < 4000]
    title = _title(document, first)
    published = _published(document, before)
    signed = next((d for d in map(find_date, reversed(chapters.signature)) if d), None)
    agencies = _agencies(title, before, chapters)
    years = _years(title, before, chapters, published[0].value if published else None)
    return Headline(
        title=title,
        agency=agencies[0].value if agencies else None,
        year=elect(years),
        published=published[0].value if published else None,
        signed=signed,
        evidence={"agency": agencies, "year": years, "published": published},
    )


def is_report_title(text: str) -> bool:
    """Whether a title is an annual report's own: its phrase, and no word of another kind."""
    text = flat(text)
    return bool(_PHRASE.search(text)) and not _NOT_TITLES.search(text)


def report_year_in(title: str) -> int | None:
    """The year that a title names (2020年 before a bare 2020), or None."""
    text = flat(title)
    match = _NAMED_YEAR.search(text) or _YEAR.search(text)
    return int(match[1]) if match else None


def year_published(date: str) -> int:
    """The report year that an ISO date of publication speaks for.

    Some agencies publish in the last weeks of the year reported on.
    """
    year, month = int(date[:4]), int(date[5:7])
    return year if month >= _EARLY_MONTH else year - 1


def _title(document: Document, first: int) -> str | None:
    found: list[tuple[int, str]] = []
    rows = document.rows[:first]
    for i, row in enumerate(rows):
        texts = [row.text.replace("\n", "")]
        if i + 1 < len(rows) and not row.tabular and not _PHRASE.search(flat(row.text)):
            texts.append(texts[0] + rows[i + 1].text)  # a title over two lines
        for rank, text in enumerate(texts):
            if _is_title(text):
                found.append((4 + 3 * row.heading - rank, text))
    for rank, text in ((5, document.meta.get("articletitle", "")), (2, document.title)):
        text = re.split(r"\s*[_|]\s*|\s+-+\s*|-(?=[^-]*$)", text)[0]
        if _is_title(text):
            found.append((rank, text))
    if not found:
        return None
    return max(found, key=lambda pair: pair[0] + 2 * bool(_YEAR.search(flat(pair[1]))))[1].strip()


def _is_title(text: str) -> bool:
    text = flat(text)
    if not 8 <= len(text) <= _LONGEST_TITLE or re.search(r"[。>》]|当前位置|首页", text):
        return False
    match = _PHRASE.search(text)
    if not match or not is_report_title(text):
        return False
    return match.start() > 0 or bool(_YEAR.search(text))


def _agencies(title: str | None, before: list[str], chapters: Chapters) -> tuple[Evidence, ...]:
    found: list[Evidence] = []
    if title:
        name = agency_of_title(title)
        if name:
            found.append(Evidence("title", name, 4))
    prose = [flat(text) for text in (*before, *chapters.texts.values())]
    for weight, (source, pattern) in enumerate(reversed(_BY_NAME), 1):
        for text in prose:
            match = pattern.search(text)
            if match and _is_name(match[1]):
                found.append(Evidence(source, match[1], weight))
                break
    for line in chapters.signature:
        if find_date(line) is None:
            found.append(Evidence("signature", flat(line), 3))
    return tuple(sorted(found, key=lambda evidence: -evidence.weight))


def _is_name(text: str) -> bool:
    return not _SELF.match(text) and "政府信息公开" not in text


def agency_of_title(title: str) -> str | None:
    """The agency's name as a title prints it, or None.

    >>> agency_of_title("2020年樟树市审计局政府信息公开工作年度报告")
    '樟树市审计局'
    """
    text = flat(title)
    match = _PHRASE.search(text)
    if not match:
        return None
    name = _YEAR.sub("", text[: match.start()])
    name = name.rpartition("关于")[2]
    name = re.sub(r"^[《\"“(]+|[(《\"“的年度]+$", "", name)
    if name.endswith("人民"):  # …人民政府信息公开…: the word 政府 serves twice
        name += "政府"
    return name if len(name) >= 2 and _is_name(name) else None


def _years(
    title: str | None, before: list[str], chapters: Chapters, published: str | None
) -> tuple[Evidence, ...]:
    found = []
    prose = "".join(flat(text) for text in (*before, chapters.texts.get("一", "")))
    match = _PERIOD.search(prose)
    if match:
        found.append(Evidence("period", match[1] or match[2], 3))
    named = report_year_in(title or "")
    if named:
        found.append(Evidence("title", str(named), 3))
    said = Counter(re.findall(r"(20\d\d)年", flat(chapters.texts.get("一", ""))))
    if said:
        found.append(Evidence("chapter_one", said.most_common(1)[0][0], 2))
    if published:
        found.append(Evidence("published", str(year_published(published)), 1))
    return tuple(found)


def elect(votes: Iterable[Evidence]) -> int | None:
    """The year with the most weight; between equals the one named first.

    Evidence without weight is kept for the record and never decides.
    """
    weights: Counter[str] = Counter()
    for vote in votes:
        weights[vote.value] += vote.weight
    best = max(weights, key=lambda year: weights[year]) if weights else None
    return int(best) if best is not None and weights[best] > 0 else None


def _published(document: Document, before: list[str]) -> tuple[Evidence, ...]:
    found = []
    for name in ("pubdate", "publishdate", "publishtime"):
        printed = find_date(document.meta.get(name, ""))
        if printed:
            found.append(Evidence(f"meta {name}", printed, 3))
            break
    for weight, pattern in ((2, _PUBLISHED[0]), (2, _PUBLISHED[1]), (1, _PUBLISHED[2])):
        for text in before:
            match = pattern.search(flat(text)) if len(text) < 400 else None
            printed = find_date(match[1]) if match else None
            if printed:
                found.append(Evidence("label", printed, weight))
                break
    return tuple(found)
