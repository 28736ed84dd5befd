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


CHANGES: dict[str, Change] = {
    change.__name__: change
    for change in (
        full_width, padded, split_spans, word_markup, unclosed, upper_case, layout_table,
        blank_column, blank_row, wrong_spans, hidden_old_table, enumerators, spaced_labels,
        cut_table_three, merged_tables, metadata_table, with_units,
    )
}  # fmt: skip
