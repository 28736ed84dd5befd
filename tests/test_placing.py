"""Rows that look complete and are not: read right, or left alone."""

from __future__ import annotations

import pytest

from extract import read
from extract.formats import layouts
from extract.forms import union
from extract.tables import Tables, read_tables
from tests.portal.render import article_html, text_dump
from tests.portal.reports import make_report
from tests.readback import compare

LABELS = [line.label for line in union("t3")[:3]]
LEGAL = ["商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"]
Row = list[int | str]


def tables(text: str) -> Tables:
    return read_tables(next(layouts(text.encode())))


def values(found: Tables, line: str, table: str = "t3") -> list[object]:
    return [f.value for f in found.figures if (f.table, f.line) == (table, line)]


def cells(row: Row | list[str]) -> str:
    return "".join(f"<td>{cell}</td>" for cell in row)


def page(upper: list[str], lower: list[str], rows: list[Row]) -> str:
    """Table three in HTML: two rows of headings and its first lines."""
    body = "".join(
        f"<tr><td>{label}</td>{cells(row)}</tr>" for label, row in zip(LABELS, rows, strict=False)
    )
    return (
        f"<table><tr><td>申请人情况</td><td></td></tr><tr>{cells(upper)}</tr>"
        f"<tr>{cells(lower)}</tr>{body}</table>"
    )


UPPER = ["自然人", "法人或其他组织", "总计"]


@pytest.mark.parametrize("extra", ["小计", "合计", "备注", "比上年"])
def test_a_column_of_the_agencys_own_keeps_its_place(extra: str) -> None:
    text = page(
        ["自然人", "法人或其他组织", extra, "总计"],
        LEGAL,
        [[11, 12, 13, 14, 15, 16, 70, ""], ["", 22, 23, 24, 25, 26, 120, 142]],
    )
    found = tables(text)
    assert values(found, "received_new") == [11, 12, 13, 14, 15, 16, None]
    assert values(found, "carried_in") == [None, 22, 23, 24, 25, 26, 142]


def test_a_subtotal_below_the_legal_persons_keeps_its_place() -> None:
    for lower in (["小计", *LEGAL], [*LEGAL, "小计"]):
        row: Row = [1, 2, 3, 4, 5, 6, 7, 8]
        found = tables(page(UPPER, lower, [row, [1] * 8]))
        numbers = dict(zip(["自然人", *lower, "总计"], row, strict=True))
        want = [numbers[name] for name in ("自然人", *LEGAL, "总计")]
        assert values(found, "received_new") == want


def test_columns_are_read_in_their_printed_order() -> None:
    text = page(
        ["总计", "自然人", "法人或其他组织"],
        ["科研机构", "商业企业", *LEGAL[2:]],
        [[81, 11, 13, 12, 14, 15, 16], [1, 2, 3, 4, 5, 6, 7]],
    )
    assert values(tables(text), "received_new") == [11, 12, 13, 14, 15, 16, 81]


def test_headings_that_cannot_be_understood_place_nothing() -> None:
    text = page(UPPER, ["甲", "乙", "丙", "丁", "其他"], [[1, 2, 3, 4, 5, 6, 7], [1] * 7])
    assert values(tables(text), "received_new") == [None] * 7


def test_padding_is_not_taken_for_a_blank() -> None:
    rows: list[Row] = [["", 22, 23, 24, 25, 26, 27, ""], ["", 1, 2, 3, 4, 5, 6, ""]]
    found = tables(page(UPPER, LEGAL, rows))
    assert values(found, "received_new") in ([None] * 7, [None, 22, 23, 24, 25, 26, 27])


def test_a_table_twice_with_two_contents_is_neither() -> None:
    one = page(UPPER, LEGAL, [[1, 2, 3, 4, 5, 6, 21], [1] * 7])
    other = page(UPPER, LEGAL, [[9, 2, 3, 4, 5, 6, 29], [1] * 7])
    assert values(tables(one + other), "received_new") == [None] * 7
    assert values(tables(one + one), "received_new") == [1, 2, 3, 4, 5, 6, 21]


# -- table two ----------------------------------------------------------------------


BLOCK = ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"]


def block(heads: list[str], row: Row) -> str:
    return f"<table><tr>{cells(heads)}</tr><tr><td>规章</td>{cells(row)}</tr></table>"


def test_an_unknown_column_of_table_two_keeps_its_place() -> None:
    found = tables(block([*BLOCK[:2], "同比", *BLOCK[2:]], [5, 901, 3, ""]))
    assert values(found, "rules", "t2") == [5, 3, None]


def test_columns_of_table_two_in_another_order() -> None:
    found = tables(block([BLOCK[0], BLOCK[3], BLOCK[1], BLOCK[2]], [74, 3, 5]))
    assert values(found, "rules", "t2") == [3, 5, 74]


def test_headings_of_table_two_in_other_words() -> None:
    found = tables(block(["内容", "本年度制发数", "本年废止数", "现行有效数"], [3, 5, 74]))
    assert values(found, "rules", "t2") == [3, 5, 74]


def test_two_tables_two_with_two_contents_are_neither() -> None:
    found = tables(block(BLOCK, [1, 2, 3]) + block(BLOCK, [4, 5, 6]))
    assert values(found, "rules", "t2") == [None] * 3


# -- lines that look alike --------------------------------------------------------------


def lines(*rows: tuple[str, Row]) -> str:
    start = [(LABELS[0], [1, 2, 3, 4, 5, 6, 21]), (LABELS[1], [0] * 7)]
    body = "".join(f"<tr><td>{label}</td>{cells(row)}</tr>" for label, row in [*start, *rows])
    return f"<table><tr>{cells(UPPER)}</tr><tr>{cells(LEGAL)}</tr>{body}</table>"


def test_a_line_of_the_agencys_own_called_other_is_no_statutory_one() -> None:
    found = tables(lines(("（一）予以公开", [0] * 7), ("6.其他", [1, 2, 3, 4, 5, 6, 21])))
    assert values(found, "other_misc") == []


def test_other_handling_above_its_own_lines_is_no_figure() -> None:
    own = [line.label for line in union("t3") if line.code.startswith("other_") and line.group]
    rows: list[tuple[str, Row]] = [(label, [i] * 7) for i, label in enumerate(own, 1)]
    found = tables(lines(("（六）其他处理", [6] * 7), *rows))
    assert found.forms["t3"] == "2021"
    assert values(found, "other_handling") == []
    assert values(found, "other_misc") == [3] * 7


def test_a_blank_line_does_not_take_the_next_ones_values() -> None:
    first = [LABELS[0], *map(str, [1, 2, 3, 4, 5, 6, 21]), LABELS[1], *["0"] * 7]
    after = ["1.信访举报投诉类申请", "2.重某申请", *map(str, range(11, 18))]
    text = "\n\n".join([*first, *after, ""])
    assert values(tables(text), "not_processed_petition") == []


# -- where blanks leave no trace ----------------------------------------------------------


def test_a_page_number_completes_no_row() -> None:
    rows = [LABELS[0], *map(str, range(11, 17)), "4", LABELS[1], *["1"] * 6, "6", LABELS[2]]
    text = "\n\n".join([*rows, *["2"] * 6, "12"])
    found = tables(f"{text}\n")
    assert values(found, "received_new") == [None] * 7
    assert values(found, "carried_in") == [1, 1, 1, 1, 1, 1, 6]


def test_an_enumerator_on_a_line_of_its_own_is_no_value() -> None:
    text = "\n\n".join([LABELS[0], *map(str, range(11, 17)), "2.", "上年结转政府信息公开申请数量"])
    assert not [f for f in tables(text).figures if f.value == 2]


def test_bars_alone_do_not_show_that_blanks_are_kept() -> None:
    rows = ["|||||", "| | 首页 | 政务 |"]
    rows += [f"| {label} | 54 | 1 | 55 | | | | | |" for label in LABELS] * 6
    assert not [f for f in tables("\n".join(rows)).figures if f.value is not None]


def test_a_blank_between_two_values_shows_that_blanks_are_kept() -> None:
    filler = ["| 甲 | 乙 | 丙 | 丁 |"] * 16
    rows = ["| 信息内容 | 本年制发件数 | 本年废止件数 | 现行有效件数 |", "| 规章 | 5 | | 9 |"]
    assert values(tables("\n".join([*filler, *rows, ""])), "rules", "t2") == [5, None, 9]


def test_stripped_trailing_tabs_do_not_shift_a_row() -> None:
    full = "\t".join(["{}", "", "", "1", "2", "3", "4", "5", "6", "21"])
    rows = [f"{LABELS[0]}\t\t\t11\t12\t13\t14\t15\t16", full.format(LABELS[1])]
    rows += [full.format(line.label) for line in union("t3")[2:20]]
    assert values(tables("\n".join(rows) + "\n"), "received_new") == [11, 12, 13, 14, 15, 16, None]


# -- cells ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        "5<sup>1</sup>",
        "5²",
        "12②",
        "4<span>7</span> 1",
    ],
)
def test_a_mark_beside_a_number_is_no_digit(cell: str) -> None:
    found = tables(block(BLOCK, [cell, 5, 74]))
    assert values(found, "rules", "t2") == [None, 5, 74]


@pytest.mark.parametrize(
    "cell",
    [
        '<span style="display: none">99</span>88',
        "<del>99</del>88",
        "<s>99</s>88",
        "<span hidden>99</span>88",
    ],
)
def test_what_is_not_shown_is_not_read(cell: str) -> None:
    found = tables(block(BLOCK, [cell, 5, 74]))
    assert values(found, "rules", "t2") == [88, 5, 74]


def test_a_number_in_which_the_page_breaks_off_is_not_read() -> None:
    whole = block(BLOCK, [3, 5, 7957])
    found = tables(f"<html><body>{whole[: whole.index('57</td>')]}")
    assert values(found, "rules", "t2") == [3, 5, None]
    assert found.figures[-1].flags == ("truncated",)


def test_a_dump_pasted_as_paragraphs_is_read() -> None:
    rows = [f"{label} 1 2 3 4 5 6 21" for label in LABELS]
    text = "<html><body>" + "".join(f"<p>{row}</p>" for row in rows) + "</body></html>"
    assert values(tables(text), "carried_in") == [1, 2, 3, 4, 5, 6, 21]


# -- numbers that no figure takes ---------------------------------------------------------


def test_numbers_that_no_figure_takes_are_left_over_in_reading_order() -> None:
    rows: list[tuple[str, Row]] = [
        ("（一）予以公开", [61, 62, 63, 64, 65, 66, 381]),
        ("2.某个机关自己的项目", [91, 92, 93, 94, 95, 96, 561]),
    ]
    table = lines(*rows, ("（七）总计", [7, 7, 7, 7, 7, 7, 42]))
    table = table.replace("</table>", "<tr><td>- 4 -</td><td></td></tr></table><p>98 99</p>")
    left = tables(block(BLOCK, [5, 901, 3]) + table).leftovers
    assert [cell.text for cell in left] == ["91", "92", "93", "94", "95", "96", "561"]
    assert left[0].place == "t2r6c2"


def test_a_column_of_the_agencys_own_is_left_over() -> None:
    text = page(
        ["自然人", "法人或其他组织", "小计", "总计"], LEGAL, [[1, 2, 3, 4, 5, 6, 20, 21]] * 2
    )
    assert [cell.text for cell in tables(text).leftovers] == ["20", "20"]


def test_a_row_that_cannot_be_placed_is_left_over() -> None:
    text = page(UPPER, ["甲", "乙", "丙", "丁", "其他"], [[31, 32, 33, 34, 35, 36, 37]] * 2)
    assert len(tables(text).leftovers) == 14


def test_a_page_that_is_read_whole_leaves_nothing_over() -> None:
    report, _ = make_report("示例市示例局", "990107", "justice", 2022, busy=True)
    for body in (article_html(report), text_dump(report, "tika"), text_dump(report, "lines")):
        assert not tables(body).leftovers


# -- rows whose label was lost --------------------------------------------------------------

SECRET, THIRD = "1.属于国家秘密", "3.危及“三安全一稳定”"


def between(*rows: tuple[str, Row], last: str = THIRD) -> str:
    """Table three with some rows between two lines of a group, the second one's label lost."""
    own = [line.label for line in union("t3") if line.code.startswith("other_") and line.group]
    after: list[tuple[str, Row]] = [(last, [5] * 6 + [30]), *((label, [0] * 7) for label in own)]
    return lines(("（一）予以公开", [0] * 7), (SECRET, [4] * 6 + [24]), *rows, *after)


def statuses(text: str, line: str = "denied_law_prohibits") -> set[tuple[str, object]]:
    found = [f for f in tables(text).figures if f.line == line]
    return {(f.status, f.value) for f in found}


def test_a_row_between_two_neighbours_is_inferred_by_its_place() -> None:
    text = between(("", [11, 12, 13, 14, 15, 16, 81]))
    assert values(tables(text), "denied_law_prohibits") == [11, 12, 13, 14, 15, 16, 81]
    assert {status for status, _ in statuses(text)} == {"inferred"}
    assert [f.line for f in tables(text).figures].index("denied_law_prohibits") == 28


@pytest.mark.parametrize(
    "rows",
    [
        [("", [11, 12, 13, 14, 15, 16, 82])],  # does not add up
        [("", ["", 12, 13, 14, 15, 16, 70])],  # a blank
        [("", [11, 12, 13, 14, 15, 16, 81])] * 2,  # one row too many
        [("9.其他", [11, 12, 13, 14, 15, 16, 81])],  # a line of the agency's own
        [("（四）无法提供", [11, 12, 13, 14, 15, 16, 81])],  # a subtotal
        [("", [11, 12, 13, 14, 15, 16, 81]), ("- 4 -", [""] * 7)],
    ],
)
def test_a_row_without_a_label_is_left_alone_where_anything_else_may_be(
    rows: list[tuple[str, Row]],
) -> None:
    assert not statuses(between(*rows))


def test_one_row_for_two_lines_is_neithers() -> None:
    row: Row = [11, 12, 13, 14, 15, 16, 81]
    text = between(("", row), last="4.保护第三方合法权益")
    assert not statuses(text)
    assert not statuses(text, "denied_safety_stability")


def test_an_inferred_row_takes_part_in_the_checks() -> None:
    report, _ = make_report("示例市示例局", "990107", "justice", 2022, busy=True)
    text = article_html(report).replace("属于三类内部事务信息", "").replace("重复申请", "")
    found = read(text.replace("5.<", "<").replace("2.<", "<").encode())
    assert {f.status for f in found.figures if f.line == "not_processed_repeat"} == {"inferred"}
    assert not found.findings
    assert compare(found, report).none
