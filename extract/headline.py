"""Who and when: title, agency, report year and printed date, each with its evidence.

The bytes alone are asked here; address, column and list date are the build's to add.
Titles, preambles and date labels as seen are in forms-and-rules §5.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .agencies import elect_agency, read_agencies
from .chapters import Chapters
from .dates import find_date
from .forms import forms
from .index_block import read_block
from .labels import flat
from .period import read_period
from .published import read_published
from .scope import read_scope
from .title_words import agency_of_title, derived_title, is_report_title, report_year_in
from .titles import read_title
from .types import Document, Evidence

__all__ = [
    "Headline",
    "agency_of_title",
    "derived_title",
    "elect",
    "elect_agency",
    "is_report_title",
    "read_headline",
    "report_year_in",
    "year_flags",
    "year_published",
]

_PERIOD = re.compile(
    r"统计(?:时间|期限|数据)?.{0,12}?(?<!\d)(20\d\d)年1月1日"
    r"|(?<!\d)(20\d\d)年1月1日.{0,4}?至.{0,8}?12月31日"
    # The 2007 regulations came into force on 1 May 2008.
    r"|统计(?:时间|期限|数据)?.{0,12}?(?<!\d)(20\d\d)年\d{1,2}月\d{1,2}日.{0,4}?[至到—-]"
    r"(?:\3年|同年|当年|本年)?12月31日"
    r"|统计.{0,12}?(?:截至|截止|截止到|截止至)(?<!\d)(20\d\d)年12月31日"
)
_EARLY_MONTH = 11
#: From this weight on a source's own word counts as a side of a conflict.
_SIDE = 2


@dataclass(frozen=True, slots=True)
class Headline:
    """Title, agency, year, dates, scope, and the evidence for each; the 索引号 block."""

    title: str | None
    title_derived: str | None
    agency: str | None
    year: int | None
    published: str | None
    signed: str | None
    scope: str
    block: dict[str, str]
    evidence: dict[str, tuple[Evidence, ...]]


def read_headline(document: Document, chapters: Chapters) -> Headline:
    """Read who reports on which year, and when the page says it was published."""
    first = chapters.first if chapters.first is not None else min(60, len(document.rows))
    before = [row.text for row in document.rows[:first] if len(row.text) < 4000]
    title = chapters.title or read_title(document, first, chapters.container)
    signed = next((d for d in map(find_date, reversed(chapters.signature)) if d), None)
    agencies = read_agencies(document, title, before, chapters)
    prose = "".join(flat(text) for text in (*before, chapters.texts.get("一", "")))
    years = _years(title.text if title else "", prose, chapters, signed)
    published = read_published(document, chapters, title, elect(years))
    if published:
        years += (Evidence("published", str(year_published(published[0].value)), 1),)
    agency, year = elect_agency(agencies), elect(years)
    scope, signs = read_scope(agency, before, chapters.texts.get("一", ""))
    evidence = {"agency": agencies, "year": years, "published": published, "scope": signs}
    period = read_period(prose)
    if period:
        evidence["period"] = (Evidence("preface", period, 0),)
    return Headline(
        title=title.text if title else None,
        title_derived=None if title else derived_title(agency, year),
        agency=agency,
        year=year,
        published=published[0].value if published else None,
        signed=signed,
        scope=scope,
        block=read_block(document, chapters),
        evidence=evidence,
    )


def year_flags(
    votes: Iterable[Evidence], year: int | None, tables: Mapping[str, str]
) -> tuple[str, ...]:
    """What is unusual about a report's year.

    Args:
        votes: The evidence for it.
        year: The year elected.
        tables: Form by table, as read from its labels.

    Returns:
        `year_conflict` where two sources that each carry weight name different years;
        `form_year_conflict` where a table's form was not made for the year.
    """
    flags = []
    if len({vote.value for vote in votes if vote.weight >= _SIDE}) > 1:
        flags.append("year_conflict")
    read = [forms()[code] for code in dict.fromkeys(tables.values()) if code in forms()]
    if year is not None and any(
        year < form.first_year or (form.last_year is not None and year > form.last_year)
        for form in read
    ):
        flags.append("form_year_conflict")
    return tuple(flags)


def year_published(date: str) -> int:
    """The report year that an ISO date of publication speaks for.

    Some agencies publish in the last weeks of the year reported on.
    """
    year, month = int(date[:4]), int(date[5:7])
    return year if month >= _EARLY_MONTH else year - 1


def _years(title: str, prose: str, chapters: Chapters, signed: str | None) -> tuple[Evidence, ...]:
    """Votes on the report year; between equals the one named first wins."""
    found = []
    match = _PERIOD.search(prose)
    if match:
        found.append(Evidence("period", next(filter(None, match.groups())), 3))
    named = report_year_in(title)
    if named:
        found.append(Evidence("title", str(named), 3))
    if signed:
        # Before chapter one, which may speak of the year before more often than of its own.
        found.append(Evidence("signature", str(year_published(signed)), 2))
    said = Counter(re.findall(r"(20\d\d)年", flat(chapters.texts.get("一", ""))))
    if said:
        found.append(Evidence("chapter_one", said.most_common(1)[0][0], 2))
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
