"""An agency's page: every year side by side, what is missing or late, what became of requests."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

from archive.site import chart
from tests.served import asking
from tests.test_site import Fake, unique

AGENCY = "990101-finance"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    fake = Fake(tmp_path_factory.mktemp("agency"))
    fake.agency(AGENCY, "示例市财政局", "示例市", "finance", range(2018, 2025))
    fake.agency("990101-audit", "示例市审计局", "示例市", "audit", range(2018, 2025))
    fake.agency("990102-government", "样例县人民政府", "样例县", "government", range(2018, 2025))
    for agency in fake.tables["agencies"]:
        agency |= {"level": "prefecture", "parent_id": None, "successor_id": None}
    fake.tables["agencies"][0] |= {
        "parent_id": "990101-government", "successor_id": "990101-audit",
    }  # fmt: skip
    fake.report(AGENCY, 2018, form="legacy")
    fake.report(AGENCY, 2019, unique("2019"), form="2019")
    figures: dict[str, Any] = unique("2021")
    del figures["t3_granted_total"], figures["t3_denied_third_party_total"]
    new = fake.report(AGENCY, 2021, figures, failed=2)
    fake.note(new, "t3_granted_total", "", "blank")
    fake.note(new, "t3_denied_third_party_total", "/", "slash")
    for number in (1, 2):
        fake.finding(new, number, "fail", ["t3_received_new_total"], f"第{number}处")
    fake.report(AGENCY, 2022, status="needs_ocr", form=None)
    fake.report("990102-government", 2021, unique("2021"))
    fake.report("990102-government", 2021, {}, aggregate=True)
    made = fake.publish()
    with closing(sqlite3.connect(made / "releases/current/nianbao.db")) as db, db:
        db.execute(
            "INSERT INTO deadlines (scope, level, first_year, month, day, source, is_verified) "
            "VALUES ('own', 'prefecture', 2019, 1, 8, '', 0)"
        )
    return made


@pytest.fixture(scope="module")
def ask(root: Path) -> Any:
    return asking(root)


@pytest.fixture(scope="module")
def page(ask: Any) -> BeautifulSoup:
    answer = ask(f"/jg/{AGENCY}")
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "lxml")


def row(page: BeautifulSoup, key: str) -> list[str]:
    """A line of the table of figures by its name, as shown."""
    for tr in page.select("table.nb-series tbody tr"):
        assert isinstance(tr.th, Tag)
        if str(tr.th.find(string=True)).strip() == key:
            return [td.get_text() for td in tr.find_all("td")]
    raise AssertionError(key)


def test_years_stand_side_by_side(page: BeautifulSoup) -> None:
    heads = [th.get_text() for th in page.select("table.nb-series thead th")]
    # A report of 2018 has another form: years before the first with figures have no column.
    assert heads == ["年度", *map(str, range(2019, 2025))]
    old, new = unique("2019"), unique("2021")
    key = "t3_received_new_total"
    gone = ["未取得", "待识别", "未取得", "未取得"]
    assert row(page, "本年新收") == [str(old[key]), gone[0], str(new[key]), *gone[1:]]
    assert row(page, "部分公开") == [str(old["t3_partial_total"]), str(new["t3_partial_total"])]
    issued = str(new["t2_normative_issued"])
    # The years without figures are one cell a group, so they stand in its first line alone.
    assert row(page, "规范性文件制发") == ["无此项", "", issued, "", "", ""]


def test_a_blank_stays_blank_and_spoils_no_sum(page: BeautifulSoup) -> None:
    old = unique("2019")
    assert row(page, "予以公开") == [str(old["t3_granted_total"]), "", "", "", "", ""]
    whole = sum(
        value
        for key, value in old.items()
        if key.startswith("t3_denied_") and key.endswith("_total")
    )
    assert row(page, "不予公开") == [str(whole), "—"]


def test_each_figure_leads_to_its_place(ask: Any, page: BeautifulSoup) -> None:
    (link,) = page.select('[data-figure="t3_partial_total"] a[href*="2021"]')
    path, anchor = str(link["href"]).split("#")
    target = BeautifulSoup(ask(path).text, "lxml").find(id=anchor)
    assert target is not None
    assert target.get_text() == link.get_text()


def test_missing_years_and_states_are_said(page: BeautifulSoup) -> None:
    years = {tr.th.get_text(): tr.get_text(" ") for tr in page.select("table.nb-years tbody tr")}  # type: ignore[union-attr]  # the page has it, or the test fails
    assert list(years) == ["2024", "2023", "2022", "2021", "2020", "2019", "2018"]
    assert "本档案未取得" in years["2020"]
    assert "年报为扫描件" in years["2022"]
    assert "旧格式年报" in years["2018"]
    assert "2020、2023、2024 年度本档案未取得。" in page.get_text()
    assert "未公布" not in page.get_text()


def test_it_leads_to_what_is_about_the_agency(ask: Any, page: BeautifulSoup) -> None:
    links = {a.get_text(): str(a["href"]) for a in page.select("main a")}
    assert links["比较年度与机关"] == f"/bijiao?jg={AGENCY}"
    assert links["下载同类面板"] == "/xiazai?region=990101&kind=finance"
    assert page.select_one('.nb-crumbs a[href="/diqu/990101"]') is not None
    for name in ("JSON", "比较年度与机关"):
        assert ask(links[name]).status_code == 200, name


def test_what_is_dated_after_the_deadline_is_said_without_blame(page: BeautifulSoup) -> None:
    assert "页面所示公布日期晚于法定期限：2019 年度晚 12 日，2021 年度晚 12 日" in page.get_text()
    years = {tr.th.get_text(): tr.get_text(" ") for tr in page.select("table.nb-years tbody tr")}  # type: ignore[union-attr]  # the page has it, or the test fails
    assert "所示日期晚 12 日" in years["2019"]
    assert "迟" in years["2019"]  # first captured long after it: the printed date proves nothing
    assert "法定期限 2021-01-08" in years["2020"]
    assert "晚" not in years["2018"]


def test_findings_and_relatives(page: BeautifulSoup) -> None:
    told = page.select_one("#yidian li")
    assert told is not None
    assert " ".join(told.get_text().split()).startswith("※ 不相符：C01")
    assert told.get_text().endswith("见 2021 年度 2 处。")
    text = page.select("#mingcheng")[0].get_text()
    assert "上级990101-government（本档案没有它的年报）" in text
    assert page.select_one('#mingcheng a[href="/jg/990101-audit"]') is not None


def test_the_heir_names_who_was_before(ask: Any) -> None:
    page = BeautifulSoup(ask("/jg/990101-audit").text, "lxml")
    (link,) = page.select(f'#mingcheng a[href="/jg/{AGENCY}"]')
    assert link.find_parent("div").get_text().startswith("前身")  # type: ignore[union-attr]  # the page has it, or the test fails


def test_the_chart_stacks_what_is_printed(ask: Any, page: BeautifulSoup) -> None:
    svg = page.select("svg.nb-chart")[0]
    assert "2021年格式起" in svg.get_text()
    old = unique("2019")
    titles = [rect.get_text() for rect in svg.select("rect")]
    assert f"2019 予以公开 {old['t3_granted_total']}" in titles
    assert not [title for title in titles if title.startswith("2021 予以公开")]
    assert "不全" in [text.get_text() for text in svg.select("text.nb-value")]
    (link,) = [a for a in page.find_all("a") if a.get_text() == "此图的查询语句"]
    asked, _, query = str(link["href"]).partition("?")
    rows = json.loads(ask(f"{asked}.json?{query}&_shape=array").text)
    found = {each["year"]: each["granted"] for each in rows}
    assert found[2019] == old["t3_granted_total"]
    assert found[2021] is None


def test_aggregates_stay_out_of_the_chart_and_have_their_own_column(ask: Any) -> None:
    page = BeautifulSoup(ask("/jg/990102-government").text, "lxml")
    assert len({rect.find_parent("svg") for rect in page.select("svg rect")}) == 1
    assert len(page.select("svg text.nb-value")) == 2
    heads = [th.get_text() for th in page.select("table.nb-series thead th")]
    assert "图中只有本机关自己的数，不含汇总" in page.get_text()
    assert heads[1:3] == ["2021", "2021汇总"]


def test_geometry() -> None:
    values = {"received_new": 30.0, "carried_in": 10.0, "granted": 40.0, "partial": None}
    drawn = chart.draw({2019: chart.Point(values), 2021: chart.Point({}, "空白")})
    assert drawn is not None
    left, right = drawn.bars
    assert (left.total, left.missing) == (40.0, 0)
    assert (right.total, right.missing) == (None, 6)
    assert [part.height for part in left.parts] == [chart.PLOT * 0.75, chart.PLOT * 0.25]
    assert left.top == right.top == drawn.base - chart.PLOT
    assert [(year, word) for year, _, word in drawn.gaps] == [(2020, "未取得"), (2021, "空白")]
    assert chart.draw({2019: chart.Point({"granted": None})}) is None
