"""`/falv`: what the operator filled in, and plainly what is missing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from archive.schema.codes import WITHHELD_REASON
from archive.site.law import TOKEN
from archive.site.serve import site
from crawler import robots
from tests.test_site import Fake, unique


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    fake = Fake(tmp_path_factory.mktemp("law"))
    fake.agency("990101-finance", "示例市财政局", "示例市", "finance", range(2021, 2022))
    fake.report("990101-finance", 2021, unique("2021"), title="甲")
    return fake.publish()


def page(root: Path, operator: str = "") -> BeautifulSoup:
    (root / "operator.toml").write_text(operator, "utf-8")
    answer = asyncio.run(site(root).client.get("/falv"))
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "lxml")


def test_who_filled_in_nothing_is_said_to_have_filled_in_nothing(root: Path) -> None:
    told = page(root)
    assert "本站运营者尚未填写联系方式" in told.text
    assert "has not yet named a contact" in told.text
    assert all(word in told.text for word in WITHHELD_REASON.values())
    assert told.find("a", href=lambda to: bool(to) and to.endswith("/falv")) is not None  # the foot
    assert not told.find_all(["script", "style"])


def test_what_the_operator_says_is_shown_and_nothing_else_of_the_file(root: Path) -> None:
    said = (
        'contact = "legal@example.org"\ntakedown_days = 15\nbasis = "<b>甲法</b>"\nsecret = "x7y"\n'
    )
    told = page(root, said + 'archived_pages = "off"\n')
    assert told.find("a", href="mailto:legal@example.org")
    assert "收到后 15 日内答复" in told.text
    assert "<b>甲法</b>" in told.text
    assert "本站不开放" in told.text
    assert "x7y" not in told.text
    assert "尚未填写" not in told.text


@pytest.mark.parametrize(
    ("contact", "days"),
    [("javascript:alert(1)@x.y", '"soon"'), ("电话 12345", "-3"), ("a b", "9999")],
)
def test_what_is_no_address_is_no_link_and_what_is_no_number_no_promise(
    root: Path, contact: str, days: str
) -> None:
    told = page(root, f'contact = "{contact}"\ntakedown_days = {days}\n')
    section = told.find(id="chexia")
    assert section is not None
    assert contact in section.text
    assert not section.find("a", href=lambda to: bool(to) and ":" in to)
    assert "主办者尚未写明答复的期限" in section.text


def test_the_name_for_robots_txt_is_the_crawler_s() -> None:
    assert TOKEN == robots.TOKEN


def test_a_number_without_a_text_is_nobody(root: Path) -> None:
    shown = page(root, f"takedown_days = 0x{'f' * 20_000}\ncontact = '示例运营八一'\n")
    assert "示例运营八一" in shown.get_text()
