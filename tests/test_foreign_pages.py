"""What one portal's pages can do to others: nothing that shuts, floods or leads inside."""

from __future__ import annotations

import ipaddress
import tomllib
from types import SimpleNamespace
from typing import Any

import pytest

from archive.store import Context
from crawler.addresses import why_not_public
from crawler.articles import MOST_FILES, Articles
from crawler.gate import MOST_ELSEWHERE, Gate, Refused
from crawler.handler import _check_place
from crawler.probe.tables import Table
from crawler.registry import Portal
from crawler.session import Session
from crawler.wording import plain


def portal(key: str, host: str) -> Portal:
    return Portal(key, "", "", "", f"http://{host}/nb/", "trs", (host,))


def test_a_page_of_one_portal_shuts_no_host_of_another() -> None:
    gate = Gate([portal("evil", "a.gov.cn"), portal("honest", "b.gov.cn")])
    assert gate.is_judge("evil", "a.gov.cn")
    assert gate.is_judge("honest", "b.gov.cn")
    assert gate.is_judge("evil", "files.gov.cn"), "nobody else depends on it"
    assert not gate.is_judge("evil", "b.gov.cn")


def test_failures_on_another_portals_host_do_not_count() -> None:
    evil, honest = portal("evil", "a.gov.cn"), portal("honest", "b.gov.cn")
    store: Any = SimpleNamespace(issue=lambda *_: None, ledger=None)
    session = Session(SimpleNamespace(fiction=True), [evil, honest], store)  # type: ignore[arg-type]
    session._gone = lambda context, url, kind, detail: (kind, detail)  # type: ignore[method-assign]
    context: Any = SimpleNamespace(portal="evil", role="attachment")
    for number in range(9):
        session.lose(context, f"http://b.gov.cn:81/{number}.pdf", "refused", "")
    assert not session.gate.is_closed("b.gov.cn")
    context.portal = "honest"
    for number in range(9):
        session.lose(context, f"http://b.gov.cn/{number}.pdf", "refused", "")
    assert session.gate.is_closed("b.gov.cn")


def test_a_portal_has_files_on_so_many_other_hosts_and_no_more() -> None:
    gate = Gate([portal("any", "a.gov.cn")])
    for number in range(MOST_ELSEWHERE + 1):
        gate.admit(f"f{number}.gov.cn", "any")
    gate.check(f"http://f{MOST_ELSEWHERE - 1}.gov.cn/1.pdf", "any", "attachment")
    with pytest.raises(Refused, match="off_host"):
        gate.check(f"http://f{MOST_ELSEWHERE}.gov.cn/1.pdf", "any", "attachment")


def test_an_article_has_so_many_files_and_no_more() -> None:
    lost: list[tuple[str, str]] = []
    session = SimpleNamespace(lose=lambda context, url, kind, said: lost.append((kind, said)))
    own = portal("any", "a.gov.cn")
    asking: Any = SimpleNamespace(session=session, portal=lambda context: own)
    articles = Articles(asking)
    asked: list[str] = []
    articles._obtain = lambda address, context: iter(asked.append(address) or ())  # type: ignore[method-assign, func-returns-value]
    files = [(f"http://a.gov.cn/{number}.pdf", "") for number in range(MOST_FILES + 5)]
    assert list(articles.files(files, "http://a.gov.cn/1.html", Context("any", "article"))) == []
    assert len(asked) == MOST_FILES
    assert [kind for kind, _ in lost] == ["too_many_pages"]


@pytest.mark.parametrize(
    "address",
    ["224.0.0.1", "[ff02::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::127.0.0.1]", "10.0.0.1"],
)
def test_addresses_of_no_public_network(address: str) -> None:
    assert "private network" in why_not_public(f"http://{address}/a.pdf")


def test_a_public_name_that_leads_inside_is_refused() -> None:
    inside: Any = SimpleNamespace(ip_address=ipaddress.ip_address("127.0.0.1"))
    with pytest.raises(Refused, match="no public network"):
        _check_place(inside)
    _check_place(SimpleNamespace(ip_address=ipaddress.ip_address("8.8.8.8")))  # type: ignore[arg-type]
    _check_place(SimpleNamespace(ip_address=None))  # type: ignore[arg-type]


def test_what_a_probe_prints_can_be_pasted_and_obeyed_by_no_terminal() -> None:
    name = "示例局\x7f\x9b2J\x1b[2J"
    text = Table("a", {"agency": name}).toml
    assert tomllib.loads(text)["portals"]["a"]["agency"] == name
    assert plain(text.replace("\n", "")) == text.replace("\n", "")
