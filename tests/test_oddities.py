"""Broken pages are read exactly, or abstained from: never wrong, never invented."""

from __future__ import annotations

import re

import pytest

from extract import read
from tests.oddities import CHANGES, orphan_cells
from tests.portal.render import article_html
from tests.portal.reports import make_report
from tests.readback import compare


@pytest.mark.parametrize("zero", ["0", "blank", "slash"])
@pytest.mark.parametrize("form", ["2019", "2021"])
@pytest.mark.parametrize("name", CHANGES)
def test_a_broken_page_reads_back_exactly(name: str, form: str, zero: str) -> None:
    rendered, _ = make_report(
        "示例市示例局", "990107", "justice", 2022, form=form, busy=zero == "0", zero=zero
    )
    page = article_html(rendered, "trs")
    changed = CHANGES[name](page)
    assert changed != page or name in ("wrong_spans", "enumerators", "spaced_labels")
    assert compare(read(changed.encode()), rendered).none


def test_cells_without_rows_never_give_a_wrong_number() -> None:
    rendered, _ = make_report("示例市示例局", "990107", "justice", 2022, busy=True)
    difference = compare(read(orphan_cells(article_html(rendered, "trs")).encode()), rendered)
    assert not difference.wrong
    assert not difference.invented


def test_a_subtotal_column_is_no_figure() -> None:
    rendered, _ = make_report("示例市示例局", "990107", "justice", 2022, busy=True)
    page = article_html(rendered, "trs")
    start, end = page.find("申请人情况"), page.find("行政复议、行政诉讼情况")
    # Every body row of table three gets one more number before the last.
    table = page[start:end]

    def row(match: re.Match[str]) -> str:
        cells = re.findall(r"<t[dh][^>]*>.*?</t[dh]>", match[0], re.S)
        numbers = [c for c in cells if re.search(r">\s*[\d,]+\s*<", c)]
        return (
            match[0].replace(cells[-1], "<td>424242</td>" + cells[-1])
            if len(numbers) > 6
            else match[0]
        )

    table = re.sub(r"<tr[^>]*>.*?</tr>", row, table, flags=re.S)
    changed = page[:start] + table + page[end:]
    assert changed.count("424242") > 20
    difference = compare(read(changed.encode()), rendered)
    assert not difference.wrong
    assert not difference.invented
