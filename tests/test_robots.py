"""robots.txt as RFC 9309 has it: what each answer means, and what is then asked for."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.core.downloader import Slot

from crawler.gate import Refused
from crawler.robots import LARGEST, LONGEST_DELAY, RobotsMiddleware, judge, read
from tests.crawls import collect, ledger
from tests.portal.faults import Faults, hangs, page, resets

NOTHING = b"User-agent: *\nDisallow: /\n"
JSL = b"<script>document.cookie='__jsl_clearance=0'</script>"
#: Site → what its robots.txt answers, and the outcome of its portal.
SITES: dict[str, tuple[Any, str]] = {
    "says-nothing": (b"", "complete"),
    "is-absent": (page(NOTHING, 404), "complete"),
    "is-forbidden": (page(NOTHING, 403), "complete"),
    "denies": (NOTHING, "robots_denied"),
    "denies-us": (b"User-agent: Nianbao/2.0 (any)\nDisallow: /c\n", "robots_denied"),
    "denies-others": (NOTHING + b"User-agent: nianbao\nAllow: /\n", "complete"),
    "denies-in-gbk": ("# 禁止抓取\nUser-agent: *\nDisallow: /c\n".encode("gbk"), "robots_denied"),
    "denies-articles": (b"User-agent: *\nDisallow: /c/2024*.html$\n", "robots_denied"),
    "is-a-page": (b'<meta http-equiv="refresh" content="0;url=/c/"><p>404</p>', "complete"),
    "is-busy": (page(b"User-agent: *\nAllow: /\n", 503), "robots_unreachable"),
    "is-tired": (page(b"", 429), "robots_unreachable"),
    "is-walled": (page(JSL, 521), "robots_unreachable"),
    "hangs": (hangs, "robots_unreachable"),
    "resets": (resets, "robots_unreachable"),
    "moves": (page(b"", 301, b"Location: /r.txt\r\n"), "robots_denied"),
    "leaves": (page(b"", 302, b"Location: http://127.0.9.9:81/robots.txt\r\n"),
               "robots_unreachable"),
    "circles": (page(b"", 302, b"Location: /robots.txt\r\n"), "robots_unreachable"),
    "asks-for-time": (b"User-agent: *\nCrawl-delay: 1\n", "complete"),
}  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Faults, Path, str]]:
    folder = tmp_path_factory.mktemp("robots")
    with Faults(tuple(SITES)) as faults:
        for name, (answer, _) in SITES.items():
            faults.pages[name, "/robots.txt"] = answer
        faults.pages["moves", "/r.txt"] = NOTHING
        (folder / "r.toml").write_text(faults.registry(), "utf-8")
        done = collect(
            folder / "r.toml", folder / "data", "-s", "DOWNLOAD_TIMEOUT=1", "-s", "RETRY_TIMES=1"
        )
        assert "Traceback" not in done.stderr
        yield faults, folder / "data", done.stdout


def test_each_answer_has_its_outcome(found: tuple[Faults, Path, str]) -> None:
    _, data, out = found
    rows = ledger(data, "SELECT portal, outcome FROM outcomes")
    assert {row["portal"]: row["outcome"] for row in rows} == {
        name: outcome for name, (_, outcome) in SITES.items()
    }
    for line in (
        "is-walled: robots_unreachable (robots.txt: wall:jsl: status 521)",
        "is-busy: robots_unreachable (robots.txt answered 503)",
        "denies-articles: robots_denied (robots.txt forbids 2 listed addresses)",
        "127.0.9.9 is none of the portal's hosts",
    ):
        assert line in out


def test_it_is_asked_for_first_and_once(found: tuple[Faults, Path, str]) -> None:
    faults = found[0]
    tries = {"is-busy": 2, "hangs": 2, "resets": 2, "circles": 6}
    for name, (_, outcome) in SITES.items():
        paths = faults.paths(name)
        assert paths[0] == "/robots.txt"
        assert paths.count("/robots.txt") == tries.get(name, 1), name
        if outcome == "robots_unreachable":
            assert set(paths) == {"/robots.txt"}, name
        if outcome == "complete":
            assert len(paths) == 4, name
    assert faults.paths("denies-articles") == ["/robots.txt", "/c/"]


def test_whatever_it_answered_is_evidence(found: tuple[Faults, Path, str]) -> None:
    faults, data, _ = found
    rows = ledger(data, "SELECT url, status FROM captures WHERE role = 'robots'")
    kept = {(row["url"], row["status"]) for row in rows}
    base = f"http://{faults.host('is-walled')}:{faults.port}/robots.txt"
    assert (base, 521) in kept
    assert len({url for url, _ in kept}) == len(SITES) - 2 + 1  # two answer nothing, one moves
    kinds = {
        row["portal"]: row["kind"]
        for row in ledger(data, "SELECT * FROM issues WHERE url LIKE '%/robots.txt'")
    }
    assert kinds == {
        "is-busy": "http_503", "is-tired": "http_429", "is-walled": "wall:jsl",
        "hangs": "timeout", "resets": "connection_lost", "leaves": "off_host",
        "circles": "redirect_loop",
    }  # fmt: skip


def test_a_host_gets_the_time_that_it_asks_for(found: tuple[Faults, Path, str]) -> None:
    times = [at for name, _, at in found[0].asked if name == "asks-for-time"]
    assert len(times) == 4
    assert times[-1] - times[0] > 2, "three times a second, and a server that lags behind"


def test_no_crawl_delay_is_longer_than_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    slot = Slot(1, 3, jitter=0.5)
    downloader = SimpleNamespace(per_slot_settings={}, slots={"a.gov.cn": slot})
    crawler: Any = SimpleNamespace(
        engine=SimpleNamespace(downloader=downloader),
        settings=SimpleNamespace(getfloat={"DOWNLOAD_DELAY": 3.0}.__getitem__),
    )
    middleware = RobotsMiddleware(crawler)
    middleware._slow_down("http://a.gov.cn/robots.txt", 2)
    assert (slot.delay, slot.jitter) == (3, 0.5), "our own delay is longer"
    with caplog.at_level(logging.WARNING):
        middleware._slow_down("http://a.gov.cn/robots.txt", 9999)
    assert (slot.delay, slot.jitter) == (LONGEST_DELAY, 0)
    assert downloader.per_slot_settings == {"a.gov.cn": {"delay": LONGEST_DELAY, "jitter": 0}}
    assert "asks for 9999 s between requests; it gets 60 s" in caplog.text


URL = "http://a.gov.cn/zwgk/1.html"


@pytest.mark.parametrize(
    ("body", "allowed"),
    [
        (b"", True),
        (b"\xef\xbb\xbfUser-agent: *\nDisallow: /", False),
        (b"\xef\xbb\xbf\xef\xbb\xbfUser-agent: *\nDisallow: /", False),
        (NOTHING.decode().encode("utf-16"), False),
        (b"User-agent: *\rDisallow: /zwgk\r", False),
        (b"USER-AGENT: NIANBAO\nDISALLOW: /", False),
        (b"User-agent: nianbao-image\nDisallow: /", True),
        (b"User-agent: nianbao\nDisallow:\nUser-agent: *\nDisallow: /", True),
        (b"User-agent: a\nUser-agent: nianbao/9\nDisallow: /", False),
        (b"User-agent: *\nDisallow: /\nAllow: /zwgk/", True),
        ("User-agent: *\nDisallow: /政务".encode(), True),
        (b"<html><body>Disallow: /</body></html>", True),
        (b"\0\xff\xfe Disallow", True),
        (b"#" * LARGEST + b"\n" + NOTHING, True),
        (NOTHING + b"#" * (2 * LARGEST), False),
        # Cut at the limit, this would forbid everything.
        (b"User-agent: *\n" + b"#" * (LARGEST - 26) + b"\nDisallow: /other\n", True),
    ],
)
def test_reading(body: bytes, allowed: bool) -> None:
    if allowed:
        read(body).check(URL)
    else:
        with pytest.raises(Refused, match="robots_denied"):
            read(body).check(URL)


@pytest.mark.parametrize(
    ("status", "refused"),
    [(200, True), (206, True), (401, False), (403, False), (404, False), (410, False),
     (429, True), (500, True), (503, True), (304, True), (302, True), (999, True)],
)  # fmt: skip
def test_judging(status: int, refused: bool) -> None:
    kind = "robots_denied" if status < 300 else "robots_unreachable"
    if not refused:
        judge(status, NOTHING).check(URL)
        return
    with pytest.raises(Refused, match=kind):
        judge(status, NOTHING).check(URL)
