"""A report as the DOCX and the workbook that an office would file.

Written as raw XML where python-docx would not write what real offices do: content
controls, tracked changes, automatic numbers, layout tables, merges that were lost.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.styles import Border, Side
from openpyxl.worksheet.worksheet import Worksheet

from tests.portal.biff import XlsSheet, xls
from tests.portal.dumps import signature
from tests.portal.reports import FictionalReport, number
from tests.portal.tables import Box, Grid, grids

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_WPS = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_GONE = '<w:del w:id="1" w:author="甲"><w:r><w:delText>97531</w:delText></w:r></w:del>'


@dataclass(frozen=True, slots=True)
class Habits:
    """What a DOCX does that a simple reader does not expect.

    Attributes:
        controls: Tables, rows, cells and runs stand in content controls.
        tracked: Changes are tracked: other figures are deleted, a whole row is, and the
            text that counts is inserted in two runs.
        numbered: Chapter numbers and the 1. of labels are automatic.
        layout: Everything stands in a cell of a table made for layout.
        unmerged: Cells below a merged one are blank cells of their own.
        boxed: The title stands in a text box, written twice for old and new programs.
        strict: The namespaces are those of the strict kind of the format.
    """

    controls: bool = False
    tracked: bool = False
    numbered: bool = False
    layout: bool = False
    unmerged: bool = False
    boxed: bool = False
    strict: bool = False


PLAIN = Habits()
HABITS = {
    "plain": PLAIN,
    "controls": Habits(controls=True),
    "tracked": Habits(tracked=True),
    "numbered": Habits(numbered=True),
    "layout": Habits(layout=True),
    "unmerged": Habits(unmerged=True),
    "boxed": Habits(boxed=True),
    "strict": Habits(strict=True),
    "all": Habits(True, True, True, True, False, True, True),
}


def docx(report: FictionalReport, habits: Habits = PLAIN) -> bytes:
    """Print a report as a DOCX."""
    return _Docx(habits).write(report)


def package(parts: dict[str, str | bytes]) -> bytes:
    """A ZIP of the given members, in their order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def docx_of(body: str, **parts: str) -> bytes:
    """A DOCX around the XML of a body; `styles` and `numbering` may be added."""
    types = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="application/vnd.openxmlformats-'
        f'officedocument.wordprocessingml.{name}+xml"/>'
        for name in parts
    )
    links = "".join(
        f'<Relationship Id="r{name}" Type="{_OFFICE}/{name}" Target="{name}.xml"/>'
        for name in parts
    )
    return package(
        {
            "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_TYPES}">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
            'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
            '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
            f'officedocument.wordprocessingml.document.main+xml"/>{types}</Types>',
            "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_RELS}"><Relationship Id="r1" '
            f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f'{_HEAD}<w:document xmlns:w="{_W}" xmlns:mc="{_MC}" '
            f'xmlns:wps="{_WPS}" xmlns:r="{_OFFICE}"><w:body>{body}<w:sectPr/></w:body>'
            "</w:document>",
            "word/_rels/document.xml.rels": f'{_HEAD}<Relationships xmlns="{_RELS}">{links}'
            "</Relationships>",
            "docProps/core.xml": f"{_HEAD}<cp:coreProperties "
            'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>另一市另一局1999年政府信息公开'
            "工作年度报告</dc:title></cp:coreProperties>",
        }
        | {
            f"word/{name}.xml": f'{_HEAD}<w:{name} xmlns:w="{_W}">{content}</w:{name}>'
            for name, content in parts.items()
        }
    )


@dataclass(slots=True)
class _Docx:
    habits: Habits
    lists: list[tuple[str, str]] = field(default_factory=list)  # (format, text) of each w:num

    def write(self, report: FictionalReport) -> bytes:
        body = "".join(self._body(report))
        if self.habits.layout:
            beside = self._cell_of(self._paragraph("信息公开"))
            body = f"<w:tbl><w:tr>{beside}{self._cell_of(body)}</w:tr></w:tbl><w:p/>"
        abstract = "".join(
            f'<w:abstractNum w:abstractNumId="{i}"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
            f'<w:numFmt w:val="{how}"/><w:lvlText w:val="{text}"/></w:lvl></w:abstractNum>'
            for i, (how, text) in enumerate(self.lists, 1)
        )
        nums = "".join(
            f'<w:num w:numId="{i}"><w:abstractNumId w:val="{i}"/></w:num>'
            for i in range(1, len(self.lists) + 1)
        )
        styles = (
            '<w:style w:type="paragraph" w:styleId="a1"><w:name w:val="heading 1"/></w:style>'
            '<w:style w:type="paragraph" w:styleId="a2"><w:name w:val="章"/>'
            '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
            '<w:style w:type="paragraph" w:styleId="a3"><w:basedOn w:val="a2"/></w:style>'
        )
        made = docx_of(body, styles=styles, numbering=abstract + nums)
        return _strict(made) if self.habits.strict else made

    def _body(self, report: FictionalReport) -> Iterator[str]:
        if self.habits.numbered:
            self.lists.append(("chineseCountingThousand", "%1、"))
        yield self._title(report.title)
        yield self._paragraph(report.preamble)
        tables = grids(report)
        for chapter, paragraphs in report.chapters.items():
            heading = report.heading(chapter)
            if self.habits.numbered:
                yield self._paragraph(heading[2:], '<w:pStyle w:val="a3"/>')
            else:
                yield self._paragraph(heading)
            yield from map(self._paragraph, paragraphs)
            if chapter in tables:
                yield self._table(tables[chapter])
        yield from map(self._paragraph, signature(report))

    def _title(self, text: str) -> str:
        title = self._paragraph(text, '<w:pStyle w:val="a1"/>')
        if not self.habits.boxed:
            return title
        box = f"<w:txbxContent>{title}</w:txbxContent>"
        return (
            '<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:wsp>'
            f"<wps:txbx>{box}</wps:txbx></wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict>"
            f"{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
        )

    def _paragraph(self, text: str, properties: str = "") -> str:
        head = f"<w:pPr>{properties}</w:pPr>" if properties else ""
        return f"<w:p>{head}{self._runs(text)}</w:p>"

    def _runs(self, text: str) -> str:
        if not text:
            return _GONE if self.habits.tracked else ""
        if not self.habits.tracked:
            return self._control(_run(text))
        half = len(text) // 2
        inserted = f'<w:ins w:id="2" w:author="乙">{_run(text[half:])}</w:ins>'
        return _GONE + self._control(_run(text[:half])) + inserted

    def _control(self, content: str) -> str:
        if not self.habits.controls:
            return content
        return f"<w:sdt><w:sdtPr/><w:sdtContent>{content}</w:sdtContent></w:sdt>"

    def _label(self, text: str) -> str:
        """The paragraph of a cell; the number of a label may be automatic."""
        match = re.match(r"(\d)([.、]) ?(?=\D)", text)
        if not match or not self.habits.numbered:
            return self._paragraph(text)
        if match[1] == "1":
            self.lists.append(("decimal", f"%1{match[2]}"))
        properties = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{len(self.lists)}"/></w:numPr>'
        return self._paragraph(text[match.end() :], properties)

    def _cell_of(self, content: str, properties: str = "") -> str:
        return self._control(f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>")

    def _table(self, grid: Grid) -> str:
        rows = []
        for row in _with_covered(grid):
            cells = "".join(self._cell(box, covered) for box, covered in row)
            rows.append(self._control(f"<w:tr>{cells}</w:tr>"))
        if self.habits.tracked:
            cell = "<w:tc><w:p><w:r><w:delText>86420</w:delText></w:r></w:p></w:tc>"
            gone = '<w:tr><w:trPr><w:del w:id="3" w:author="甲"/></w:trPr>' + cell * 8 + "</w:tr>"
            rows.insert(len(rows) // 2, gone)
        return self._control(f"<w:tbl><w:tblPr/>{''.join(rows)}</w:tbl>") + "<w:p/>"

    def _cell(self, box: Box, covered: bool) -> str:
        properties = f'<w:gridSpan w:val="{box.across}"/>' if box.across > 1 else ""
        if not self.habits.unmerged:
            if covered:
                properties += "<w:vMerge/>"
            elif box.down > 1:
                properties += '<w:vMerge w:val="restart"/>'
        return self._cell_of("<w:p/>" if covered else self._label(box.text), properties)


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _with_covered(grid: Grid) -> Iterator[list[tuple[Box, bool]]]:
    """Rows with the cells that a cell above covers, each marked."""
    hanging: dict[int, tuple[Box, int]] = {}
    for row in grid:
        out: list[tuple[Box, bool]] = []
        at, left = 0, list(row)
        while left or at in hanging:
            if at in hanging:
                box, rest = hanging.pop(at)
                out.append((box, True))
                if rest > 1:
                    hanging[at] = box, rest - 1
            else:
                box = left.pop(0)
                out.append((box, False))
                if box.down > 1:
                    hanging[at] = box, box.down - 1
            at += box.across
        yield out


def _strict(body: bytes) -> bytes:
    """The same document in the strict kind of the format."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    strict = "http://purl.oclc.org/ooxml"
    names = {
        _W: f"{strict}/wordprocessingml/main",
        _OFFICE: f"{strict}/officeDocument/relationships",
    }
    for name, content in parts.items():
        for old, new in names.items():
            content = content.replace(old.encode(), new.encode())
        parts[name] = content
    return package(dict(parts))


def xlsx(
    report: FictionalReport,
    *,
    first_column: int = 1,
    merged_prose: bool = True,
    sheets: bool = False,
    framed: bool = False,
    style: Callable[[Cell, str], None] | None = None,
) -> bytes:
    """Print a report as a workbook.

    Args:
        report: The report.
        first_column: Column that it begins in.
        merged_prose: Whether paragraphs stand in cells merged over the width.
        sheets: Whether each chapter has a sheet of its own.
        framed: Whether the cells of tables have a frame, blank ones too.
        style: Called with each cell of a figure and its printed text, to format it.
    """
    book = Workbook()
    page = _Sheet(book.active, first_column, merged_prose, framed, style)
    page.line(report.title)
    page.line(report.preamble)
    tables = grids(report)
    for chapter, paragraphs in report.chapters.items():
        if sheets and chapter != "一":
            page = _Sheet(book.create_sheet(chapter), first_column, merged_prose, framed, style)
        page.line(report.heading(chapter))
        for text in paragraphs:
            page.line(text)
        if chapter in tables:
            page.table(tables[chapter])
    for text in signature(report):
        page.line(text)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@dataclass(slots=True)
class _Sheet:
    sheet: Worksheet
    first: int
    merged_prose: bool
    framed: bool
    style: Callable[[Cell, str], None] | None
    at: int = 1

    def line(self, text: str) -> None:
        self.sheet.cell(self.at, self.first, text)
        if self.merged_prose:
            self._merge(self.first, 14, 1)
        self.at += 1

    def table(self, grid: Grid) -> None:
        for row in _with_covered(grid):
            column = self.first
            for box, covered in row:
                if not covered:
                    self._cell(column, box)
                    self._merge(column, box.across, box.down)
                column += box.across
            self.at += 1
        self.at += 1

    def _cell(self, column: int, box: Box) -> None:
        value = None if box.head else number(box.text)
        cell = self.sheet.cell(self.at, column, (box.text or None) if value is None else value)
        if self.framed:
            for more in range(box.across):
                self.sheet.cell(self.at, column + more).border = Border(bottom=Side("thin"))
        if self.style is not None and not box.head:
            self.style(cell, box.text)

    def _merge(self, column: int, across: int, down: int) -> None:
        if across > 1 or down > 1:
            self.sheet.merge_cells(
                start_row=self.at,
                start_column=column,
                end_row=self.at + down - 1,
                end_column=column + across - 1,
            )


def xls_of(workbook: bytes, framed: bool = False) -> bytes:
    """The same workbook as an XLS, all its cells with a frame or none."""
    sheets = []
    for page in load_workbook(io.BytesIO(workbook)).worksheets:
        cells = [cell for row in page.iter_rows() for cell in row]
        cells = [c for c in cells if c.value is not None or (framed and c.border.bottom.style)]
        sheets.append(
            XlsSheet(
                {
                    (c.row - 1, c.column - 1): (c.value, c.number_format.replace("General", ""))
                    for c in cells
                },
                tuple(
                    (r.min_row - 1, r.min_col - 1, r.max_row - 1, r.max_col - 1)
                    for r in page.merged_cells.ranges
                ),
                dimensions=(page.max_row, page.max_column),
            )
        )
    return xls(*sheets, framed=framed)
