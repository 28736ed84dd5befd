"""What is withheld on the site: 410 and a tombstone, a mark in a text, no original of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from archive.root import DataRoot
from archive.site.operator import OPERATOR, are_originals_public
from tests.served import asking, soup
from tests.stored import build, keep
from tests.test_withheld import DECISIONS, RUNS, SECRETS, TAIL, copied, decide

CUT = "990100-finance-2022.v1"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    root = DataRoot(tmp_path_factory.mktemp("withheld-site") / "data")
    keep(root, *RUNS)
    decide(root)
    build(root)
    decide(root, *DECISIONS.values())
    build(root)
    return root


@pytest.fixture(scope="module")
def ask(root: DataRoot) -> Any:
    return asking(root.path)


def parsed(answer: Any) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


def test_a_withheld_report_answers_with_its_tombstone(ask: Any) -> None:
    for path in ("/bg/990100-finance-2020", "/bg/990100-finance-2020.v1",
                 "/cundang/990100-finance-2020.v1/1", "/cundang/990100-finance-2020.v1/1/yuanjian",
                 "/bg/990100-finance-2020/bian"):  # fmt: skip
        answer = ask(path)
        assert answer.status_code == 410, path
        said = parsed(answer).get_text()
        assert "2026-11-22" in said
        assert "个人信息" in said
        assert "站长" not in said
        assert parsed(answer).select("main a[href='/jg/990100-finance']"), path


def test_of_a_withheld_version_the_page_leads_to_what_is_left(ask: Any) -> None:
    answer = ask("/bg/990100-finance-2019.v1")
    assert answer.status_code == 410
    assert parsed(answer).select("a[href='/bg/990100-finance-2019']")
    assert ask("/bg/990100-finance-2019").status_code == 200
    assert ask("/bg/990100-finance-2019.v2").status_code == 200


def test_programs_get_the_tombstone_too(ask: Any) -> None:
    answer = ask("/bg/990100-finance-2021.json")
    assert answer.status_code == 410
    (told,) = answer.json()["withheld"]
    assert told["reason"], told["date"] == ("court", "2026-11-23")
    body = ask("/bg/990100-finance-2022.json").json()
    assert [source["archived"] for source in body["sources"]] == [None]
    assert [each["what"] for each in body["withheld"]] == ["span"]
    assert ask("/bg/990100-audit-2022.json").json()["sources"][0]["archived"]


def test_the_text_has_a_mark_and_its_original_is_closed(ask: Any) -> None:
    page = ask("/bg/990100-finance-2022")
    assert page.status_code == 200
    assert "［已隐去：个人信息，2026-11-24］" in page.text
    assert "/cundang/" not in page.text
    for end in ("", "/yuanjian", "/yuanjian?xiazai=1", "/ye?cell=t3_received_new_total"):
        assert ask(f"/cundang/{CUT}/1{end}").status_code == 410, end
    assert ask("/cundang/990100-audit-2022.v1/1").status_code == 200


def test_coverage_and_comparison_say_that_it_is_withheld(ask: Any) -> None:
    assert "已隐去" in soup(ask("/jg/990100-finance")).get_text()
    assert "已隐去" in soup(ask("/fugai")).get_text()
    said = soup(ask("/bijiao?jg=990100-finance&nian=2020&nian=2022")).get_text()
    assert "已隐去" in said
    years = {y["year"]: y for y in ask("/jg/990100-finance.json").json()["years"]}
    assert years[2020]["status"] == "withheld"


def test_the_agency_says_that_it_is_withheld_and_never_that_it_is_missing(ask: Any) -> None:
    page = soup(ask("/jg/990100-finance"))
    said = page.get_text()
    assert "2020、2021 年度有年报已隐去" in said
    assert not re.search(r"202[01][^。]*年度本档案未取得", said)
    for year in ("2020", "2021"):
        (row,) = page.select(f"#nianbao tr:has(a[href='/bg/990100-finance-{year}'])")
        assert "已隐去" in row.get_text(), year
    assert "2020" not in [each.get_text() for each in page.select("#nianbao th:not(:has(a))")]


def test_a_withheld_year_at_the_edge_of_what_is_known_is_said(
    root: DataRoot, tmp_path: Path
) -> None:
    edge = copied(root, tmp_path)
    decide(edge, '[[page]]\nreport = "990100-finance-2019"\n' + TAIL.format("agency", 1))
    build(edge, accept="other decisions")
    ask = asking(edge.path)
    page = soup(ask("/jg/990100-finance"))
    (row,) = page.select("#nianbao tr:has(a[href='/bg/990100-finance-2019'])")
    assert "已隐去" in row.get_text()
    assert "2019 年度有年报已隐去" in page.get_text()
    for path in ("/fugai/diqu/990100", "/fugai/lei/finance"):
        assert soup(ask(path)).select_one("a[href='/jg/990100-finance#nianbao']"), path


def test_no_answer_of_the_site_holds_it(ask: Any) -> None:
    paths = [
        "/", "/jg/990100-finance", "/jg/990100-finance.json", "/bg/990100-finance-2022",
        "/bg/990100-finance-2022.json", "/bg/990100-finance-2019", "/biangeng", "/biangeng.atom",
        "/sitemap-2.xml", "/nianbao/withheld.json?_shape=array", "/text/chapters.csv?_size=max",
        "/text/facts.json?_size=max", "/nianbao/sources.csv?_size=max", "/nianbao/unread.json",
        "/nianbao/changes.json", "/bg/990100-finance-2022/yinyong",
    ]  # fmt: skip
    paths += [f"/sousuo?q={secret}" for secret in SECRETS]
    for path in paths:
        answer = ask(path)
        assert answer.status_code == 200, path
        asked = path.partition("?q=")[2]
        assert not [each for each in SECRETS if each in answer.text and each != asked], path
    assert soup(ask("/sousuo?q=4321")).select("mark")
    for secret in SECRETS:
        page = soup(ask(f"/sousuo?q={secret}"))
        assert not page.select("mark")


def test_archived_pages_can_be_closed_altogether(root: DataRoot, tmp_path: Path) -> None:
    closed = copied(root, tmp_path)
    ask = asking(closed.path)
    path = "/cundang/990100-audit-2022.v1/1"
    assert ask(path).status_code == 200
    (closed.path / OPERATOR).write_text('archived_pages = "off"\n', "utf-8")
    for end in ("", "/yuanjian", "/yuanjian?xiazai=1"):
        answer = ask(path + end)
        assert answer.status_code == 404
        assert "不公开存档原件" in answer.text
    assert "/cundang/" not in ask("/bg/990100-audit-2022").text
    assert ask("/bg/990100-audit-2022.json").json()["sources"][0]["archived"] is None


@pytest.mark.parametrize(
    ("said", "are_public"),
    [
        (None, True), ('name = "示例"', True), ('archived_pages = "public"', True),
        ('archived_pages = "off"', False), ('archived_pages = "of"', False),
        ("archived_pages = false", False), ("archived_pages = ", False),
    ],
)  # fmt: skip
def test_what_is_not_understood_keeps_them_closed(
    tmp_path: Path, said: str | None, are_public: bool
) -> None:
    if said is not None:
        (tmp_path / OPERATOR).write_text(said, "utf-8")
    assert are_originals_public(tmp_path) is are_public
