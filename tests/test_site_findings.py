"""The findings part of a report's page: strength, innocent reasons, certainty, the other report."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from archive.release.meaning import check_rows
from archive.site.findings import sections
from archive.site.serve import site
from extract.checks import rules
from tests.test_site import Fake, unique


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> BeautifulSoup:
    """The page of a report with four findings, in a release with the rules."""
    fake = Fake(tmp_path_factory.mktemp("findings"))
    fake.agency("990101-finance", "示例市财政局", "示例市", "finance", range(2020, 2022))
    fake.report("990101-finance", 2020, unique("2019"), form="2019", title="甲")
    version = fake.report("990101-finance", 2021, unique("2021"), title="乙")
    said = [
        ("C26", "fail", [], "certain", None),
        ("C03", "fail", ["t3_granted_natural"], "shift_suspected", None),
        ("C11", "fail", ["t3_carried_in_total"], "certain", "990101-finance-2020.v1"),
        ("C03", "fail", ["t3_partial_natural"], "certain", None),
    ]
    for number, (check, status, figures, reading, related) in enumerate(said, 1):
        fake.finding(version, number, status, figures, f"第{number}句")
        fake.tables["findings"][-1] |= {"check": check, "reading": reading, "related": related}
    root = fake.publish()
    _add_rules(root)
    datasette = site(root)
    answer = asyncio.run(datasette.client.get("/bg/990101-finance-2021"))
    return BeautifulSoup(answer.text, "lxml")


def _add_rules(root: Path) -> None:
    rows = check_rows()
    names = ", ".join(f'"{name}"' for name in rows[0])
    marks = ", ".join("?" for _ in rows[0])
    with closing(sqlite3.connect(root / "releases" / "current" / "nianbao.db")) as db, db:
        sql = f"INSERT INTO checks ({names}) VALUES ({marks})"
        db.executemany(sql, [list(row.values()) for row in rows])


def told(page: BeautifulSoup, number: int) -> Tag:
    found = page.select_one(f"#yd-{number}")
    assert found is not None
    return found


def test_the_strong_come_first_and_each_check_is_explained_once(page: BeautifulSoup) -> None:
    heads = [head.get_text(" ", strip=True) for head in page.select("#yidian .nb-rule")]
    assert heads == [
        f"{code} {rules()[code].title} {word}"
        for code, word in (("C03", "必须"), ("C11", "应当"), ("C26", "说明"))
    ]
    text = page.select("#yidian")[0].get_text()
    for code in ("C03", "C11", "C26"):
        assert text.count(rules()[code].innocent) == 1
    order = [item["id"] for item in page.select("#yidian .nb-findings li")]
    assert order == ["yd-2", "yd-4", "yd-3", "yd-1"]


def test_a_suspected_shift_sends_to_the_original(page: BeautifulSoup) -> None:
    assert "读取未必确定" in told(page, 2).get_text()
    assert "读取未必确定" not in told(page, 4).get_text()


def test_the_other_report_is_linked(page: BeautifulSoup) -> None:
    (link,) = told(page, 3).select("a")
    assert (link["href"], link.get_text()) == ("/bg/990101-finance-2020.v1", "示例市财政局 2020 年")
    assert not told(page, 1).select("a")


def test_figures_with_findings_are_marked(page: BeautifulSoup) -> None:
    marks = {str(mark["href"]) for mark in page.select("td a.nb-mark")}
    assert marks == {"#yd-2", "#yd-3", "#yd-4"}


def test_a_check_or_status_that_is_not_known_is_told_all_the_same() -> None:
    rows = [
        {"check": "C99", "status": "later", "title": None, "strength": None},
        {"check": "C01", "status": "fail", "title": "甲", "strength": "must"},
    ]
    found = sections(rows)
    assert [(each.kind, each.count) for each in found] == [("fail", 1), ("later", 1)]
    assert found[1].concerns[0].word is None
