"""Office documents, detail by detail: what Word and Excel print is read, nothing else."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest

from extract import read
from extract.errors import NeedsOcr, NotAReport, ReadingError
from extract.formats import biff, docx, sheets
from extract.formats.number_format import is_date, shown
from extract.types import Row
from tests.portal.biff import XlsSheet, xls
from tests.portal.office import HABITS, docx_of, package, xls_of, xlsx
from tests.portal.office import docx as report_docx
from tests.portal.reports import make_report


def rows(body: str, **parts: str) -> list[tuple[str, ...]]:
    return [tuple(c.text for c in row.cells) for row in docx.read(docx_of(body, **parts)).rows]


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def cell(*content: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{''.join(content)}</w:p></w:tc>"


def table(*lines: str) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{line}</w:tr>' for line in lines)}</w:tbl>"


BEGINS, GOES_ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"


@pytest.mark.parametrize(
    ("content", "printed"),
    [
        (run("1") + run("2"), "12"),
        (run("5") + run("9", "<w:vanish/>"), "5"),
        (run("5") + run("9", '<w:vanish w:val="0"/>'), "59"),
        (run("5") + run("9", "<w:strike/>"), "5"),
        (run("5") + run("9", '<w:rStyle w:val="h"/>'), "5"),
        (run("5") + run("1", '<w:vertAlign w:val="superscript"/>'), "5\n1"),
        (run("5") + "<w:r><w:footnoteReference w:id='2'/></w:r>", "5"),
        (run("1") + "<w:r><w:br/></w:r>" + run("2"), "1\n2"),
        (run("1") + "<w:r><w:tab/></w:r>" + run("2"), "1 2"),
        (run("a") + "<w:r><w:noBreakHyphen/></w:r>" + run("b"), "a-b"),
        ("<w:r><w:instrText>=7*9</w:instrText></w:r>" + run("63"), "63"),
        (f'<w:fldSimple w:instr="=7*9">{run("63")}</w:fldSimple>', "63"),
        (f"<w:hyperlink>{run('8')}</w:hyperlink>", "8"),
        (f"<w:moveFrom>{run('7')}</w:moveFrom><w:moveTo>{run('8')}</w:moveTo>", "8"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>', "\uf0fc"),
        ('<w:r><w:sym w:char="D800"/></w:r>', "\ufffd"),
        (
            f"<w:r><w:ruby><w:rt>{run('dan')}</w:rt><w:rubyBase>{run('单')}</w:rubyBase></w:ruby></w:r>",
            "单",
        ),
        (
            "<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>6</w:t></w:r></w:p></w:txbxContent>"
            "</w:pict></w:r>",
            "6",
        ),
    ],
)
def test_a_cell_says_what_word_prints(content: str, printed: str) -> None:
    hidden = (
        '<w:style w:type="character" w:styleId="g"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="h"><w:basedOn w:val="g"/></w:style>'
    )
    assert rows(table(cell(run("项")) + cell(content)), styles=hidden) == [("项", printed)]


def test_a_cell_that_continues_nothing_starts_here() -> None:
    first = cell(run("甲"), properties=BEGINS) + cell(run("1"), properties=GOES_ON)
    second = cell(run("没"), properties=GOES_ON) + cell(run("2"), properties=GOES_ON)
    third = cell(run("乙")) + cell(run("3"))
    assert rows(table(first, cell(run("x")) + cell(run("y")), third))[0] == ("甲", "1")
    assert rows(table(first, second + cell(run("5")) + cell(run("6")), third)) == [
        ("甲", "1"),
        ("5", "6"),
        ("乙", "3"),
    ]


def test_a_merge_goes_on_below_the_same_grid_column_only() -> None:
    wide = cell(run("宽"), properties='<w:gridSpan w:val="2"/>')
    first = wide + cell(run("高"), properties=BEGINS) + cell(run("1"))
    second = cell(run("a")) + cell(run("b")) + cell(properties=GOES_ON) + cell(run("2"))
    stray = cell(run("c")) + cell(run("d"), properties=GOES_ON) + cell(run("3")) + cell(run("4"))
    assert rows(table(first, second, stray))[1:] == [("a", "b", "2"), ("c", "d", "3", "4")]


def test_deleted_rows_cells_and_paragraph_ends_are_gone() -> None:
    gone = f"<w:trPr><w:del/></w:trPr>{cell(run('9'))}{cell(run('9'))}"
    cut = cell(run("1")) + cell(run("8"), properties="<w:cellDel/>") + cell(run("2"))
    assert rows(table(gone, cut)) == [("1", "2")]
    joined = f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{run('示例')}</w:p><w:p>{run('市')}</w:p>"
    assert rows(joined) == [("示例市",)]


def test_a_text_box_is_read_once() -> None:
    rendered, _ = make_report("示例市示例局", "990001", "finance", 2022)
    found = [row.text for row in docx.read(report_docx(rendered, HABITS["boxed"])).rows]
    assert found.count(rendered.title) == 1


def test_a_row_that_holds_a_table_is_layout() -> None:
    inner = table(cell(run("规章")) + cell(run("3")))
    outer = table(cell(run("左")) + f"<w:tc><w:p>{run('前')}</w:p>{inner}<w:p/></w:tc>")
    found = docx.read(docx_of(outer)).rows
    assert [(row.tabular, row.text) for row in found] == [
        (False, "左"),
        (False, "前"),
        (True, "规章 3"),
    ]
    assert found[-1].cells[1].place == "t2r1c2"


LISTS = (
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
    '<w:numFmt w:val="{how}"/><w:lvlText w:val="{text}"/></w:lvl><w:lvl w:ilvl="1">'
    '<w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2">'
    '<w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>'
    "</w:lvlOverride></w:num>"
)


def numbered(text: str, number: int = 1, level: int = 0) -> str:
    properties = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{run(text)}</w:p>"


@pytest.mark.parametrize(
    ("how", "text", "printed"),
    [
        ("chineseCounting", "%1、", "三、甲"),
        ("chineseCountingThousand", "第%1部分", "第三部分 甲"),
        ("japaneseCounting", "（%1）", "（三）甲"),
        ("ideographDigital", "%1、", "三、甲"),
        ("decimal", "%1.", "3.甲"),
        ("decimalEnclosedCircle", "%1", "③ 甲"),
        ("upperRoman", "%1.", "III.甲"),
        ("bullet", "●", "甲"),
        ("hebrew1", "%1.", "甲"),
    ],
)
def test_automatic_numbers_are_counted_or_left_out(how: str, text: str, printed: str) -> None:
    body = numbered("子") + numbered("", 1) + numbered("甲") + numbered("新", 2)
    found = rows(body, numbering=LISTS.format(how=how, text=text))
    assert found[1] == (printed,)
    assert found[2] == (found[0][0].replace("子", "新"),)  # the second list restarts


def test_levels_count_by_themselves_and_start_again() -> None:
    body = "".join(numbered("文", 1, level) for level in (0, 1, 1, 0, 1))
    found = rows(body, numbering=LISTS.format(how="decimal", text="%1."))
    assert [text for (text,) in found] == ["1.文", "1.1 文", "1.2 文", "2.文", "2.1 文"]


def test_a_hidden_blank_paragraph_is_not_counted() -> None:
    gone = numbered("").replace("</w:pPr>", "<w:rPr><w:vanish/></w:rPr></w:pPr>")
    lists = LISTS.format(how="decimal", text="%1.")
    assert rows(gone + numbered("甲"), numbering=lists) == [("1.甲",)]


def test_an_automatic_number_never_becomes_a_figure() -> None:
    lists = LISTS.format(how="decimal", text="%1.")
    line = cell(run("项")) + f"<w:tc>{numbered('')}</w:tc><w:tc>{numbered('5')}</w:tc>"
    assert rows(table(line), numbering=lists) == [("项", "", "2. 5")]


def test_headings_are_told_by_style_and_by_outline() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="x"><w:name w:val="heading 2"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="y"><w:basedOn w:val="x"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="z"><w:pPr><w:outlineLvl w:val="0"/></w:pPr>'
        "</w:style>"
    )
    marks = ['<w:pStyle w:val="y"/>', '<w:pStyle w:val="z"/>', '<w:outlineLvl w:val="9"/>', ""]
    body = "".join(f"<w:p><w:pPr>{mark}</w:pPr>{run('文')}</w:p>" for mark in marks)
    found = docx.read(docx_of(body, styles=styles)).rows
    assert [row.heading for row in found] == [True, True, False, False]


def test_the_title_in_the_properties_is_not_the_printed_one() -> None:
    rendered, _ = make_report("示例市示例局", "990001", "finance", 2022)
    report = read(report_docx(replace(rendered, title="")))
    assert (report.title, report.agency, report.year) == (None, rendered.agency, 2022)
    with pytest.raises(NotAReport):
        read(docx_of("<w:p/>"))


def test_a_docx_of_pictures_needs_ocr() -> None:
    with pytest.raises(NeedsOcr):
        docx.read(docx_of("<w:p><w:r><w:drawing><blip/></w:drawing></w:r></w:p>"))


# -- workbooks ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "code", "printed"),
    [
        (12.0, "General", "12"),
        (763.0137000000001, "General", "763.0137"),
        (-3, "General", "-3"),
        (12, "0", "12"),
        (0.4, "0", "0"),
        (-0.4, "0", "0"),
        (2.5, "0", "3"),
        (1234.5, "#,##0.00", "1,234.50"),
        (5, '0"件"', "5件"),
        (5, "0\\件", "5件"),
        (5, 'G/通用格式"件"', "5件"),
        (0, "#,##0;-#,##0;", ""),
        (0, '_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"_ ;_ @_ ', "-"),
        (0, '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-"),
        (1234, '_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"_ ;_ @_ ', "1,234"),
        (-3, "0;\\-0", "-3"),
        (-3, "0_);(0)", "(3)"),
        (-3, "0;[Red]0", "-3（格式不明）"),  # red, and no sign
        (12345, '0!.0,"万"', "12345（格式不明）"),  # shows 1.2万
        (12345, "0,", "12345（格式不明）"),
        (5, "[>3]0;0.0", "5（格式不明）"),
        (5, "# ?/?", "5（格式不明）"),
        (5, "0.00E+00", "5（格式不明）"),
        (5, "[DBNum1]General", "5（格式不明）"),
        (5, "[$¥-804]0.00", "¥5.00"),
        (0.5, "0%", "50%"),
        (7, "000", "007"),
        (0, "#", ""),
        (5, ";;;", ""),
        (5, "[?]", "5（格式不明）"),
        (1e20, "0", "100000000000000000000（格式不明）"),
    ],
)
def test_a_number_is_printed_by_its_format(value: float, code: str, printed: str) -> None:
    assert shown(value, code) == printed


def test_dates_are_told_from_numbers() -> None:
    assert is_date('yyyy"年"m"月"d"日"')
    assert not is_date('0"day"')
    assert not is_date("[Red]0")


def printed(body: bytes) -> list[tuple[str, ...]]:
    return [tuple(c.text for c in row.cells) for row in sheets.read(body).rows]


SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def workbook(data: str, before: str = "", after: str = "", **parts: str) -> bytes:
    """An XLSX of one sheet; `parts` are sharedStrings, styles and `pr`, its properties."""
    links = "".join(
        f'<Relationship Id="{name}" Type="{REL}/{name}" Target="{name}.xml"/>'
        for name in ("styles", "sharedStrings")
        if name in parts
    )
    made: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="a" '
        f'Type="{REL}/officeDocument" Target="/xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{links}<Relationship '
        f'Id="s" Type="{REL}/worksheet" Target="worksheets/s.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{SHEET}" xmlns:r="{REL}">{parts.pop("pr", "")}'
        '<sheets><sheet name="x" sheetId="7" r:id="s"/></sheets></workbook>',
        "xl/worksheets/s.xml": f'<worksheet xmlns="{SHEET}">{before}<sheetData>{data}</sheetData>'
        f"{after}</worksheet>",
    }
    for name, content in parts.items():
        made[f"xl/{name}.xml"] = f'<x xmlns="{SHEET}">{content}</x>'
    return package(made)


def test_shared_texts_are_joined_without_their_readings() -> None:
    texts = "<si><r><t>规</t></r><r><t>章</t></r><rPh><t>guizhang</t></rPh></si>"
    data = '<row><c t="s"><v>0</v></c><c><v>5</v></c><c t="inlineStr"><is><t>六</t></is></c></row>'
    assert printed(workbook(data, sharedStrings=texts)) == [("规章", "5", "六")]
    with pytest.raises(ReadingError, match="shared texts"):
        printed(workbook('<row><c t="s"><v>9</v></c></row>', sharedStrings=texts))


def test_formats_decide_and_zeros_may_be_hidden() -> None:
    styles = (
        '<numFmts><numFmt numFmtId="170" formatCode="0&quot;件&quot;"/></numFmts><cellXfs>'
        '<xf numFmtId="0"/><xf numFmtId="170"/><xf numFmtId="41"/><xf numFmtId="14"/></cellXfs>'
    )
    data = (
        '<row><c t="str"><v>项</v></c><c s="1"><v>5</v></c><c s="2"><v>0</v></c><c><v>0</v></c>'
        '<c s="3"><v>44581</v></c><c s="9"><v>1</v></c></row>'
    )
    line = ("项", "5件", "-", "0", "2022-01-20", "1")
    assert printed(workbook(data, styles=styles)) == [line]
    view = '<sheetViews><sheetView showZeros="0"/></sheetViews>'
    assert printed(workbook(data, view, styles=styles)) == [("项", "5件", "", "", *line[4:])]
    old = '<workbookPr date1904="1"/>'
    assert printed(workbook(data, styles=styles, pr=old))[0][4] == "2026-01-21"


def test_hidden_rows_columns_and_sheets_are_not_printed() -> None:
    data = (
        '<row r="2"><c r="B2"><v>1</v></c><c r="C2"><v>2</v></c><c r="D2"><v>3</v></c></row>'
        '<row r="3" hidden="1"><c r="B3"><v>4</v></c></row>'
        '<row r="4"><c r="B4"><v>5</v></c><c r="D4"><v>6</v></c></row>'
    )
    cols = '<cols><col min="3" max="3" hidden="1"/></cols>'
    assert printed(workbook(data, cols)) == [("1", "3"), ("5", "6")]
    merges = '<mergeCells><mergeCell ref="B3:B4"/></mergeCells>'
    assert printed(workbook(data, cols, merges)) == [("1", "3"), ("4", "6")]
    shown_sheet = XlsSheet({(0, 0): ("a", ""), (0, 1): (1.0, "")})
    hidden = XlsSheet({(0, 0): ("b", ""), (0, 1): (2.0, "")}, hidden=True)
    assert printed(xls(hidden, shown_sheet)) == [("a", "1")]


def test_an_old_workbook_prints_by_its_formats_and_merges() -> None:
    cells: dict[tuple[int, int], tuple[str | float | None, str]] = {
        (3, 1): ("规章", ""),
        (3, 2): (5.0, '0"件"'),
        (3, 3): (0.0, "#,##0;-#,##0;"),
        (3, 4): (7.0, ""),
        (4, 1): ("规范性文件", ""),
        (4, 2): (6.0, ""),
        (4, 5): (0.0, ""),
        (5, 1): ("合计", ""),
        (5, 2): (9.0, ""),
    }
    sheet = XlsSheet(cells, merges=((3, 4, 4, 4),), hidden_rows=(5,), hidden_columns=(2,))
    assert printed(xls(sheet)) == [("规章", "", "7", ""), ("规范性文件", "", "0")]
    sheet.zeros = False
    assert printed(xls(sheet)) == [("规章", "", "7"), ("规范性文件", "")]


def test_what_stands_under_a_merged_cell_is_not_printed() -> None:
    data = (
        '<row><c r="A1"><v>1</v></c><c r="B1"><v>9</v></c><c r="C1"><v>2</v></c></row>'
        '<row><c r="A2"><v>8</v></c><c r="B2"><v>7</v></c><c r="C2"><v>3</v></c></row>'
    )
    merges = '<mergeCells><mergeCell ref="A1:B1"/><mergeCell ref="A2:B2"/></mergeCells>'
    assert printed(workbook(data, after=merges)) == [("1", "2"), ("8", "3")]


def test_cells_far_apart_make_no_grid() -> None:
    near = '<row r="1"><c r="A1"><v>1</v></c></row>'
    far = f'{near}<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    assert printed(workbook(far)) == [("1",), ("2",)]


def test_a_workbook_larger_than_any_report_is_one_error() -> None:
    many = "".join(f'<row r="{r}"><c r="A{r}"><v>1</v></c></row>' for r in range(1, 20_003))
    with pytest.raises(ReadingError, match="filled rows"):
        sheets.read(workbook(many))
    wide = "".join(
        f'<row r="{r}"><c r="A{r}"><v>1</v></c><c r="XFD{r}"><v>1</v></c></row>'
        for r in range(1, 80)
    )
    with pytest.raises(ReadingError, match="cells"):
        sheets.read(workbook(wide))
    merges = "".join(f'<mergeCell ref="A1:XFD{r}"/>' for r in range(2, 100))
    with pytest.raises(ReadingError, match="merges cover"):
        sheets.read(workbook(wide, after=f"<mergeCells>{merges}</mergeCells>"))
    assert not sheets.read(xls(XlsSheet(dimensions=(2**32 - 1, 65_535)))).rows
    with pytest.raises(ReadingError, match="texts"):
        sheets.read(xls(XlsSheet(), texts=10**9))


def test_shared_texts_go_on_in_the_next_record() -> None:
    def wide(text: str) -> bytes:
        return text.encode("utf-16-le")

    chunks = [
        struct.pack("<II", 4, 4) + struct.pack("<HB", 4, 1) + wide("示例"),
        b"\x01" + wide("市局") + struct.pack("<HBH", 3, 8, 1) + b"a",  # with one run of a format
        b"\x00" + b"bc" + b"\xff\xff",
        b"\xff\xff" + struct.pack("<HBI", 1, 5, 2) + wide("年") + b"xx",  # with a reading
        struct.pack("<HB", 2, 0) + b"ok",
    ]
    assert biff.shared_texts(chunks) == ["示例市局", "abc", "年", "ok"]


@pytest.mark.parametrize(
    ("raw", "value"),
    [(12 << 2 | 2, 12), (1234 << 2 | 3, 12.34), (0x3FF00000, 1), (0x40590001, 1)],
)
def test_packed_numbers(raw: int, value: float) -> None:
    assert biff.packed(struct.pack("<I", raw)) == value
    assert biff.packed(struct.pack("<i", -5 << 2 | 2)) == -5


def test_an_old_workbook_prints_formulas_texts_and_errors() -> None:
    def record(kind: int, column: int, data: bytes) -> bytes:
        return struct.pack("<HHHHH", kind, 6 + len(data), 0, column, 0) + data

    text = struct.pack("<HB", 2, 1) + "合计".encode("utf-16-le")
    more = (
        record(0x06, 0, b"\0" * 6 + b"\xff\xff" + bytes(6))  # a text, in the record behind
        + struct.pack("<HH", 0x207, len(text))
        + text
        + record(0x06, 1, struct.pack("<d", 7) + bytes(6))
        + record(0x06, 2, b"\x02\0\x17\0\0\0\xff\xff" + bytes(6))
        + _two_packed(3, 4)
        + record(0x27E, 5, struct.pack("<i", 9 << 2 | 2))
        + record(0x205, 6, b"\x01\x00")
    )
    assert printed(xls(XlsSheet(more=more))) == [("合计", "7", "#REF!", "3", "4", "9", "TRUE")]


def _two_packed(first: int, second: int) -> bytes:
    cells = b"".join(struct.pack("<Hi", 0, value << 2 | 2) for value in (first, second))
    data = struct.pack("<HH", 0, 3) + cells + struct.pack("<H", 4)
    return struct.pack("<HH", 0xBD, len(data)) + data


def test_an_encrypted_or_cut_workbook_is_one_error() -> None:
    with pytest.raises(ReadingError, match="encrypted"):
        sheets.read(xls(XlsSheet(), encrypted=True))
    with pytest.raises(ReadingError, match="cut off"):
        sheets.read(xls(XlsSheet())[:2000])


@pytest.mark.parametrize("old", [False, True])
def test_blank_lines_and_a_blank_table_stay_what_they_are(old: bool) -> None:
    rendered, _ = make_report("示例市示例局", "990004", "finance", 2022, zero="blank")
    framed = xlsx(rendered, framed=True)
    report = read(xls_of(framed, framed=True) if old else framed)
    assert {f.printed for f in report.figures if f.key.startswith("t3_carried_in")} == {""}
    assert {f.printed for f in report.figures if f.table == "t4"} == {""}
    assert {f.key: f.printed for f in report.figures} == rendered.cells


def test_rows_know_their_places() -> None:
    row: Row = sheets.read(xls(XlsSheet({(2, 1): ("规章", ""), (2, 2): (1.0, "")}))).rows[0]
    assert [c.place for c in row.cells] == ["t1r3c2", "t1r3c3"]
