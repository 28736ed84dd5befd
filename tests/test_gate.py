"""Who may be asked: hosts, addresses, scripts that lead on, and what is no page."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crawler.addresses import host_of, why_not_public
from crawler.gate import Gate, Refused
from crawler.magic import other_than_list, other_than_page
from crawler.outcomes import OUTCOMES, Course, decide
from crawler.walls import forwards, swells, wall
from tests.crawls import collect, ledger
from tests.portal.faults import Faults, page


def shell(script: str) -> bytes:
    """A page that is nothing but a script."""
    return f"<html><head><script>{script}</script></head><body></body></html>".encode()


# -- scripts that lead on, and pages that are gone: a crawl, and another one -------------

#: Site → the column's page, and the outcome of its portal.
SITES: dict[str, tuple[bytes, str]] = {
    "leads-on": (shell("location.replace('./x/');"), "complete"),
    "leads-on-twice": (shell('window.location.href = "./y/"'), "js_shell"),
    "leads-away": (shell("location.href='http://127.0.9.9:81/x/'"), "js_shell"),
    "computes": (shell("location.href='/'+'x/'"), "js_shell"),
    "loses-one": (b"", "complete"),
    "article-leads-away": (b"", "incomplete"),
    "article-is-a-picture": (b"", "complete"),
    "article-is-a-pdf": (b"", "complete"),
    "files-elsewhere": (b"", "complete"),
    "files-denied": (b"", "incomplete"),
}
#: Hosts that no registry names.
FILES, DENYING = "127.0.6.200", "127.0.6.201"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Faults, Path, str]]:
    folder = tmp_path_factory.mktemp("shells")
    registry, data = folder / "r.toml", folder / "data"
    with Faults(tuple(SITES)) as faults:
        registry.write_text(faults.registry(), "utf-8")
        first = collect(registry, data, "--portal", "loses-one")
        assert first.returncode == 0, first.stderr
        column: Any = faults.pages["leads-on", "/c/"]
        faults.pages["leads-on", "/c/x/"] = column.replace(b"./2024", b"../2024")
        faults.pages["leads-on-twice", "/c/y/"] = shell("location='./z/'")
        for name, (body, _) in SITES.items():
            if body:
                faults.pages[name, "/c/"] = body
        articles = {site: path for site, path in faults.pages if "html" in path}
        faults.pages["loses-one", articles["loses-one"]] = page(b"", 410)
        away = shell("location.href='http://127.0.9.9:81/'")
        faults.pages["article-leads-away", articles["article-leads-away"]] = away
        picture = b"\xff\xd8\xff\xe0" + bytes(99)
        faults.pages["article-is-a-picture", articles["article-is-a-picture"]] = picture
        faults.pages["article-is-a-pdf", articles["article-is-a-pdf"]] = b"%PDF-1.4"
        for name, host in (("files-elsewhere", FILES), ("files-denied", DENYING)):
            faults.add_host(host)
            link = f"<a href='http://{host}:{faults.port}/a.pdf'>附件：年报.pdf</a>".encode()
            faults.pages[name, articles[name]] = b"<div id='zoom'>%s</div>" % link
            faults.pages[host, "/a.pdf"] = b"%PDF-1.4"
        faults.pages[DENYING, "/robots.txt"] = b"User-agent: *\nDisallow: /"
        faults.asked.clear()
        done = collect(registry, data)
        assert "Traceback" not in done.stderr
        yield faults, data, done.stdout


def test_each_script_has_its_outcome(found: tuple[Faults, Path, str]) -> None:
    _, data, out = found
    rows = ledger(data, "SELECT portal, outcome FROM outcomes ORDER BY at")
    assert {row["portal"]: row["outcome"] for row in rows} == {
        name: outcome for name, (_, outcome) in SITES.items()
    }
    assert "js_shell (a second script leads to http://" in out
    assert "js_shell (a script leads to http://127.0.9.9:81/x/: 127.0.9.9 is none" in out
    assert "article-leads-away: incomplete (1 address failed: js_shell × 1)" in out


def test_a_plain_script_is_followed_once(found: tuple[Faults, Path, str]) -> None:
    faults = found[0]
    assert faults.paths("leads-on")[:3] == ["/robots.txt", "/c/", "/c/x/"]
    assert len(faults.paths("leads-on")) == 5
    assert faults.paths("leads-on-twice") == ["/robots.txt", "/c/", "/c/y/"]
    assert faults.paths("computes") == ["/robots.txt", "/c/"]
    # Where one article leads does not close its site.
    assert len(faults.paths("article-leads-away")) == 4


def test_an_attachment_on_another_host_is_fetched_if_its_robots_txt_allows_it(
    found: tuple[Faults, Path, str],
) -> None:
    faults, _, out = found
    assert faults.paths(FILES) == ["/robots.txt", "/a.pdf"]
    assert faults.paths(DENYING) == ["/robots.txt"]
    assert "files-denied: incomplete (1 address failed: robots_denied × 1)" in out


def test_what_is_gone_and_what_is_no_page_is_said(found: tuple[Faults, Path, str]) -> None:
    issues = {
        row["portal"]: row
        for row in ledger(found[1], "SELECT * FROM issues WHERE url LIKE '%.html'")
    }
    assert {name: row["kind"] for name, row in issues.items()} == {
        "loses-one": "gone", "article-leads-away": "js_shell",
        "article-is-a-picture": "wrong_type",
    }  # fmt: skip
    assert issues["loses-one"]["detail"].startswith("http_410; last obtained 20")
    assert issues["article-is-a-picture"]["detail"] == "a page that is a JPEG picture"


# -- its parts ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "target"),
    [
        ("location.replace('./x/')", "./x/"),
        ('window.location.href = "/x/index.html";', "/x/index.html"),
        ("top.location='x'", "x"),
        ("<!--\nlocation.href='x.html';\n//-->", "x.html"),
        ("document.location.assign( 'x' ) ;", "x"),
        ("var a=1;location.href='x'", ""),
        ("location.href='x'+y", ""),
        ("location.href='x'; location.href='y'", ""),
        ("location.href='\\x2f'", ""),
        ("document.cookie='a=b';location.href='x'", ""),
        ("setTimeout(\"location.href='x'\",0)", ""),
        ("location.reload()", ""),
        ("location.href=\"x'", ""),
    ],
)
def test_only_a_plain_address_leads_on(script: str, target: str) -> None:
    assert wall(200, {"content-type": "text/html"}, shell(script)) == "js_shell"
    assert forwards(shell(script)) == target
    assert forwards(shell(script) + b"<script>x()</script>") == ""


class _Portal:
    def __init__(self, key: str, *hosts: str) -> None:
        self.key, self.hosts = key, hosts


FILE = "http://files.cn/a.pdf"


def test_only_attachments_are_fetched_from_an_admitted_host() -> None:
    gate = Gate([_Portal("one", "a.gov.cn"), _Portal("two", "b.gov.cn")])
    with pytest.raises(Refused, match="off_host"):
        gate.check(FILE, "one", "attachment")
    gate.admit("Files.CN.", "one")
    gate.check(FILE, "one", "attachment")
    gate.check("http://files.cn/robots.txt", "one", "robots")
    gate.check("https://files.cn/b.pdf", "one", "attachment", origin=FILE)
    for role in ("article", "list", "node", ""):
        with pytest.raises(Refused, match=r"off_host: files\.cn is none of"):
            gate.check(FILE, "one", role)
    with pytest.raises(Refused, match="off_host"):
        gate.check(FILE, "one", "attachment", origin="http://a.gov.cn/down?1")
    with pytest.raises(Refused, match="off_host"):
        gate.check(FILE, "two", "attachment")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://files.gov.cn/a", ""),
        ("https://files.gov.cn:8088/a", ""),
        ("http://附件.政务/a", ""),
        ("http://8.8.8.8/a", ""),
        ("http://[2001:4860:4860::8888]/a", ""),
        ("http://files.gov.cn:22/a", "port 22"),
        ("http://files.gov.cn:10000/a", "port 10000"),
        ("http://files.gov.cn:0/a", "port 0"),
        ("http://127.0.0.1/a", "private network"),
        ("http://10.0.0.1/a", "private network"),
        ("http://192.168.1.1:8080/a", "private network"),
        ("http://172.16.0.1/a", "private network"),
        ("http://169.254.169.254/latest/meta-data", "private network"),
        ("http://100.64.0.1/a", "private network"),
        ("http://0.0.0.0/a", "private network"),
        ("http://[::1]/a", "private network"),
        ("http://[::ffff:127.0.0.1]/a", "private network"),
        ("http://[fe80::1]/a", "private network"),
        ("http://127.1/a", "neither a name nor an IP address"),
        ("http://2130706433/a", "neither a name nor an IP address"),
        ("http://0x7f.0.0.0x1/a", "neither a name nor an IP address"),
        ("http://0177.0.0.1/a", "neither a name nor an IP address"),
        ("http://localhost/a", "private network"),
        ("http://a.localhost./a", "private network"),
        ("http://intranet/a", "private network"),
        ("http://nas.local/a", "private network"),
        ("http://a_b.gov.cn/a", ""),
        ("http://a..gov.cn/a", "no name of a host"),
        ("http://-a.gov.cn/a", "no name of a host"),
    ],
)
def test_what_is_public(url: str, reason: str) -> None:
    said = why_not_public(url)
    assert reason in said
    assert bool(said) == bool(reason)
    gate = Gate([_Portal("one", "a.gov.cn")], public=True)
    gate.admit(host_of(url), "one")
    if reason:
        with pytest.raises(Refused, match="off_host"):
            gate.check(url, "one", "attachment")
    else:
        gate.check(url, "one", "attachment")


def test_a_redirect_is_held_to_the_public_web_and_the_registry_is_not() -> None:
    gate = Gate([_Portal("one", "10.0.0.1", "a.gov.cn")], public=True)
    gate.check("http://10.0.0.1:7001/c/", "one", "list")
    with pytest.raises(Refused, match="off_host: port 22 is none of"):
        gate.check("http://a.gov.cn:22/", "one", "list", origin="http://a.gov.cn/")
    fiction = Gate([_Portal("one", "127.0.0.1")])
    fiction.admit("127.0.0.2", "one")
    fiction.check("http://127.0.0.2:40000/a.pdf", "one", "attachment")


def test_what_another_host_refuses_says_nothing_of_the_portal() -> None:
    course = Course(column="ok", candidates=2)
    course.lose("wall:waf", "", "attachment", elsewhere=True)
    course.lose("robots_denied", "", "attachment", elsewhere=True)
    assert decide(course, 2) == (
        "incomplete", "2 addresses failed: robots_denied × 1, wall:waf × 1",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("dns", "dns"), ("timeout", "timeout"), ("tls", "tls"), ("refused", "unreachable"),
        ("connection_lost", "unreachable"), ("robots_unreachable", "robots_unreachable"),
        ("wall:jsl", "wall"), ("js_shell", "js_shell"), ("http_404", "not_found"),
        ("too_large", "too_large"), ("wrong_type", "wrong_type"), ("off_host", "off_host"),
        ("redirect_loop", "incomplete"), ("http_503", "incomplete"), ("data_loss", "incomplete"),
        ("stopped", "stopped"), ("window", "window"), ("crawler_error", "incomplete"),
        ("list_unreadable", "incomplete"),
    ],
)  # fmt: skip
def test_what_the_columns_failure_makes_of_the_portal(kind: str, outcome: str) -> None:
    assert outcome in OUTCOMES
    course = Course()
    course.lose(kind, "why", "list", is_column=True)
    assert decide(course, 1)[0] == outcome


@pytest.mark.parametrize(
    ("body", "kind", "may_be_a_report"),
    [
        (b"%PDF-1.7", "a PDF", True), (b"PK\x03\x04x", "a ZIP archive or Office document", True),
        (b"RIFF\0\0\0\0WEBPVP8 ", "a WebP picture", False),
        (b"Rar!\x1a\x07", "a RAR archive", False),
        (b"\0\0\0\x18ftypmp42", "a film", False), (b"<html>", "", True), (b"", "", True),
        (b"MZ", "", True),
    ],
)  # fmt: skip
def test_what_is_no_page(body: bytes, kind: str, may_be_a_report: bool) -> None:
    assert other_than_list(body) == kind
    assert other_than_page(body) == ("" if may_be_a_report else kind)


def test_what_swells() -> None:
    zeros = bytes(3_000_000)
    for encoding, body in (("gzip", gzip.compress(zeros)), ("deflate", zlib.compress(zeros))):
        assert swells(body, encoding, len(zeros) - 1)
        assert not swells(body, encoding, len(zeros))
    assert not swells(zeros, "", 10)
    assert not swells(b"no gzip", "gzip", 10)
    assert not swells(b"no gzip", "br", 10)


def test_a_gate_is_stopped_once() -> None:
    gate = Gate([_Portal("one", "a.gov.cn")])
    gate.stop("it is 06:00", "window")
    gate.stop("the crawl was stopped")
    with pytest.raises(Refused, match="window: it is 06:00"):
        gate.check("http://a.gov.cn/", "one")
