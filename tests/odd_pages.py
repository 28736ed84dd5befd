"""Ways in which real pages are broken, as changes to a well-made page.

Each takes a page and gives another that says the same. Sources: oddities.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Change = Callable[[str], str]
_CELL = re.compile(r"(<t[dh][^>]*>)(.*?)(</t[dh]>)", re.S)
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
_FULL_WIDTH = str.maketrans("0123456789.-,", "０１２３４５６７８９．－，")


def _in_cells(page: str, change: Callable[[str], str]) -> str:
    """Change the text of every cell that holds a plain number."""

    def cell(match: re.Match[str]) -> str:
        text = re.sub(r"<[^>]+>", "", match[2]).strip()
        return match[1] + (change(text) if _NUMBER.fullmatch(text) else match[2]) + match[3]

    return _CELL.sub(cell, page)


def _rows(page: str, change: Callable[[str], str]) -> str:
    return re.sub(r"<tr[^>]*>.*?</tr>", lambda match: change(match[0]), page, flags=re.S)


def full_width(page: str) -> str:
    """Digits in full width."""
    return _in_cells(page, lambda text: text.translate(_FULL_WIDTH))


def padded(page: str) -> str:
    """Non-breaking spaces around numbers."""
    return _in_cells(page, lambda text: f"&nbsp; {text}&nbsp;\u3000")


def split_spans(page: str) -> str:
    """A number over two spans, side by side."""
    return _in_cells(
        page, lambda text: f"<span>{text[:1]}</span><span>{text[1:]}</span>" if text[1:] else text
    )


def word_markup(page: str) -> str:
    """Word's paragraphs and conditional comments in each cell."""
    return _in_cells(
        page,
        lambda text: (
            '<!--[if gte mso 9]><xml><w:a>99</w:a></xml><![endif]--><p class="MsoNormal">'
            f'<span lang="EN-US">{text}<o:p></o:p></span></p>'
        ),
    )


def unclosed(page: str) -> str:
    """Cells and rows without end tags."""
    return re.sub(r"</t[drh]>|</p>", "", page)


def upper_case(page: str) -> str:
    """Tags in capitals."""
    return re.sub(r"</?t[a-z]+", lambda match: match[0].upper(), page)


def layout_table(page: str) -> str:
    """The whole body inside a layout table."""
    return page.replace("<body>", "<body><table><tr><td>", 1).replace(
        "</body>", "</td></tr></table></body>", 1
    )


def blank_column(page: str) -> str:
    """An empty cell at the end of each row."""
    return _rows(page, lambda row: row.replace("</tr>", "<td></td></tr>"))


def blank_row(page: str) -> str:
    """An empty row before the end of each table."""
    return page.replace("</table>", "<tr>" + "<td></td>" * 10 + "</tr></table>")


def wrong_spans(page: str) -> str:
    """Row spans one too large."""
    return re.sub(r'rowspan="(\d+)"', lambda match: f'rowspan="{int(match[1]) + 1}"', page)


def hidden_old_table(page: str) -> str:
    """Another report's table left inside a comment."""
    return page.replace(
        "<table",
        "<!-- <table><tr><td>规章</td><td>77</td><td>78</td><td>79</td></tr></table> --><table",
    )


def enumerators(page: str) -> str:
    """Numbered labels with `、` instead of a point."""
    return re.sub(r">(\d)[.．、] ?(?=[\u4e00-\u9fff])", r">\1、", page)


def spaced_labels(page: str) -> str:
    """A space inside short labels."""
    return re.sub(r">(规章|总计|其他|自然人)<", lambda m: f">{m[1][0]} &#12288;{m[1][1:]}<", page)


def cut_table_three(page: str) -> str:
    """Table three continued in a second table."""
    at = page.find("<tr", page.find("属于行政执法案卷"))
    return page[:at] + "</table><p>- 3 -</p><table>" + page[at:]


def merged_tables(page: str) -> str:
    """All three tables in one."""
    return re.sub(r"</table>(?:(?!<table).)*?<table[^>]*>", "", page, flags=re.S)


def metadata_table(page: str) -> str:
    """A table of metadata before the report."""
    table = (
        "<table><tr><td>索引号</td><td>990100/2021-00001</td></tr>"
        "<tr><td>文号</td><td>无</td></tr><tr><td>页数</td><td>12</td></tr></table>"
    )
    return page.replace("<body>", "<body>" + table, 1)


def with_units(page: str) -> str:
    """件 behind each whole number of table three and four."""
    start = page.find("本年新收")
    return page[:start] + _in_cells(page[start:], lambda text: text if "." in text else f"{text}件")


def orphan_cells(page: str) -> str:
    """Cells without a row around them, in table two."""
    end = page.find("</table>")
    head = re.sub(r"<tr[^>]*>|</tr>", "<!-- -->", page[:end])
    return head.replace("<!-- --><!-- -->", "</tbody><tbody>") + page[end:]


def full_width_commas(page: str) -> str:
    """Thousands separated by a comma in full width."""
    return _in_cells(
        page, lambda text: f"{int(text.replace(',', '')):,}".replace(",", "，")
        if re.fullmatch(r"[\d,]+", text) else text
    )  # fmt: skip


def blank_entities(page: str) -> str:
    """Blank cells that hold non-breaking and wide spaces."""
    return re.sub(r"(<td[^>]*>)(</td>)", r"\1&nbsp;&nbsp;&#12288;&#8203;\2", page)


def spans_on_lines(page: str) -> str:
    """A number over two spans, the line broken inside a tag."""
    return _in_cells(
        page,
        lambda text: f"<span>{text[:1]}</span><span\n>{text[1:]}</span>" if text[1:] else text,
    )


def half_brackets(page: str) -> str:
    """Half-width brackets and colons."""
    return page.translate(str.maketrans("（）：", "():"))


def spaced_points(page: str) -> str:
    """Numbered labels with a point and a space."""
    return re.sub(r">(\d)[.．、] ?(?=[\u4e00-\u9fff])", r">\1. ", page)


def heading_cells(page: str) -> str:
    """Heading cells for all."""
    return re.sub(r"(</?)td\b", r"\1th", page)


def nothing_closed(page: str) -> str:
    """No cell, row, table or paragraph is closed."""
    return re.sub(r"</(?:t[drh]|tbody|table|p|div)>", "", page)


def hidden_copy(page: str) -> str:
    """A copy of each table with other numbers, not displayed."""

    def copy(match: re.Match[str]) -> str:
        other = _in_cells(match[0], lambda text: f"9{text}")
        return f'<div style="display: none;">{other}</div>{match[0]}'

    return re.sub(r"<table border.*?</table>", copy, page, flags=re.S)


def second_copy(page: str) -> str:
    """Every table twice, word for word."""
    return re.sub(r"<table border.*?</table>", lambda match: match[0] * 2, page, flags=re.S)


def conditional_table(page: str) -> str:
    """Word's conditional comments: a table for other programs, and its row of widths."""
    page = page.replace(
        "<table border",
        "<!--[if mso]><table><tr><td>规章</td><td>97</td><td>98</td><td>99</td></tr></table>"
        "<![endif]--><table border",
    )
    widths = "<![if !supportMisalignedColumns]><tr height=0>" + '<td width="64"></td>' * 10
    return page.replace("</tbody>", widths + "</tr><![endif]></tbody>")


def wide_spans(page: str) -> str:
    """Column spans one too large."""
    return re.sub(r'colspan="(\d+)"', lambda match: f'colspan="{int(match[1]) + 1}"', page)


def shifted_chapters(page: str) -> str:
    """Chapters numbered from 二 on."""
    numbers = "一二三四五六七"
    return re.sub(
        r"(<strong>)([一二三四五六])、",
        lambda match: f"{match[1]}{numbers[numbers.index(match[2]) + 1]}、",
        page,
    )


def lost_chapters(page: str) -> str:
    """Chapters without their numbers."""
    return re.sub(r"(<strong>)[一二三四五六]、", r"\1", page)


def comparison_before(page: str) -> str:
    """A table of three years before the statutory ones, with some of their labels."""
    return page.replace("<table border", _COMPARISON + "<table border", 1)


def comparison_after(page: str) -> str:
    """The same table behind them."""
    at = page.rfind("</table>") + len("</table>")
    return page[:at] + _COMPARISON + page[at:]


_COMPARISON = (
    "<p>近三年有关情况如下：</p><table><tr><td>项目</td><td>2019年</td><td>2020年</td><td>2021年</td></tr>"
    "<tr><td>规章</td><td>50001</td><td>50002</td><td>50003</td></tr>"
    "<tr><td>行政许可</td><td>50004</td><td>50005</td><td>50006</td></tr>"
    "<tr><td>本年新收政府信息公开申请数量</td><td>50007</td><td>50008</td><td>50009</td></tr>"
    "<tr><td>予以公开</td><td>50011</td><td>50012</td><td>50013</td></tr>"
    "<tr><td>行政复议</td><td>50014</td><td>50015</td><td>50016</td></tr></table>"
)


def tables_in_cells(page: str) -> str:
    """Each table in a cell of a table with a cell beside it."""
    page = page.replace("<table border", "<table><tr><td>统计表</td><td><table border")
    return page.replace("</tbody>\n</table>", "</tbody>\n</table></td></tr></table>")


def values_in_tables(page: str) -> str:
    """The values of each row of table three in a table of their own inside its last cell."""

    def row(text: str) -> str:
        cells = re.findall(r"<t[dh].*?</t[dh]>", text, re.S)
        if len(cells) < 8 or not re.search(r"[\u4e00-\u9fff]", cells[-8]):
            return text
        values = "".join(cells[-7:])
        return f"<tr>{''.join(cells[:-7])}<td><table><tr>{values}</tr></table></td></tr>"

    start, end = page.find("法律服务机构"), page.find("结果维持")
    return page[:start] + _rows(page[start:end], row) + page[end:]


def tables_of_blocks(page: str) -> str:
    """Each block of table two as a table of its own."""
    end = page.find("</table>")
    head, tail = page[:end], page[end:]
    return re.sub(r"(<tr><t[dh][^>]*>(?:<p><span>)?第二十条)", r"</table><table>\1", head) + tail


def invisible_marks(page: str) -> str:
    """Zero-width characters inside numbers and labels."""
    page = _in_cells(page, lambda text: f"\ufeff{text[:1]}\u200b{text[1:]}")
    return page.replace("公开", "公\u200b开").replace("数量", "数&shy;量")


def broken_labels(page: str) -> str:
    """Line breaks inside labels."""
    return re.sub(r"(政府信息|行政法规|三类|制发|处理决定)", r"\1<br/>\n", page)


def struck_numbers(page: str) -> str:
    """An older number struck out before each number."""
    return _in_cells(page, lambda text: f"<del>31</del><s>32</s>{text}")


def forms_around_cells(page: str) -> str:
    """A form inside each table, around nothing."""
    return page.replace("<tbody>", '<form action="#"><tbody>').replace(
        "</tbody>", "</tbody></form>"
    )


def words_for_nothing(page: str) -> str:
    """无, 不适用 and 不涉及 in blank cells."""
    words = iter(("无", "不适用", "不涉及", "N/A") * 99)
    start, end = page.find("法律服务机构"), page.rfind("</table>")
    cell = re.compile(r"(<td[^>]*>(?:<p><span>)?)(?:&nbsp;)?((?:</span></p>)?</td>)")
    return (
        page[:start] + cell.sub(lambda m: m[1] + next(words) + m[2], page[start:end]) + page[end:]
    )


def spans_apart(page: str) -> str:
    """A number over two spans with a line break between: 1 234 is no number for certain."""
    return _in_cells(
        page,
        lambda text: f"<span>{text[:1]}</span>\n<span>{text[1:]}</span>" if text[1:] else text,
    )


def last_year_too(page: str) -> str:
    """Last year's tables of the same form behind this year's: which is which, none says."""
    tables = re.findall(r"<table border.*?</table>", page, re.S)
    old = _in_cells("".join(tables), lambda text: f"7{text}")
    at = page.rfind("</table>") + len("</table>")
    return page[:at] + old + page[at:]


#: Nothing is lost in these.
KEPT: tuple[Change, ...] = (
    full_width, padded, split_spans, word_markup, unclosed, upper_case, layout_table,
    blank_column, blank_row, wrong_spans, hidden_old_table, enumerators, spaced_labels,
    cut_table_three, merged_tables, metadata_table, with_units,
    full_width_commas, blank_entities, spans_on_lines, half_brackets, spaced_points, heading_cells,
    hidden_copy, second_copy, conditional_table, wide_spans, shifted_chapters,
    lost_chapters, comparison_before, comparison_after, tables_in_cells, values_in_tables,
    tables_of_blocks, invisible_marks, broken_labels, struck_numbers, forms_around_cells,
    words_for_nothing, orphan_cells,
)  # fmt: skip
LOST: tuple[Change, ...] = (spans_apart, last_year_too, nothing_closed)
