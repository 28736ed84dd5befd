"""/bijiao: agency-years side by side, as the forms print them."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from archive.site import compare
from tests.served import HOSTILE, asking, soup, table, write

FINANCE, COUNTY, AUDIT = "990102-finance", "990121-finance", "990102-audit"
REQUESTS = "收到和处理政府信息公开申请情况"


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return asking(write(tmp_path_factory.mktemp("compare")))


def test_the_release_is_asked_once(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time waits for a thread, of which statements of other visitors hold some."""
    trips: list[object] = []
    real = compare.ask

    async def counted(datasette: Any, question: Any, database: str = "nianbao") -> Any:
        trips.append(question)
        return await real(datasette, question, database)

    monkeypatch.setattr(compare, "ask", counted)
    assert lines(ask, f"jg={FINANCE}&jg={COUNTY}&nian=2021")
    assert len(trips) == 1


def lines(ask: Any, query: str) -> dict[str, list[str]]:
    rows = table(soup(ask(f"/bijiao?{query}")), REQUESTS)
    return {row[0]: row[1:] for row in rows[1:]}


def test_two_columns_and_their_difference(ask: Any) -> None:
    found = lines(ask, f"jg={FINANCE}&jg={COUNTY}&nian=2021")
    assert found["一、本年新收政府信息公开申请数量"] == ["11", "100", "+89"]
    assert found["4.保护第三方合法权益"] == ["2", "0", "−2"]
    assert found["二、上年结转政府信息公开申请数量"] == ["0", "0", "0"]


def test_what_is_no_number_is_named_and_has_no_difference(ask: Any) -> None:
    found = lines(ask, f"jg={FINANCE}&nian=2021&nian=2022")
    assert found["（一）予以公开"] == ["4※", "空白", "—"]
    assert found["3.其他"] == ["3", "横线", "—"]


def test_forms_meet_in_the_sum_of_other_handling_alone(ask: Any) -> None:
    found = lines(ask, f"jg={FINANCE}&nian=2019&nian=2021")
    assert found["（六）其他处理"] == ["2", "5和", "+3"]
    assert found["3.其他"] == ["无此行", "3", "—"]
    found = lines(ask, f"jg={FINANCE}&nian=2019&nian=2022")
    assert found["（六）其他处理"] == ["2", "缺", "—"]


def test_a_break_is_marked_where_the_form_changes(ask: Any) -> None:
    page = soup(ask(f"/bijiao?jg={FINANCE}"))
    heads = [cell.get_text(" ", strip=True) for cell in page.select("#t3 thead th")[1:]]
    assert ["格式不同" in head for head in heads] == [False, True, False]
    (said,) = page.select(".nb-breaks li")
    assert "一列用 2019 年格式，一列用 2021 年格式" in said.get_text()
    assert not soup(ask(f"/bijiao?jg={FINANCE}&nian=2021&nian=2022")).select(".nb-breaks")


def test_a_class_of_applicants(ask: Any) -> None:
    found = lines(ask, f"jg={FINANCE}&jg={COUNTY}&nian=2021&lie=natural")
    assert found["一、本年新收政府信息公开申请数量"] == ["8", "0", "−8"]


def test_unread_missing_and_aggregate_are_told_apart(ask: Any) -> None:
    page = soup(ask(f"/bijiao?jg={AUDIT}&jg={FINANCE}&jg=990102-government&nian=2020&nian=2021"))
    status = next(row for row in table(page, "所比较的年报") if row[0] == "状态")
    assert status[1:] == ["·未取得", "◐附件未读", "·未取得", "●已读取", "·未取得", "●已读取"]
    heads = table(page, "所比较的年报")[0]
    assert heads[-1] == "示例区人民政府2021汇总"
    found = {row[0]: row[1:] for row in table(page, REQUESTS)}
    assert found["一、本年新收政府信息公开申请数量"][:4] == [
        "·未取得",
        "◐附件未读",
        "·未取得",
        "11",
    ]
    assert not page.select("script")
    assert page.select_one("thead th bdi").get_text() == HOSTILE


def test_a_scope_can_be_chosen(ask: Any) -> None:
    query = "/bijiao?jg=990102-government&nian=2021&fanwei="
    heads = [table(soup(ask(query + scope)), "所比较的年报")[0] for scope in ("aggregate", "own")]
    assert heads == [["年报", "示例区人民政府2021汇总"], ["年报", "示例区人民政府2021"]]


def test_rates_say_their_numbers(ask: Any) -> None:
    rows = table(soup(ask(f"/bijiao?jg={FINANCE}&nian=2021&nian=2022")), "比率")
    found = {row[0]: row[1:] for row in rows}
    assert found["公开率（占办理总计）"] == ["36.4%（4/11）", "缺"]
    assert found["不予公开中保护第三方的比例"] == ["100%（2/2）", "分母为0"]


def test_findings_lead_to_the_report(ask: Any) -> None:
    page = soup(ask(f"/bijiao?jg={FINANCE}&nian=2021"))
    marks = {a["href"] for a in page.select("#t3 a.nb-mark-fail")}
    assert marks == {"/bg/990102-finance-2021#yd-1"}


def test_no_more_than_eight_columns(ask: Any) -> None:
    ids = "&".join(f"jg={each}" for each in (FINANCE, COUNTY, AUDIT))
    years = "&".join(f"nian={year}" for year in (2019, 2020, 2021))
    page = soup(ask(f"/bijiao?{ids}&{years}"))
    assert len(page.select("#t3 thead th")) == 9
    assert "所选多出的 1 列未列" in page.get_text()


def test_finding_an_agency_keeps_what_is_chosen(ask: Any) -> None:
    page = soup(ask(f"/bijiao?jg={FINANCE}&nian=2021&lie=natural&q=样本 财政"))
    (link,) = page.select('[aria-label="找到的机关"] a')
    assert link.get_text() == "样本县财政局"
    assert parse_qs(urlsplit(link["href"]).query) == {
        "jg": [FINANCE, COUNTY], "nian": ["2021"], "lie": ["natural"],
    }  # fmt: skip
    assert "没有名称含" in soup(ask("/bijiao?q=%25' OR 1")).get_text()


def test_agencies_of_the_same_kind_are_offered(ask: Any) -> None:
    page = soup(ask(f"/bijiao?jg={FINANCE}&nian=2021"))
    (offered,) = page.select("details .nb-matches a")
    assert parse_qs(urlsplit(offered["href"]).query)["jg"] == [FINANCE, COUNTY]
    assert not soup(ask(f"/bijiao?jg={FINANCE}&jg={COUNTY}")).select("details .nb-matches")


def test_nothing_chosen_and_nonsense(ask: Any) -> None:
    page = soup(ask("/bijiao"))
    assert page.select_one('main a[href="/bijiao?jg=990102-finance"]')
    nonsense = soup(ask("/bijiao?jg=nobody&nian=20x1&lie=a';--&fanwei=both"))
    assert "本档案没有" in nonsense.get_text()


def test_the_sql_and_the_csv_give_the_same_figures(ask: Any) -> None:
    page = soup(ask(f"/bijiao?jg={FINANCE}&jg={COUNTY}&nian=2021"))
    sql, csv = (a["href"] for a in page.select(".nb-sql a"))
    answer = ask(sql.replace("/nianbao?", "/nianbao.json?", 1) + "&_shape=array").json()
    assert [row["t3_received_new_total"] for row in answer] == [11, 100]
    assert ask(csv).text.splitlines()[1].startswith("示例机关,2021,own,2021,990102-finance-2021")
