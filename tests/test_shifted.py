"""Text dumps in which cells moved or left no trace: read where it shows, else left alone."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from extract.formats import layouts
from extract.forms import Line, forms
from extract.tables import Tables, read_tables
from tests.portal.dumps import text_dump
from tests.portal.reports import make_report

TABLE = forms()["2021"].table("t3")
EDGES = ["", "72", "73", "74", "75", "76", ""]


def tables(text: str) -> Tables:
    return read_tables(next(layouts(text.encode())))


def values(found: Tables, line: str, table: str = "t3") -> list[object]:
    return [f.value for f in found.figures if (f.table, f.line) == (table, line)]


def grid(changed: dict[str, list[str]]) -> str:
    """Table three as tabs, an empty cell under each label that spans rows."""
    rows = []
    for number, line in enumerate(TABLE, 1):
        row = [*_labels(line), *(f"{number}{column}" for column in range(1, 8))]
        rows.append("\t".join(changed.get(line.code, row)))
    return "\n".join([*rows, ""])


def _labels(line: Line) -> list[str]:
    if not line.name.startswith("三"):
        return [line.label, "", ""]
    return ["", "", line.label] if line.group else ["", line.label, ""]


def test_blanks_at_both_edges_keep_their_place_in_a_grid() -> None:
    last = TABLE[-1]
    found = tables(grid({last.code: [*_labels(last), *EDGES]}))
    assert values(found, last.code) == [None, 72, 73, 74, 75, 76, None]


def test_a_row_that_a_broken_span_shifted_is_left_alone() -> None:
    last = TABLE[-1]
    found = tables(grid({last.code: ["", *_labels(last), *EDGES]}))
    assert values(found, last.code) == [None] * 7
    full = tables(grid({last.code: ["", *_labels(last), *map(str, range(71, 78))]}))
    assert values(full, last.code) == list(range(71, 78))


def test_a_shifted_full_row_says_nothing_about_other_rows() -> None:
    lines = [line for line in TABLE if line.group]
    changed = {line.code: [*_labels(line), *EDGES] for line in TABLE}
    changed[lines[3].code] = [lines[3].label, "", *map(str, range(81, 88)), ""]
    found = tables(grid(changed))
    assert values(found, lines[3].code) == list(range(81, 88))
    assert values(found, TABLE[0].code) == [None] * 7


def test_a_page_number_below_a_blank_row_is_not_table_four() -> None:
    head = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
    rows = ["\t".join(head * 3), "4" + "\t" * 14]
    filler = ["甲\t乙\t丙"] * 16
    for blank in ([], ["\t" * 14]):
        found = tables("\n".join([*filler, "正文", *rows[:1], *blank, rows[1], ""]))
        assert not [f for f in found.figures if f.value is not None]


def test_a_page_number_is_no_value_of_a_line_without_one() -> None:
    text = "信息内容 本年处理决定数量\n行政处罚\n4\n行政强制 7\n"
    text += "".join(f"{line.label} 1 2 3 4 5 6 21\n" for line in TABLE[:3])
    assert values(tables(text), "penalty", "t2") == [None]
    assert values(tables(text.replace("处罚\n4", "处罚 4")), "penalty", "t2") == [4]


@pytest.mark.parametrize("form", ["2019", "2021"])
def test_a_blank_row_before_a_lost_label_takes_no_values(form: str) -> None:
    report, _ = make_report("示例市示例局", "990107", "justice", 2022, form=form, busy=True)
    cells = {key: "" if "repeat" in key else text for key, text in report.cells.items()}
    text = text_dump(replace(report, cells=cells), "lines")
    assert values(tables(text), "not_processed_publication")[-1] is not None
    found = tables(re.sub(r"3[.、 ]+要求提供公开出版物", "", text))
    assert not any(values(found, "not_processed_repeat"))


def test_a_second_report_behind_the_first_makes_both_doubtful() -> None:
    one, _ = make_report("示例市示例局", "990107", "justice", 2022, busy=True)
    other, _ = make_report("示例市示例局", "990107", "justice", 2023, busy=True)
    found = tables(text_dump(one, "tika") + text_dump(other, "tika"))
    assert not [f for f in found.figures if f.value]  # the noughts of 规章 are the same in both
    assert len(found.leftovers) > 150
