"""A report's title: which line of a page it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .chapter_lines import without_debris
from .labels import end_of, flat
from .names import is_agency_line, is_name
from .title_words import (
    COVER,
    NOT_TITLES,
    PHRASE,
    SITE,
    YEAR,
    agency_of_title,
    is_report_title,
    report_year_in,
)
from .types import Document, Row

_LABEL = re.compile(r"^\s*(?:信息|文件)?\s*(?:名\s*称|标\s*题|题\s*名)\s*[:：]\s*")
_NO_HEAD = re.compile(
    r"[。,;:>》!?]|当前位置|首页|^(?:根据|按照|依据|现将|现公布|现就|本报告|为|上一|下一|点击|附件)"
)
#: Words that begin the next sentence, or a label, right behind a title.
_RUN_ON = re.compile(
    r"根据|按照|依据|为|本|一、|来源|发布|日期|时间|信息|作者|浏览|索引|字[号体]|\[|【"
)
# "…年度报告根据…编制，现予公布" is a sentence about a report; one that goes on to name
# "本报告" has a title in front of it.
_OWN_SENTENCE = re.compile(r"本.{0,4}报告|来源|发布[时日]|日期|时间|浏览|字[号体]|一、")
_SPEAKS = re.compile(r"本(?:年度)?报告|现(?:将|予|向).{0,30}公布|向社会公布|报告如下|特?编制")
#: Systems whose offices bear the head office's name before their own.
_SYSTEM = re.compile(
    r"国家(?:税务|统计|移民管理)?总?局|海关总署|中国(?:气象局|人民银行|民用航空局)"
)
_PLACE = re.compile(r"[\u4e00-\u9fff]{1,12}(?:省|自治区|市|自治州|州|盟|地区|区|县|旗)")
_LONGEST_TITLE = 80
_LONGEST_PART = 40
_FIRST_LINES = 30
#: Worth of a line that is neither a heading nor beside the chapters.
_ELSEWHERE = 4


@dataclass(frozen=True, slots=True)
class Title:
    """A title, and the rows that it stands in (None for one from the page's own tags)."""

    text: str
    row: int | None = None
    last: int | None = None


def read_title(document: Document, first: int, container: tuple[int, ...]) -> Title | None:
    """The title of the report whose first heading stands in row `first`.

    Of several a heading counts before a line beside the chapters, that before the page's
    own tags, and a line elsewhere (a link to another year's report) last.

    Args:
        document: The page.
        first: Row of the first chapter's heading.
        container: Trail of the container that holds the chapters.
    """
    ranked = [
        (_rank(document, title, container), title)
        for title in (*_printed_titles(document, first), *tagged_titles(document))
    ]
    apart = [title for _, title in ranked if _stands(document, title, container) == _ELSEWHERE]
    if _is_list(apart):  # of other reports: this one's title need not be among them
        ranked = [(rank, title) for rank, title in ranked if title not in apart]
    best = max(ranked, key=lambda pair: pair[0])[1] if ranked else None
    return _with_upper(document, best) if best else None


def is_of_another_kind(document: Document) -> bool:
    """Whether a page calls itself a notice, a format or a picture about annual reports.

    Asked where no report's own title is printed; only the page's tags and headings
    count, or in a document without markup its first lines: lists of links hold many.
    """
    marked = any(row.trail for row in document.rows)
    lines = [row.text for row in document.rows[:_FIRST_LINES] if row.heading or not marked]
    lines += [document.meta.get("articletitle", ""), document.title]
    return any(
        PHRASE.search(text) and NOT_TITLES.search(COVER.sub(r"\1", text))
        for text in map(flat, lines)
        if len(text) <= _LONGEST_TITLE
    )


def speaks_of_itself(document: Document, first: int) -> bool:
    """Whether a sentence before row `first` speaks of its own document as an annual report."""
    texts = (flat(row.text) for row in document.rows[:first])
    return any(PHRASE.search(text) and _SPEAKS.search(text) for text in texts if "。" in text)


def _is_list(titles: list[Title]) -> bool:
    """Whether lines are titles of several reports: of two years, or of two agencies."""
    years = {report_year_in(title.text) for title in titles} - {None}
    names = [name for name in (agency_of_title(title.text) for title in titles) if name]
    longest = max(names, key=len, default="")
    return len(years) > 1 or not all(longest.endswith(name) for name in names)


def _rank(document: Document, title: Title, container: tuple[int, ...]) -> tuple[int, int, int]:
    named = agency_of_title(title.text) is not None
    worth = 2 * bool(YEAR.search(flat(title.text))) + 2 * named
    stands = _stands(document, title, container) + worth
    if title.row is None:
        return stands, 0, 0
    row = document.rows[title.row]
    near = sum(1 for mine, own in zip(row.trail, container, strict=False) if mine == own)
    return stands, near, title.row


def _stands(document: Document, title: Title, container: tuple[int, ...]) -> int:
    """How much the place of a title tells: a heading, a line beside the chapters, a tag."""
    if title.row is None:
        return 6
    row = document.rows[title.row]
    if row.heading:
        return 9
    inside = bool(container) and row.trail[: len(container)] == container
    return 7 if inside or not document.rows[0].trail else _ELSEWHERE


def tagged_titles(document: Document) -> Iterator[Title]:
    """Titles in the page's tags: ArticleTitle, and the part of `title` that is not the site."""
    for text in (document.meta.get("articletitle", ""), document.title):
        parts = [_plain(part) for part in (*SITE.split(text), text)]
        found = next((part for part in parts if part and _is_title(part)), None)
        if found:
            yield Title(found)


def _printed_titles(document: Document, first: int) -> Iterator[Title]:
    for index, row in enumerate(document.rows[:first]):
        cells = [cell.text for cell in row.cells] if row.tabular else [row.text]
        for text in cells:
            found = _own_title(_plain(text)) or ""
            if not found and not row.tabular:
                yield from _over_lines(document.rows, index)
            elif found and agency_of_title(found) is None and not row.tabular:
                yield _with_name(document.rows, index, found)
            elif found:
                yield Title(found, index, index)


def _plain(text: str) -> str:
    """A line without label, word processor's debris and outer marks."""
    text = _LABEL.sub("", without_debris(text.replace("\n", ""))).strip("#* \t")
    if text.startswith("《") and text.endswith("》"):
        text = text[1:-1]
    return text.strip()


def _own_title(text: str) -> str | None:
    """A line's title: the line itself, or what stands before a run-on sentence."""
    flattened = flat(text[: _LONGEST_TITLE * 3])
    match = PHRASE.search(flattened)
    if not match:
        return None
    tail = flattened[match.end() :]
    if not _RUN_ON.match(tail):
        return text if _is_title(text) else None
    if not _OWN_SENTENCE.search(tail):
        return None
    title = text[: end_of(text, match.end())]
    return title if _is_title(title) else None


def _is_title(text: str) -> bool:
    text = flat(text)
    if not 8 <= len(text) <= _LONGEST_TITLE or _NO_HEAD.search(text):
        return False
    match = PHRASE.search(text)
    if not match or not is_report_title(text):
        return False
    return match.start() > 0 or bool(YEAR.search(text))


def _over_lines(rows: tuple[Row, ...], index: int) -> Iterator[Title]:
    """A title over the next two or three lines, none of which is one alone."""
    text = _plain(rows[index].text)
    if not _may_begin(text) or PHRASE.search(flat(text)):
        return
    last = index
    for _ in range(2):
        last = _next(rows, last)
        if last < 0 or not _side_by_side(rows[index], rows[last]):
            return
        text += _plain(rows[last].text)
        if PHRASE.search(flat(text)):
            named = agency_of_title(text) is not None
            if _is_title(text):
                title = Title(text, index, last)
                yield title if named else _with_name(rows, index, text, last)
            return


def _next(rows: tuple[Row, ...], index: int) -> int:
    for other in range(index + 1, min(index + 3, len(rows))):
        if flat(rows[other].text):
            return -1 if len(rows[other].text) > _LONGEST_PART else other
    return -1


def _may_begin(text: str) -> bool:
    """Whether a line can be the first of a title: a name, or words with a year."""
    text = flat(text)
    if len(text) > _LONGEST_PART or not re.fullmatch(r"[\u4e00-\u9fff()《·、\d〇○]+", text):
        return False
    return bool(YEAR.search(text)) or is_name(re.sub(r"关于$|的$", "", text))


def _with_name(rows: tuple[Row, ...], index: int, text: str, last: int | None = None) -> Title:
    """A title without a name takes the line before it, if that is one."""
    last = index if last is None else last
    for before in range(index - 1, max(-1, index - 3), -1):
        line = _plain(rows[before].text)
        if not line:
            continue
        if is_agency_line(line) and _side_by_side(rows[before], rows[index]):
            return Title(line + text, before, last)
        break
    return Title(text, index, last)


def _with_upper(document: Document, title: Title) -> Title:
    """A title with the line above it that begins its agency's name.

    国家税务总局 stands above 示例市税务局, and in a printed file 示例县 above 示例镇人民政府;
    on a web page such a line may be the portal's.
    """
    name = agency_of_title(title.text)
    if not title.row or name is None:
        return title
    above, row = document.rows[title.row - 1], document.rows[title.row]
    line = _plain(above.text)
    printed_file = document.kind not in ("html", "text")
    begins = _SYSTEM.fullmatch(flat(line)) or (printed_file and _PLACE.fullmatch(flat(line)))
    if not begins or name.startswith(flat(line)) or not _side_by_side(above, row):
        return title
    return Title(line + title.text, title.row - 1, title.last)


def _side_by_side(row: Row, other: Row) -> bool:
    return row.trail[:-1] == other.trail[:-1] and not (row.tabular or other.tabular)
