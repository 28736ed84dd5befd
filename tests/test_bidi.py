"""Marks that turn round what follows are kept, and held in the element of their text."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from archive.site.bidi import apart
from archive.site.serve import site
from tests.test_site import Fake, unique

TURN = "\u202e"
NAME, TITLE, SENT = (
    f"示例市{TURN}局",
    f"年报{TURN}题",
    f"正文称“甲{TURN}乙”，读作12；表格所载为13。",
)
CSS = Path(__file__).parent.parent / "archive/site/static/nianbao.css"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> BeautifulSoup:
    """The page of a report of which every text turns round what follows."""
    fake = Fake(tmp_path_factory.mktemp("bidi"))
    fake.agency("990101-finance", NAME, "示例市", "finance", range(2021, 2022))
    files = ((f"https://www.example.invalid/{TURN}.pdf", f"附件{TURN}名"), ("x:y", f"件{TURN}"))
    version = fake.report("990101-finance", 2021, unique("2021"), title=TITLE, attachments=files)
    fake.tables["versions"][-1]["signed"] = fake.tables["reports"][-1]["signed"] = (
        f"二〇二二年{TURN}"
    )
    fake.finding(version, 1, "uncertain", ["t3_granted_natural"], SENT)
    fake.tables["findings"][-1]["left"] = 1234567.5
    answer = asyncio.run(site(fake.publish()).client.get("/bg/990101-finance-2021"))
    return BeautifulSoup(answer.text, "lxml")


def held() -> set[str]:
    """Elements whose texts the style sheet isolates, and `bdi`, as browsers do."""
    (rule,) = re.findall(r"^\.nb :is\(([^)]*)\), ([^{]*) \{ unicode-bidi: isolate; \}$",
                         CSS.read_text("utf-8"), re.MULTILINE)  # fmt: skip
    return {each.strip() for part in rule for each in part.split(",")}


def is_held(element: Tag) -> bool:
    names = {element.name, *(f".{each}" for each in element.get_attribute_list("class") if each)}
    return bool(names & held())


def test_every_text_that_turns_round_is_held(page: BeautifulSoup) -> None:
    texts = list(page.body.find_all(string=re.compile(TURN))) if page.body else []
    assert all(each.parent is not None and is_held(each.parent) for each in texts), texts
    said = [str(each).strip() for each in texts]
    for want in (NAME, TITLE, f"附件{TURN}名", f"件{TURN}", f"二〇二二年{TURN}", f"甲{TURN}乙"):
        assert want in said


def test_a_number_beside_a_quotation_is_not_turned_round(page: BeautifulSoup) -> None:
    told = page.select_one("#yd-1 p")
    assert told is not None
    assert told.get_text().strip().endswith(SENT)
    assert [each.get_text() for each in told.select("bdi")] == [
        "正文称", f"甲{TURN}乙", "读作12", "表格所载为13",
    ]  # fmt: skip


def test_both_sides_are_said_as_the_sentence_says_numbers(page: BeautifulSoup) -> None:
    note = page.select_one("#yd-1 .nb-note")
    assert note is not None
    assert note.get_text().startswith("左边 1234567.5，右边 54。")


@pytest.mark.parametrize(
    "mark", "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
def test_nothing_of_a_sentence_is_lost(mark: str) -> None:
    assert apart(f"甲{mark}，1") == [(f"甲{mark}", True), ("，", False), ("1", True)]
    assert apart("甲，1") == [("甲，1", False)]
