"""The field's words as types: Document, Figure, Finding, Report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

_T = TypeVar("_T")
Value = int | float | None

#: Stands in a cell's text where a number goes on in the next line of the same cell of a PDF.
#: Figures are joined there, with the flag `wrapped`; elsewhere it is a line break.
WRAP = "\u2028"
#: Stands behind a number that may be a part of one which goes on beyond its cell.
DOUBT = "\u2029"

#: Figure statuses (shared design). Only `reported`, `inferred` and `hand_read` have a value.
FIGURE_STATUSES = (
    "reported",
    "blank",
    "dash",
    "slash",
    "none_word",
    "unparsed",
    "missing_cell",
    "inferred",
    "hand_read",
)
#: Those of a cell that is there and in which no number was printed. One that was not
#: found (missing_cell), or is no number that can be read (unparsed), is none of them.
BLANK_STATUSES = ("blank", "dash", "slash", "none_word")


@dataclass_transform(frozen_default=True)
def record(cls: type[_T]) -> type[_T]:
    """A frozen dataclass with slots, as mypy sees it; frozen by that, and not at run time.

    A report is a thousand small records; to freeze each of them takes a tenth of the time
    that reading takes (`make bench ONLY=read`).
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)


@record
class Cell:
    """One printed cell or paragraph.

    Attributes:
        text: As printed, entities decoded, outer white space kept out.
        place: Locator in the document: `t2r5c3` (table, row, cell of an HTML page or a
            DOCX; sheet, row, column of a workbook; counted from 1), `d1L12c3` (line and
            cell of a dump in the page's first `pre`), `p12c3` (paragraph and cell),
            `p3@72,101,520,118` (page of a PDF or OFD, and the box's left, top, right and
            bottom in points from the page's upper left corner) or `L120c2` (line and
            cell of a text dump). In a ZIP the member's name and `!` stand before it.
    """

    text: str
    place: str


@record
class Row:
    """One line of a document.

    Attributes:
        cells: Cells that start in this line, in reading order.
        tabular: Whether the cells stood in a table; a paragraph is a row of one
            cell that is not tabular.
        heading: Whether the markup says that it is a heading (h1…h6).
        trail: Numbers of the block elements that it stands in, outermost first;
            rows of one container share the beginning of their trails.
    """

    cells: tuple[Cell, ...]
    tabular: bool = False
    heading: bool = False
    trail: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """The texts of the cells, joined by one space."""
        if len(self.cells) == 1:  # most lines: prose, and dumps of one cell a line
            return self.cells[0].text
        return " ".join([cell.text for cell in self.cells if cell.text])


@dataclass(frozen=True, slots=True)
class Document:
    """A 文件: one body read into rows, with what the markup says about itself.

    Attributes:
        rows: Everything printed, in reading order.
        kind: `html`, `text`, `pdf`, `docx`, `sheet` or `ofd`.
        blanks_kept: False where blank cells leave no trace in this kind of dump.
        own_cells: Whether rows hold their own cells only, as in HTML; a row of a text
            dump is filled up to the width of its table.
        title: Text of the page's own title element, or "".
        meta: The national page tags (ArticleTitle, PubDate, …), names in lower case.
        links: (address as printed, text) of links to files.
        pictures: How many pictures stand in the body.
        charset: The encoding that was used.
        cut: Place of the cell in which the body breaks off, or "".
    """

    rows: tuple[Row, ...]
    kind: str
    blanks_kept: bool = True
    own_cells: bool = True
    title: str = ""
    meta: dict[str, str] = field(default_factory=dict)
    links: tuple[tuple[str, str], ...] = ()
    pictures: int = 0
    charset: str = "utf-8"
    cut: str = ""


@record
class Figure:
    """A 数值: one cell of a statutory table as it is printed.

    Attributes:
        table: `t2`, `t3` or `t4`.
        line: Code of the line.
        measure: Code of the measure.
        printed: The cell's text as printed, or None where there is no cell.
        value: The printed number, never converted; None if none is printed.
        status: One of `FIGURE_STATUSES`.
        unit: Unit printed in the cell or its heading, or None.
        place: Locator of the cell, or None.
        flags: What is unusual about it, e.g. `unit_in_cell`.
    """

    table: str
    line: str
    measure: str
    printed: str | None
    value: Value
    status: str
    unit: str | None = None
    place: str | None = None
    flags: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Name of the figure's column in a release."""
        return f"{self.table}_{self.line}_{self.measure}"


@dataclass(frozen=True, slots=True)
class Finding:
    """A 疑点: a check that did not pass.

    Attributes:
        check: `C01` … `C26` (forms-and-rules §2, `extract.checks.rules`).
        status: `fail`, `uncertain` (an input is blank; `left` is the sum without
            it) or `not_assessable` (an input was not found).
        left: Left side of the equation, or None.
        right: Right side, or None.
        figures: Keys of the figures concerned.
        sentence: What the two sides say, in neutral Chinese.
        sentence_en: The same in English.
        reading: `certain`, or `shift_suspected` where the figures would agree if our
            reader had taken them a column or two off: look at the archived page first.
        related: Id of the version of another report that it was held against, or "".
    """

    check: str
    status: str
    left: Value
    right: Value
    figures: tuple[str, ...]
    sentence: str
    sentence_en: str
    reading: str = "certain"
    related: str = ""


@record
class Fact:
    """A number that the prose states (forms-and-rules §6), with the words that state it.

    Attributes:
        code: What is counted, e.g. `app_received`; see `extract.facts`.
        value: The number as stated, scaled by a printed 万; None where the words say that
            there was none and print no 0.
        unit: The printed unit (件, 条, 元 …), or "".
        quote: The exact words, as they stand in the chapter's text.
        chapter: Number of the chapter, 一 … 六.
        start: Where the quotation begins in the chapter's text, counted from 0.
        end: Where it ends.
        part: `total`, or `part` where it counts only some of what the code names.
        channel: What a part is limited to (网站, 微信 …), or "".
        flags: `approximate` (余, 多), `last_year` and what else is unusual.
    """

    code: str
    value: Value
    unit: str
    quote: str
    chapter: str
    start: int
    end: int
    part: str = "total"
    channel: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence for a year, an agency or a date: where from, what, weight."""

    source: str
    value: str
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Report:
    """A 政府信息公开工作年度报告 as its own bytes tell it.

    Attributes:
        status: `read`, `attachment_unread` or `needs_ocr`; the build adds
            `needs_converter` and `unreadable`.
        title: The printed title, or None; never made up.
        agency: The agency's printed name, or None.
        year: Report year, or None.
        published: Date printed by the page (ISO), or None; not the signature's.
        signed: Date of the signature block (ISO), or None.
        form: Form of table two, else of table three, `legacy` for a report as it was
            written before these forms, else None.
        forms: Form by table, where the labels tell it.
        chapters: Chapter number 一…六 → text without heading and tables; of a legacy
            report every chapter by its printed number.
        headings: Chapter number → its heading as printed, with its number.
        figures: In statutory order; lines that are not printed are absent.
        findings: Checks that did not pass.
        passes: How many checks passed.
        evidence: Evidence for `year`, `agency`, `published` and `scope`; `converter` where
            LibreOffice converted the document.
        attachments: (address as printed, text) of files linked from the body.
        charset: Encoding that was used to decode.
        kind: The format that it was read from, as in `Document.kind`; "" where the build
            knows a report by its list title only.
        title_derived: Title made up from agency and year where none is printed, or None.
        scope: `own`, `aggregate` (a whole government's) or `unknown`.
        block: The 索引号 block: label (索引号, 发布机构, 文号 …) → text, as printed.
        leftovers: Numbers inside a recognised table that no figure took.
        grids: Raw tables of a legacy report: rows of cell texts.
        flags: What is unusual about it, e.g. `form_year_conflict`.
        facts: Numbers that the prose states, in its order.
    """

    status: str
    title: str | None = None
    agency: str | None = None
    year: int | None = None
    published: str | None = None
    signed: str | None = None
    form: str | None = None
    forms: dict[str, str] = field(default_factory=dict)
    chapters: dict[str, str] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    findings: tuple[Finding, ...] = ()
    passes: int = 0
    evidence: dict[str, tuple[Evidence, ...]] = field(default_factory=dict)
    attachments: tuple[tuple[str, str], ...] = ()
    charset: str = "utf-8"
    kind: str = "html"
    title_derived: str | None = None
    scope: str = "unknown"
    block: dict[str, str] = field(default_factory=dict)
    leftovers: tuple[Cell, ...] = ()
    grids: tuple[tuple[tuple[str, ...], ...], ...] = ()
    flags: tuple[str, ...] = ()
    headings: dict[str, str] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
