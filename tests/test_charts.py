"""/tubiao: charts, their geometry, and their figures worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from archive.site import plots
from archive.site.chart_specs import CHARTS
from tests.served import asking, soup, table, write


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return asking(write(tmp_path_factory.mktemp("charts")))


def figures(ask: Any, name: str, query: str = "") -> dict[str, dict[str, str]]:
    """By year: heading → what the table prints."""
    rows = table(soup(ask(f"/tubiao/{name}{query}")), f"{CHARTS[name].title}表")
    return {row[0]: dict(zip(rows[0][1:], row[1:], strict=True)) for row in rows[1:]}


def test_outcomes_are_pooled_over_complete_own_reports(ask: Any) -> None:
    found = figures(ask, "jieguo")
    assert found["2021"] == {
        "已读年报": "2", "n": "2", "n中必须核对有不相符": "2", "合计": "111",
        "予以公开": "5448.6%", "部分公开": "00%", "不予公开": "21.8%", "无法提供": "2018.0%",
        "不予处理": "3027.0%", "其他处理": "54.5%", "所印总计（七）": "111",
    }  # fmt: skip
    # The blank of 2022 makes no whole, and no 0.
    assert found["2022"]["n"] == "0"
    assert found["2022"]["予以公开"] == "缺"
    assert found["2019"]["其他处理"] == "228.6%"  # one line of the form of 2019


def test_scopes_levels_kinds_and_vertical_systems_stay_apart(ask: Any) -> None:
    whole = {
        query: figures(ask, "jieguo", query)["2021"]["合计"]
        for query in ("", "?fanwei=aggregate", "?lei=tax", "?lei=finance", "?diqu=990121")
    }
    assert list(whole.values()) == ["111", "1,000", "5,000", "111", "100"]
    page = soup(ask("/tubiao/jieguo?cengji=province"))
    assert "没有可画的数" in page.get_text()
    assert not page.select("svg.nb-plot")


def test_new_requests_with_median(ask: Any) -> None:
    found = figures(ask, "xinshou")["2021"]
    assert (found["n"], found["本年新收申请"], found["中位数"]) == ("2", "111", "55.5")
    assert figures(ask, "xinshou", "?lei=tax")["2021"]["中位数"] == "5,000"


def test_rates_with_their_numbers_and_n(ask: Any) -> None:
    rows = table(soup(ask("/tubiao/gongkailv")), "公开率表")
    assert rows[2] == [
        "2021", "2", "2", "48.6%", "54／111", "2", "71.1%", "54／76", "2", "96.4%", "54／56", "2",
    ]  # fmt: skip
    assert rows[3][:6] == ["2022", "1", "0", "缺", "缺／缺", "0"]


def test_other_charts(ask: Any) -> None:
    assert figures(ask, "nianbao")["2021"] == {
        "年报": "5", "已读取": "4", "附件未读": "1", "待识别": "0", "待转换": "0", "未能读出": "0",
        "其中汇总": "1",
    }  # fmt: skip
    assert figures(ask, "liyou")["2021"]["保护第三方（第十五条）"] == "2100%"
    review = figures(ask, "fuyi")["2021"]
    assert (review["合计"], review["结果维持"], review["结果纠正"]) == ("8", "675.0%", "225.0%")
    covered = figures(ask, "fugai")["2021"]
    assert (covered["应有"], covered["已读取"], covered["未登记"]) == ("5", "240.0%", "240.0%")


def test_applicants_are_shared_out_only_where_all_are_printed(ask: Any) -> None:
    found = figures(ask, "shenqingren")["2021"]
    assert (found["n"], found["合计"], found["自然人"]) == ("2", "8", "8100%")


@pytest.mark.parametrize("name", CHARTS)
def test_the_sql_gives_what_the_table_prints(ask: Any, name: str) -> None:
    page = soup(ask(f"/tubiao/{name}?diqu=990000"))
    address = page.select_one(".nb-sql a")["href"].replace("/nianbao?", "/nianbao.json?", 1)
    rows = ask(address + "&_shape=array").json()
    printed = table(page, f"{CHARTS[name].title}表")
    assert [str(row["year"]) for row in rows] == [row[0] for row in printed[1:]]
    assert len(rows) > 0


def test_a_chart_is_read_without_eyes_or_colours(ask: Any) -> None:
    page = soup(ask("/tubiao/jieguo"))
    (svg,) = page.select("svg.nb-plot")
    said = " ".join(page.select_one(f"#{i}").get_text() for i in svg["aria-labelledby"].split())
    assert svg["role"] == "img"
    assert "办理结果" in said
    pieces = svg.select("rect.nb-piece")
    # Pieces of a column of 200: 予以公开 of 2021 is 54 of 111.
    (granted,) = [r for r in pieces if r.parent.title.get_text().startswith("2021 年 予以公开")]
    assert granted.parent.title.get_text() == "2021 年 予以公开：54（48.6%）"
    assert float(granted["height"]) == pytest.approx(200 * 54 / 111, abs=0.1)
    assert all(rect["fill"].startswith("url(#p") for rect in pieces)
    texts = [text.get_text() for text in svg.select("text")]
    assert "2021 年格式起" in texts
    # 2020 was not obtained, 2022 has no whole.
    assert texts.count("未取得") == 1
    assert texts.count("缺") == 1


def test_the_page_of_all_charts(ask: Any) -> None:
    page = soup(ask("/tubiao"))
    assert [a["href"] for a in page.select("h2 a")] == [f"/tubiao/{name}" for name in CHARTS]
    ids = [tag["id"] for tag in page.select("[id]")]
    assert len(ids) == len(set(ids))
    assert ask("/tubiao/nothing").status_code == 404


def axis(first: int, last: int) -> plots.Axis:
    return plots.Axis(range(first, last + 1), {}, {2021: "缺"}, frozenset({"form", "review_first"}))


def test_a_line_is_broken_where_there_is_no_number() -> None:
    series = plots.Series("a", "甲", {2019: 0.1, 2020: 0.2, 2021: None, 2022: 0.3, 2024: 0.0})
    plot = plots.lines(axis(2019, 2024), [series])
    (path,) = plot.paths
    assert [len(stretch.split()) for stretch in path.stretches] == [2]
    assert len(path.points) == 4
    assert [point.y for point in path.points][-1] == plot.base
    assert [word for _, word in plot.gaps] == ["缺", "未取得"]
    assert [said for said, _ in plot.ticks] == ["0%", "10%", "20%", "30%", "40%"]
    assert [(label, is_left) for _, label, _, is_left in plot.breaks] == [
        ("2021 年格式起", False), ("2024 年复议前置起", True),
    ]  # fmt: skip


def test_a_column_without_a_part_is_not_drawn() -> None:
    parts = [
        plots.Series("a", "甲", {2022: 1, 2023: 3}),
        plots.Series("b", "乙", {2022: None, 2023: 5}),
    ]
    plot = plots.columns(axis(2022, 2023), parts, percent=False)
    assert [(piece.number, piece.height) for piece in plot.pieces] == [(0, 75.0), (1, 125.0)]
    assert [piece.text for piece in plot.pieces] == ["3", "5"]  # numbers, though all of the height
    assert len(plot.gaps) == 1
    assert plot.legend == ((1, "乙"), (0, "甲"))
