"""The pages that a reader cites from, prints and is told the methods by."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from archive.schema.codes import FIGURE_STATUS, FRAME_STATUS, REPORT_STATUS
from archive.site import words
from archive.site.about import OPERATOR, operator
from archive.site.serve import site
from tests.test_site import Fake, unique

REPORT = "990101-finance-2021"
BASE = "http://localhost"


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Any:
    fake = Fake(tmp_path_factory.mktemp("citing"))
    fake.agency("990101-finance", "示例市财政局", "示例市", "finance", range(2019, 2024))
    for year in (2019, 2020, 2023):
        fake.report("990101-finance", year, {})
    fake.report("990101-finance", 2020, {}, aggregate=True)
    figures: dict[str, Any] = unique("2021")
    del figures["t3_granted_natural"], figures["t3_granted_enterprise"]
    made = fake.report("990101-finance", 2021, figures, title="题名{甲}[R]")
    fake.note(made, "t3_granted_natural", "", "blank")
    fake.note(made, "t3_granted_enterprise", "约<3>", "unparsed")
    fake.note(made, "t2_fee_charged", "1.5", "reported")
    fake.tables["figure_notes"][-1]["unit"] = "万元"
    fake.finding(made, 1, "fail", ["t3_partial_total"], "两处不相等")
    datasette = site(fake.publish())

    def page(path: str) -> BeautifulSoup:
        answer = asyncio.run(datasette.client.get(path))
        assert answer.status_code == 200, path
        return BeautifulSoup(answer.text, "lxml")

    page.client = datasette.client  # type: ignore[attr-defined]  # a function may bear more
    return page


def cited(page: BeautifulSoup) -> list[str]:
    return [line.get_text() for line in page.select(".nb-cite-line")]


def test_a_report_is_cited_at_the_address_of_its_version(ask: Any) -> None:
    page = ask(f"/bg/{REPORT}")
    (line,) = cited(page)
    assert line.startswith("示例市财政局. 题名{甲}[R]（演示数据：全部虚构）[R/OL]. (2022-01-20)")
    assert f"{BASE}/bg/{REPORT}.v1. 原载 https://www.example.invalid/art/1.html" in line
    entry = page.select_one("#yinyong pre").get_text()
    assert entry.startswith(f"@techreport{{nianbao:{REPORT}.v1,")
    assert r"\textbraceleft{}甲\textbraceright{}" in entry
    assert page.select_one(f'#yinyong a[href="/bg/{REPORT}.v1/yinyong"]') is not None


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        ("t3_granted_natural", "此格空白"),
        ("t3_granted_enterprise", "报告所印“约<3>”（未能读作数字）"),
        ("t2_fee_charged", "报告所印“1.5 万元”"),
        ("t2_rules_made", "此格未读到"),
        ("t3_partial_total", f"报告所印“{unique('2021')['t3_partial_total']}”"),
    ],
)
def test_each_figure_is_cited_without_script(ask: Any, figure: str, said: str) -> None:
    page = ask(f"/bg/{REPORT}/yinyong?cell={figure}")
    first, second = cited(page)
    assert said in first
    assert f"{BASE}/bg/{REPORT}.v1#sz-{figure}. " in first
    assert second == cited(ask(f"/bg/{REPORT}"))[0]


def test_every_cell_leads_to_its_citation(ask: Any) -> None:
    page = ask(f"/bg/{REPORT}.v1/yinyong")
    assert len(cited(page)) == 1
    links = {str(a["href"]) for a in page.select("#shuzhi a.nb-place")}
    shown = {td["data-figure"] for td in page.select("#shuzhi td[data-figure]")}
    assert len(shown) > 100
    assert not page.select("a.nb-mark")  # they lead to findings, which are not on this page
    absent = {td["data-figure"] for td in page.select("#shuzhi td.nb-absent")}
    assert links == {f"/bg/{REPORT}.v1/yinyong?cell={key}" for key in shown - absent}


def test_what_cannot_be_cited(ask: Any) -> None:
    for path in ("/bg/nobody-2021/yinyong", f"/bg/{REPORT}/yinyong?cell=x%3Cscript%3E"):
        answer = asyncio.run(ask.client.get(path))
        assert answer.status_code == 404
        assert "<script" not in answer.text


def test_the_other_years_of_the_agency_are_beside(ask: Any) -> None:
    years = [each.get_text() for each in ask(f"/bg/{REPORT}").select(".nb-beside > *")]
    assert years == ["← 上一份", "2019", "2020", "2020汇总", "2021", "2023", "下一份 →"]
    page = ask(f"/bg/{REPORT}")
    assert page.select_one('a[rel="prev"]')["href"] == "/bg/990101-finance-2020"
    assert page.select_one('a[rel="next"]')["href"] == "/bg/990101-finance-2023"
    first = ask("/bg/990101-finance-2019")
    assert first.select_one('a[rel="prev"]') is None
    lone = ask("/bg/990101-finance-2020-agg")
    assert lone.select('a[rel="prev"], a[rel="next"]') == []


def test_methods_explain_every_status(ask: Any) -> None:
    text = ask("/guanyu").get_text()
    for codes in (FIGURE_STATUS, REPORT_STATUS, FRAME_STATUS):
        for code, word in codes.items():
            assert code in text
            assert word in text
    for word in (*words.FIGURE.values(), *words.FINDING.values(), *words.STRENGTH.values()):
        assert word.meaning in text
    assert "没有一个可以报告的准确率" in text
    assert "本站的主办者尚未在此写明身份与联系方式" in text
    assert "未公布" not in text


def test_who_runs_the_site_may_say_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert operator(tmp_path) == {}
    said = tmp_path / OPERATOR
    said.write_text('name = "示例研究组"\ncontact = "a@b.example"\nsecret = "x"\n', "utf-8")
    assert operator(tmp_path) == {"name": "示例研究组", "contact": "a@b.example"}
    said.write_text("name = ", "utf-8")
    with caplog.at_level(logging.WARNING):
        assert operator(tmp_path) == {}
    assert "names no operator" in caplog.text
