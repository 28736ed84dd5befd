"""The crawler against the test portal and a rude server: what is asked, kept and said."""

from __future__ import annotations

import ast
import contextlib
import gzip
import json
import os
import re
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import crawler.registry as registries
from archive.root import DataRoot, Registry
from archive.warc import read_record
from crawler.families import FAMILIES, ListError, ListRequest
from crawler.families.base import MOST_LIST_PAGES
from crawler.gate import MOST_FAILURES, Gate, Refused
from crawler.links import attached
from crawler.outcomes import Course, decide
from crawler.registry import Portal as Entry
from crawler.registry import RegistryError, load
from crawler.titles import judge
from crawler.walls import wall
from tests.crawls import ROOT, addresses, collect, command, ledger, scrapy, whole
from tests.portal import Portal, manifest

# -- a crawl of the test portal, and the same again ------------------------------------


class Crawled:
    """Two crawls of the portal, and what each asked for."""

    def __init__(self, portal: Portal, folder: Path) -> None:
        self.portal, self.data = portal, folder / "data"
        self.registry = folder / "portals.toml"
        self.registry.write_text(portal.registry(), "utf-8")
        self.first = collect(self.registry, self.data)
        self.first_requests, self.first_addresses = portal.requests, addresses(portal)
        portal.forget()
        self.second = collect(self.registry, self.data)
        self.second_requests, self.second_addresses = portal.requests, addresses(portal)
        self.runs = ledger(self.data, "SELECT * FROM runs ORDER BY started_at")


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    with Portal(latency=0.005) as portal:
        yield Crawled(portal, tmp_path_factory.mktemp("crawled"))


def test_every_report_is_captured_and_nothing_else_is_asked_for(crawled: Crawled) -> None:
    assert crawled.first.returncode == 0, crawled.first.stderr
    found = manifest(crawled.portal.port)
    reports = {report["article"]: report for report in found["reports"]}
    rows = ledger(
        crawled.data, "SELECT * FROM captures WHERE run_id = ?", crawled.runs[0]["run_id"]
    )
    articles = {row["url"]: row for row in rows if row["role"] == "article"}
    expected = {odd["url"]: odd["expected"] for odd in found["odd"]}
    asked_in_vain = {url for url in articles if url not in reports}
    assert {expected[url] for url in asked_in_vain} == {"not_found", "soft_404"}
    assert len(asked_in_vain) == 2  # the dead link and the one that only looks alive
    assert reports.keys() <= articles.keys()
    for url, report in reports.items():
        assert articles[url]["portal"] == report["portal"]
        assert articles[url]["list_date"] == report["published"]
        assert articles[url]["listing"] == crawled.portal.url(report["portal"])
    roles = Counter(row["role"] for row in rows)
    assert roles["attachment"] == 2
    assert {row["parent"] for row in rows if row["role"] == "attachment"} == {
        report["article"] for report in reports.values() if report["how"] in ("attachment", "pdf")
    }
    often = {url for url, count in crawled.first_addresses.items() if count > 1}
    assert often == {crawled.portal.address(2) + "/queryList"}, "an address is asked for once"


def test_a_commented_out_row_is_never_requested(crawled: Crawled) -> None:
    odd = [o for o in manifest(crawled.portal.port)["odd"] if o["expected"] == "never_requested"]
    assert odd
    for row in odd:
        assert row["url"] not in crawled.first_addresses + crawled.second_addresses


def test_outcomes_are_the_declared_ones(crawled: Crawled) -> None:
    columns = {c["portal"]: c for c in manifest(crawled.portal.port)["columns"]}
    for run in crawled.runs:
        rows = ledger(crawled.data, "SELECT * FROM outcomes WHERE run_id = ?", run["run_id"])
        assert {r["portal"]: r["outcome"] for r in rows} == {
            key: column["outcome"] for key, column in columns.items()
        }
        assert all(row["candidates"] >= row["minimum"] for row in rows)
        assert run["status"] == "complete"
    details = {r["portal"]: r["detail"] for r in ledger(crawled.data, "SELECT * FROM outcomes")}
    assert details["shili-transport"] == "wall:jsl"
    kinds = {row["kind"] for row in ledger(crawled.data, "SELECT kind FROM issues")}
    assert kinds == {"http_404", "wall:jsl", "robots_denied"}


def test_a_second_crawl_stores_no_body_again(crawled: Crawled) -> None:
    assert crawled.second.returncode == 0, crawled.second.stderr
    assert crawled.second_addresses == crawled.first_addresses
    rows = ledger(
        crawled.data, "SELECT * FROM captures WHERE run_id = ?", crawled.runs[1]["run_id"]
    )
    assert rows
    assert all(row["revisit_of"] for row in rows)
    assert Counter(row["status"] for row in rows)[304] >= 50
    outcomes = ledger(
        crawled.data,
        "SELECT sum(captured) AS new, sum(unchanged) AS old FROM outcomes WHERE run_id = ?",
        crawled.runs[1]["run_id"],
    )
    assert outcomes == [{"new": 0, "old": 113}]  # 110 reports, 2 attachments, the soft 404


def test_one_request_at_a_time_per_host(crawled: Crawled) -> None:
    for requests in (crawled.first_requests, crawled.second_requests):
        for host in {request.host for request in requests}:
            times = sorted((r.started, r.ended) for r in requests if r.host == host)
            for (_, ended), (started, _) in pairwise(times):
                assert started >= ended
    hosts = sorted((r.started, r.ended, r.host) for r in crawled.first_requests)
    assert any(a[1] > b[0] for a, b in pairwise(hosts)), "hosts side by side"


def test_robots_and_walls_are_obeyed(crawled: Crawled) -> None:
    denied = [r.path for r in crawled.first_requests if r.host == "127.0.0.5"]
    assert denied == ["/robots.txt"]
    walled = [(r.path, r.status) for r in crawled.first_requests if r.host == "127.0.0.4"]
    assert walled == [("/robots.txt", 200), ("/zfxxgk/zfxxgknb/", 521)]
    agents = {r.headers["User-Agent"] for r in crawled.first_requests}
    assert agents == {"nianbao/0.1 (+https://nianbao.invalid/about)"}


def test_bodies_are_kept_byte_for_byte(crawled: Crawled) -> None:
    rows = ledger(crawled.data, "SELECT * FROM captures WHERE revisit_of IS NULL AND status = 200")
    encodings = Counter(row["encoding"] for row in rows)
    assert encodings["gzip"] > 20
    assert encodings[""] > 20
    for row in rows:
        if "queryList" in row["url"]:
            continue
        address = urlsplit(row["url"])
        page = crawled.portal.page(address.hostname or "", address.path)
        served = gzip.compress(page.body, mtime=0) if row["encoding"] else page.body
        record = read_record(crawled.data / "warc" / row["warc_file"], row["warc_offset"])
        assert record.body == served
        assert record.decoded() == page.body
        assert record.header("Content-Type") == page.content_type
    whole(crawled.data)


def test_the_table_says_what_each_portal_came_to(crawled: Crawled) -> None:
    lines = crawled.first.stdout.splitlines()
    table = [" ".join(line.split()) for line in lines]
    assert table[0] == "portal outcome expected found new changed unchanged gone failed"
    assert "shiliqu complete 30 32 32 0 0 0 http_404 × 1" in table
    assert "12 of 12 portals" in crawled.first.stderr
    assert "Traceback" not in crawled.first.stderr


# -- ends that are no end ---------------------------------------------------------------


def begun(portal: Portal, registry: Path, data: Path, requests: int) -> subprocess.Popen[str]:
    """A crawl that has made so many requests."""
    process = subprocess.Popen(
        command(registry, data), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 20
    while len(portal.requests) < requests and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(portal.requests) >= requests
    return process


def test_a_continued_run_counts_what_was_unchanged_as_unchanged(tmp_path: Path) -> None:
    registry, data = tmp_path / "portals.toml", tmp_path / "data"
    with Portal(latency=0.01) as portal:
        registry.write_text(portal.registry(), "utf-8")
        assert collect(registry, data).returncode == 0
        portal.forget()
        process = begun(portal, registry, data, 90)
        process.kill()
        process.communicate()
        done = collect(registry, data)
    assert done.returncode == 0, done.stderr
    runs = ledger(data, "SELECT run_id FROM runs ORDER BY started_at")
    assert len(runs) == 2
    outcomes = ledger(
        data,
        "SELECT sum(captured) AS new, sum(unchanged) AS old FROM outcomes WHERE run_id = ?",
        runs[1]["run_id"],
    )
    assert outcomes == [{"new": 0, "old": 113}]


def test_ctrl_c_ends_the_crawl_in_order(tmp_path: Path) -> None:
    """SIGTERM, which the same handler hears, is in test_window.py."""
    registry, data = tmp_path / "portals.toml", tmp_path / "data"
    with Portal(latency=0.02) as portal:
        # With a delay, requests wait in the downloader; they must not hold up the end.
        text = portal.registry().replace("delay = 0 ", "delay = 0.3 ")
        registry.write_text(text, "utf-8")
        process = begun(portal, registry, data, 15)
        process.send_signal(signal.SIGINT)
        sent = time.monotonic()
        out, err = process.communicate(timeout=20)
    assert process.returncode == 3, err
    assert time.monotonic() - sent < 5
    assert "Traceback" not in err
    assert "the crawl was stopped" in out
    assert [run["status"] for run in ledger(data, "SELECT * FROM runs")] == ["stopped"]
    whole(data)


def test_a_full_disk_stops_the_crawl(tmp_path: Path) -> None:
    """Midway; at its beginning it is full in test_locks_and_space.py."""
    registry, data = tmp_path / "portals.toml", tmp_path / "data"
    with Portal() as portal:
        registry.write_text(portal.registry(), "utf-8")
        full = collect(registry, data, file_size=400_000)
        assert full.returncode == 1, full.stderr
        assert full.stderr.splitlines()[-1].startswith("collect: ")
        assert str(data) in full.stderr
        assert "Traceback" not in full.stderr
        assert 0 < len(portal.requests) < 130
        done = collect(registry, data)
    assert done.returncode == 0, done.stderr
    assert len(ledger(data, "SELECT * FROM runs")) == 1
    whole(data)


def test_articles_seen_lately_are_not_asked_for(tmp_path: Path) -> None:
    registry, data = tmp_path / "portals.toml", tmp_path / "data"
    with Portal() as portal:
        text = portal.registry().replace("recheck_days = 0 ", "recheck_days = 30 ")
        registry.write_text(text, "utf-8")
        assert collect(registry, data, "--portal", "shili-finance").returncode == 0
        portal.forget()
        again = collect(registry, data, "--portal", "shili-finance")
        paths = [urlsplit(url).path for url in addresses(portal)]
    assert again.returncode == 0
    assert paths == ["/robots.txt", "/trs/czj/zfxxgknb/"]


def test_a_changed_article_is_stored_anew(tmp_path: Path) -> None:
    registry, data = tmp_path / "portals.toml", tmp_path / "data"
    with Portal() as portal:
        registry.write_text(portal.registry(), "utf-8")
        assert collect(registry, data, "--portal", "shili-audit").returncode == 0
        report = next(r for r in manifest(portal.port)["reports"] if r["portal"] == "shili-audit")
        portal.replace("127.0.0.1", urlsplit(report["url"]).path, b"<p>changed</p>")
        assert collect(registry, data, "--portal", "shili-audit").returncode == 0
    rows = ledger(
        data, "SELECT * FROM captures WHERE url = ? AND revisit_of IS NULL", report["url"]
    )
    assert len(rows) == 2
    last = ledger(data, "SELECT captured, unchanged FROM outcomes ORDER BY at DESC LIMIT 1")
    assert last == [{"captured": 1, "unchanged": 4}]


def test_a_missing_attachment_is_fetched_though_its_page_is_unchanged(tmp_path: Path) -> None:
    registry, data = tmp_path / "portals.toml", tmp_path / "data"
    with Portal() as portal:
        registry.write_text(portal.registry(), "utf-8")
        page = next(r for r in manifest(portal.port)["reports"] if r["how"] == "attachment")
        host, path = urlsplit(page["url"]).hostname or "", urlsplit(page["url"]).path
        name = attached(portal.page(host, path).body, page["url"]).files[0][0]
        file = portal.page(host, urlsplit(name).path)
        portal.remove(host, urlsplit(name).path)
        only = ("--portal", page["portal"])
        assert collect(registry, data, *only).returncode == 0
        portal.replace(host, urlsplit(name).path, file.body, content_type=file.content_type)
        assert collect(registry, data, *only).returncode == 0
    rows = ledger(data, "SELECT status FROM captures WHERE url = ? ORDER BY fetched_at", name)
    assert [row["status"] for row in rows] == [404, 200]


def test_exit_statuses(tmp_path: Path) -> None:
    registry, data = tmp_path / "portals.toml", tmp_path / "data"
    with Portal() as portal:
        text = portal.registry()
        registry.write_text(text.replace("expect_reports = 5", "expect_reports = 6"), "utf-8")
        fewer = collect(registry, data, "--portal", "shili-finance")
    assert fewer.returncode == 4
    assert "shili-finance: fewer (5 candidates of 6 expected)" in fewer.stdout
    gone = re.sub(r"127\.0\.0\.(\d)", r"host\1.nianbao.invalid", text)
    registry.write_text(gone, "utf-8")
    began = time.monotonic()
    lost = collect(registry, data)
    assert lost.returncode == 3, lost.stderr
    assert time.monotonic() - began < 15
    rows = ledger(data, "SELECT * FROM outcomes ORDER BY at DESC LIMIT 12")
    assert {row["outcome"] for row in rows} == {"dns"}
    assert "shiliqu: dns (the name of the host has no address)" in lost.stdout
    assert "Traceback" not in lost.stderr


def test_what_cannot_begin_says_so_in_one_line(tmp_path: Path) -> None:
    registry, data = tmp_path / "portals.toml", tmp_path / "data"
    with Portal() as portal:
        text = portal.registry()
    registry.write_text(text.replace("expect_reports", "expect_raports", 1), "utf-8")
    wrong = collect(registry, data)
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert wrong.stderr.count("\n") == 1
    for name in ("portals.toml", "shili-government", "expect_raports"):
        assert name in wrong.stderr
    registry.write_text(text, "utf-8")
    unknown = collect(registry, data, "--portal", "nobody")
    assert (unknown.returncode, unknown.stderr.count("\n")) == (1, 1)
    root = DataRoot(data)
    root.claim(Registry("demo", True))
    with root.lock("crawl"):
        busy = collect(registry, data)
    assert busy.returncode == 1
    assert f"process {os.getpid()}" in busy.stderr
    real = (ROOT / "crawler" / "portals.toml").read_text("utf-8")
    registry.write_text(real.replace("nianbao.example", "www.example.gov.cn"), "utf-8")
    other = collect(registry, data)
    assert (other.returncode, other.stderr.count("\n")) == (1, 1)
    assert "never mix" in other.stderr
    assert collect(registry, data, "--bogus").returncode == 2


def test_nobody_is_asked_without_a_contact(tmp_path: Path) -> None:
    registry, data = tmp_path / "portals.toml", tmp_path / "data"
    server = Rude()
    text = GOOD.replace("fiction = true", "fiction = false").replace("a.gov.cn", "127.0.5.1")
    text = text.replace("http://127.0.5.1", f"http://127.0.5.1:{server.port}")
    for contact in ("https://nianbao.example/about", " "):
        registry.write_text(text.replace("https://nianbao.invalid/", contact), "utf-8")
        done = collect(registry, data)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
        for word in (str(registry), "contact", contact, "set it to"):
            assert word in done.stderr
    server.close()
    assert server.asked == []
    assert not data.exists()


@pytest.mark.parametrize(
    ("contact", "fiction", "expected"),
    [
        ("https://nianbao.example/about", False, True),
        ("https://nianbao.example", False, True),
        ("me@nianbao.example", False, True),
        ("", False, True),
        ("https://www.example.gov.cn/", False, False),
        ("me@nianbao.invalid", False, True),
        ("https://nianbao.example/about", True, False),
    ],
)
def test_who_is_anonymous(contact: str, fiction: bool, expected: bool, tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    text = GOOD.replace("https://nianbao.invalid/", contact)
    path.write_text(text.replace("= true", f"= {str(fiction).lower()}"), "utf-8")
    assert load(path).anonymous is expected


def test_the_spider_runs_alone(tmp_path: Path) -> None:
    registry, data = tmp_path / "portals.toml", tmp_path / "data"
    with Portal() as portal:
        registry.write_text(portal.registry(), "utf-8")
        arguments = ["portal=shili-finance", f"registry={registry}", f"data={data}"]
        options = [word for argument in arguments for word in ("-a", argument)]
        done = scrapy("crawl", "annual_reports", *options)
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    assert [r["outcome"] for r in ledger(data, "SELECT outcome FROM outcomes")] == ["complete"]
    whole(data)


# -- a rude server ------------------------------------------------------------------------

Answer = tuple[int, dict[str, str], bytes]
HANGS_UP, LATE = -1, "X-Late"  # no answer at all; an answer after 2.5 seconds


class Rude:
    """One server on many loopback addresses; each is another portal's trouble."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.headers: dict[str, dict[str, str]] = {}
        rude = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self.reply(self.path)

            def do_POST(self) -> None:
                """A form is known by its first field: /queryList?current=2."""
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.reply(f"{self.path}?{form.split('&')[0]}")

            def reply(self, path: str) -> None:
                host = (self.headers["Host"] or "").split(":")[0]
                rude.asked.append((host, path))
                rude.headers[path] = dict(self.headers)
                status, headers, body = rude.answer(host, path)
                if status == HANGS_UP:
                    self.close_connection = True
                    return
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                with contextlib.suppress(ConnectionError):  # a client that waited in vain
                    self.end_headers()
                    self.wfile.write(body)
                self.close_connection = "Short" in headers

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        self.pages: dict[tuple[str, str], Answer] = {}
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def answer(self, host: str, path: str) -> Answer:
        answer = self.pages.get((host, path), (404, {}, b"not here"))
        if LATE in answer[1]:
            time.sleep(2.5)
        return answer

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def paths(self, host: str) -> list[str]:
        return [path for asked, path in self.asked if asked == host]


def trs(*names: str, total: int = 1, more: str = "") -> bytes:
    rows = "".join(
        f'<li><a href="./202101/t20210129_{name}.html">某局2020年政府信息公开年度报告</a></li>'
        for name in names
    )
    return (
        f'<ul>{rows}</ul>{more}<script>createPageHTML({total},0,"index","html");</script>'.encode()
    )


REPORT = "<p>报告</p>".encode()


def rude_pages(rude: Rude) -> dict[str, tuple[str, str]]:
    """Fill the server; portal → (host, expected outcome)."""
    hosts: dict[str, tuple[str, str]] = {}

    def portal(key: str, outcome: str, column: Answer, **pages: Answer) -> str:
        host = f"127.0.3.{len(hosts) + 1}"
        hosts[key] = (host, outcome)
        rude.pages[host, "/c/"] = column
        for name, answer in pages.items():
            path = (
                f"/c/202101/t20210129_{name[1:]}.html" if name[1:].isdigit() else f"/c/{name}.html"
            )
            rude.pages[host, path] = answer
        return host

    ok: Answer = (200, {"Content-Type": "text/html"}, REPORT)
    away = {"Location": f"http://127.0.9.9:{rude.port}/elsewhere/"}
    portal("column-leaves", "off_host", (302, away, b""))
    portal("article-leaves", "incomplete", (200, {}, trs("1", "2")), a1=ok, a2=(301, away, b""))
    refresh = f'<meta http-equiv="refresh" content="0;url={away["Location"]}">'.encode()
    portal("page-refreshes", "off_host", (200, {"Content-Type": "text/html"}, refresh))
    portal("page-two-503", "incomplete", (200, {}, trs("1", total=3)),
           index_1=(503, {}, b"busy"), index_2=(200, {}, trs("2")), a1=ok, a2=ok)  # fmt: skip
    portal("page-two-404", "incomplete", (200, {}, trs("1", total=2)), a1=ok)
    portal("page-two-only-repeats", "incomplete", (200, {}, trs("1", "2", total=2)),
           index_1=(200, {}, trs("1", "2", total=2)), a1=ok, a2=ok)  # fmt: skip
    challenge: Answer = (412, {}, b"<script>$_ts=window['$_ts'];</script>")
    walled = dict.fromkeys((f"a{n}" for n in range(1, 8)), ok)
    portal("wall-midway", "wall", (200, {}, trs(*"1234567")), **{**walled, "a4": challenge})
    portal("no-rows", "empty", (200, {}, b"<p>2020</p>"))
    shell = b"<html><head><script>location.replace('./x'+n);</script></head><body></body></html>"
    portal("script-only", "js_shell", (200, {"Content-Type": "text/html"}, shell))
    short = (200, {"Content-Length": "999", "Short": "1"}, b"<p>")
    portal("body-torn", "incomplete", (200, {}, trs("1", "2")), a1=ok, a2=short)
    host = portal("robots-503", "robots_unreachable", (200, {}, trs("1")), a1=ok)
    rude.pages[host, "/robots.txt"] = (503, {}, b"down")
    files = f'<a href="http://127.0.9.9:{rude.port}/a.pdf">a</a> <a href="b.pdf">b</a>'
    host = portal("file-leaves", "complete", (200, {}, trs("1")), a1=(200, {}, files.encode()))
    rude.pages[host, "/c/202101/b.pdf"] = (200, {"Content-Type": "application/pdf"}, b"%PDF-1.4")
    portal("row-leaves", "incomplete", (200, {}, f'<li><a href="{away["Location"]}t1.html">'
           "某局2020年政府信息公开年度报告</a></li>".encode()))  # fmt: skip
    portal("pinned-row", "complete", (200, {}, trs("9", "1", total=3)),
           index_1=(200, {}, trs("9", "2")), index_2=(200, {}, trs("9", "3")),
           a9=ok, a1=ok, a2=ok, a3=ok)  # fmt: skip
    portal("column-202", "incomplete", (202, {}, trs("1")), a1=ok)
    portal("articles-202", "incomplete", (200, {}, trs("1", "2", "3")), a1=ok,
           a2=(202, {"Content-Type": "text/html"}, REPORT), a3=(204, {}, b""))  # fmt: skip
    portal("claims-billions", "incomplete", (200, {}, trs("1", total=10**9)), a1=ok)
    for name, outcome, robots in (
        ("robots-429", "robots_unreachable", (429, {}, b"later")),
        ("robots-leave", "robots_unreachable", (302, away, b"")),
        ("robots-late", "robots_unreachable", (200, {LATE: "1"}, b"")),
        ("robots-hang-up", "robots_unreachable", (HANGS_UP, {}, b"")),
        ("robots-404", "complete", (404, {}, b"User-agent: *\nDisallow: /\n")),
    ):
        rude.pages[portal(name, outcome, (200, {}, trs("1")), a1=ok), "/robots.txt"] = robots
    codes = b"<script>var p={webSiteCode:['s'],channelCode:['c']}</script>"
    host = portal("short-list", "incomplete", (200, {}, codes))
    for page in (1, 2, 3):
        rows = [
            {"source": {"title": "年报", "urls": {"pc": f"/c/202101/t20210129_{number}.html"}}}
            for number in range(page * 15, page * 15 + 15)
            if page < 3
        ]
        for row in rows:
            rude.pages[host, row["source"]["urls"]["pc"]] = ok  # type: ignore[index]  # a str, a dict
        answer = json.dumps({"data": {"total": 45, "results": rows}}).encode()
        rude.pages[host, f"/queryList?current={page}"] = (200, {}, answer)
    rude.pages["127.0.3.90", "/slow/"] = (404, {LATE: "1"}, b"")
    hosts["too-slow"] = ("127.0.3.90", "timeout")
    hosts["nobody-there"] = ("127.0.3.91", "unreachable")
    return hosts


@pytest.fixture(scope="module")
def rude(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rude, Path, dict[str, Any]]]:
    server, folder = Rude(), tmp_path_factory.mktemp("rude")
    hosts = rude_pages(server)
    text = 'name = "rude"\nfiction = true\ncontact = "https://nianbao.invalid/"\ndelay = 0\n'
    for key, (host, _) in hosts.items():
        port = 9 if key == "nobody-there" else server.port
        path = "/slow/" if key == "too-slow" else "/c/"
        text += (
            f'[portals.{key}]\nagency = ""\nregion = "990100"\nregion_name = "某市"\n'
            f'column = "http://{host}:{port}{path}"\nhosts = ["{host}"]\n'
            f'family = "{"jiangxi" if key == "short-list" else "trs"}"\n'
            f"expect_reports = {2 if key == 'article-leaves' else 0}\n"
        )
    registry = folder / "rude.toml"
    registry.write_text(text, "utf-8")
    done = collect(registry, folder / "data", "-s", "DOWNLOAD_TIMEOUT=1")
    yield server, folder / "data", {"hosts": hosts, "done": done}
    server.close()


def test_every_trouble_has_its_outcome(rude: tuple[Rude, Path, dict[str, Any]]) -> None:
    _, data, found = rude
    assert found["done"].returncode == 3, found["done"].stderr
    outcomes = {r["portal"]: r["outcome"] for r in ledger(data, "SELECT * FROM outcomes")}
    assert outcomes == {key: outcome for key, (_, outcome) in found["hosts"].items()}
    issues = {(r["portal"], r["kind"]) for r in ledger(data, "SELECT * FROM issues")}
    assert {
        ("column-leaves", "off_host"), ("article-leaves", "off_host"),
        ("page-refreshes", "off_host"), ("page-two-503", "http_503"),
        ("page-two-404", "http_404"), ("wall-midway", "wall:rs"), ("script-only", "js_shell"),
        ("body-torn", "data_loss"), ("robots-503", "robots_unreachable"),
        ("file-leaves", "file_elsewhere"),
        ("row-leaves", "off_host"), ("too-slow", "timeout"), ("nobody-there", "refused"),
        ("column-202", "http_202"), ("articles-202", "http_202"), ("articles-202", "http_204"),
        ("claims-billions", "too_many_pages"), ("robots-429", "robots_unreachable"),
        ("robots-leave", "robots_unreachable"), ("robots-late", "timeout"),
        ("robots-hang-up", "connection_lost"),
        ("page-two-only-repeats", "list_unreadable"),
    } <= issues  # fmt: skip
    for line in (
        "page-two-503: incomplete (1 address failed: http_503 × 1)",
        "articles-202: incomplete (2 addresses failed: http_202 × 1, http_204 × 1)",
        "article-leaves: incomplete (1 candidate on other hosts: 127.0.9.9)",
        "row-leaves: incomplete (1 candidate on other hosts: 127.0.9.9)",
        "short-list: incomplete (the list gave 30 of 45 rows)",
        "robots-429: robots_unreachable (robots.txt answered 429)",
    ):
        assert line in found["done"].stdout
    assert "Traceback" not in found["done"].stderr
    whole(data)


def test_no_foreign_host_is_asked_for_pages(rude: tuple[Rude, Path, dict[str, Any]]) -> None:
    assert set(rude[0].paths("127.0.9.9")) == {"/robots.txt", "/a.pdf"}, "an attachment alone"


def test_after_a_wall_its_host_is_left_alone(rude: tuple[Rude, Path, dict[str, Any]]) -> None:
    server, data, found = rude
    paths = server.paths(found["hosts"]["wall-midway"][0])
    assert paths[-1].endswith("_4.html")
    assert 3 <= len(paths) < 9
    paths = server.paths(found["hosts"]["robots-503"][0])
    # Three tries; on a busy machine one may end before it reaches the server.
    assert 2 <= len(paths) <= 3
    assert set(paths) == {"/robots.txt"}
    row = ledger(data, "SELECT * FROM captures WHERE status = 412")
    assert len(row) == 1, "the wall itself is evidence"


def test_without_a_robots_txt_nothing_is_asked(rude: tuple[Rude, Path, dict[str, Any]]) -> None:
    server, _, found = rude
    for key in ("robots-429", "robots-leave", "robots-late", "robots-hang-up"):
        assert set(server.paths(found["hosts"][key][0])) == {"/robots.txt"}, key
    assert len(server.paths(found["hosts"]["robots-404"][0])) == 3, "an error page forbids nothing"


def test_a_pinned_row_hides_no_page(rude: tuple[Rude, Path, dict[str, Any]]) -> None:
    paths = Counter(rude[0].paths(rude[2]["hosts"]["pinned-row"][0]))
    assert {path[-6] for path in paths if "/t2021" in path} == set("9123")
    assert set(paths.values()) == {1}


def test_no_more_pages_than_sixty(rude: tuple[Rude, Path, dict[str, Any]]) -> None:
    paths = rude[0].paths(rude[2]["hosts"]["claims-billions"][0])
    assert sum("index_" in path for path in paths) == 59


def shared(server: Rude, column: str, late: Answer, tmp_path: Path) -> dict[str, dict[str, Any]]:
    """Two portals that list the same articles; the second's column is `late`'s."""
    first = f"http://127.0.4.2:{server.port}/c/"
    text = GOOD.replace("http://a.gov.cn/nb/", first)
    text = text.replace('["a.gov.cn"]', '["127.0.4.2", "127.0.4.3"]')
    second = "[portals.one]" + text.split("[portals.one]")[1]
    second = second.replace("one]", "two]").replace(first, column)
    text = text.replace("[portals.one]", "delay = 0\nrecheck_days = 0\n[portals.one]")
    (tmp_path / "r.toml").write_text(text + second, "utf-8")
    page = b"<a href='a.pdf'>a</a> <a href='b.pdf'>b</a>"
    files: dict[str, Answer] = {
        "/c/": (200, {}, trs("1", "2", "3")),
        "/c/202101/t20210129_1.html": (200, {}, page),
        "/c/202101/t20210129_2.html": (500, {}, b""),
        "/c/202101/t20210129_3.html": (301, {"Location": "/moved.html"}, b""),
        "/moved.html": (200, {}, REPORT),
        "/c/202101/a.pdf": (200, {}, b"%PDF-1.4"),
        "/c/202101/b.pdf": (503, {}, b""),
    }
    server.pages = {("127.0.4.2", path): answer for path, answer in files.items()}
    address = urlsplit(column)
    server.pages[address.hostname or "", address.path] = late
    done = collect(tmp_path / "r.toml", tmp_path / "data", "-s", "RETRY_TIMES=0")
    assert "Traceback" not in done.stderr
    return {row["portal"]: row for row in ledger(tmp_path / "data", "SELECT * FROM outcomes")}


@pytest.mark.parametrize("late", [False, True])
def test_portals_that_list_the_same_share_its_fate(tmp_path: Path, late: bool) -> None:
    """Whether the second meets the request under way or its end."""
    server = Rude()
    rows = trs("1", "2", "3").replace(b"./", f"http://127.0.4.2:{server.port}/c/".encode())
    column = f"http://127.0.4.{3 if late else 2}:{server.port}/d/"
    outcomes = shared(server, column, (200, {LATE: "1"} if late else {}, rows), tmp_path)
    server.close()
    for key in ("one", "two"):
        assert outcomes[key]["outcome"] == "incomplete"
        assert outcomes[key]["detail"] == "2 addresses failed: http_500 × 1, http_503 × 1"
        assert outcomes[key]["candidates"] == 3
    assert set(Counter(server.asked).values()) == {1}, "each address is asked for once"
    assert len(server.paths("127.0.4.2")) == (8 if late else 9)


def test_what_fails_is_tried_three_times(rude: tuple[Rude, Path, dict[str, Any]]) -> None:
    server, _, found = rude
    paths = Counter(server.paths(found["hosts"]["page-two-503"][0]))
    assert paths["/c/index_1.html"] == 3
    assert paths["/c/202101/t20210129_2.html"] == 1, "page three is read though page two is lost"
    assert Counter(server.paths(found["hosts"]["page-two-404"][0]))["/c/index_1.html"] == 1


def test_a_redirect_takes_no_validators_along(tmp_path: Path) -> None:
    server, registry = Rude(), tmp_path / "r.toml"
    column = f"http://127.0.4.1:{server.port}/c/"
    text = GOOD.replace("http://a.gov.cn/nb/", column).replace("a.gov.cn", "127.0.4.1")
    more = "delay = 0\nrecheck_days = 0\n[portals.one]"
    registry.write_text(text.replace("[portals.one]", more), "utf-8")
    article = "/c/202101/t20210129_1.html"
    dated = {"Last-Modified": "Fri, 29 Jan 2021 00:00:00 GMT", "ETag": '"1"'}
    server.pages["127.0.4.1", "/c/"] = (200, {}, trs("1"))
    server.pages["127.0.4.1", article] = (200, dated, REPORT)
    assert collect(registry, tmp_path / "data").returncode == 0
    server.pages["127.0.4.1", article] = (302, {"Location": "/moved.html"}, b"")
    server.pages["127.0.4.1", "/moved.html"] = (200, dated, REPORT)
    assert collect(registry, tmp_path / "data").returncode == 0
    server.close()
    assert server.headers[article]["If-None-Match"] == '"1"'
    assert not {"If-None-Match", "If-Modified-Since"} & server.headers["/moved.html"].keys()
    rows = ledger(tmp_path / "data", "SELECT role, list_title, status FROM captures ORDER BY rowid")
    assert [row["status"] for row in rows if row["role"] == "article"] == [200, 302, 200]
    assert rows[-1]["list_title"] == "某局2020年政府信息公开年度报告"


# -- pure parts -------------------------------------------------------------------------


def entry(family: str = "trs", column: str = "http://a.gov.cn/x/nb/", **more: Any) -> Entry:
    host = urlsplit(column).hostname or ""
    return Entry("any", "", "", "", column, family, (host,), **more)


def rows_of(family: str, text: str, portal: Entry | None = None) -> list[tuple[str, str, str]]:
    portal = portal or entry(family)
    page = FAMILIES[family].parse_list(text, ListRequest(portal.column), portal)
    return [(row.url, row.title, row.date) for row in page.rows]


def test_trs_rows() -> None:
    text = """<base href="http://a.gov.cn/x/nb/"><div><a href="/nav/">栏目</a></div>
    <!-- <li><a href="./201901/t20190101_1.html">旧</a></li> -->
    <ul><li><a href="./202101/t20210129_1.html" title="某局2020年年度报告（全）">某局2020年...</a>
    <span>2021-01-29</span></li>
    <li><a href="./202101/t20210129_1_wap.html">某局2020年年度报告</a></li>
    <li><a href="./P020210129.pdf">某局2019年</a><span>2020年1月9日</span></li>
    <li><a href="javascript:void(0)">x</a><a href="http://[bad/t20210129_1.html">y</a></li></ul>
    <table><tr><td><table><tr><td><a href="../nb/t77.shtml">T</a></td><td>2018/03/02</td></tr>
    </table></td><td>2026-01-01</td></tr></table>"""
    assert rows_of("trs", text) == [
        ("http://a.gov.cn/x/nb/202101/t20210129_1.html", "某局2020年年度报告（全）", "2021-01-29"),
        ("http://a.gov.cn/x/nb/P020210129.pdf", "某局2019年", "2020年1月9日"),
        ("http://a.gov.cn/x/nb/t77.shtml", "T", "2018/03/02"),
    ]
    assert rows_of("trs", "") == []


@pytest.mark.parametrize(
    ("script", "params", "expected"),
    [
        ('createPageHTML(3, 0, "index", "html");', {}, ["index_1.html", "index_2.html"]),
        ('createPage(2,0,"index","html")', {}, ["index_1.html"]),
        ("createPageHTML('page_div', 3, 1, 'index', 'shtml', 40)", {},
         ["index_2.shtml", "index_3.shtml"]),
        ("var countPage = 2; createPageHTML(countPage, 0, 'index', 'html')", {}, ["index_1.html"]),
        ('createPageHTML(2,0,"index","html")', {"page_start": 1}, ["index_2.html"]),
        ("var countPage = 3", {"page_name": "{page}.html", "page_start": 1}, ["2.html", "3.html"]),
        ('createPageHTML(1,0,"index","html")', {}, []),
        ("", {}, []),
    ],
)  # fmt: skip
def test_trs_pages(script: str, params: dict[str, Any], expected: list[str]) -> None:
    portal = entry(params=params)
    old = "<!-- <script>createPageHTML(9,0,'old','html')</script> -->"
    text = f"<ul></ul>{old}<script>{script}</script>"
    page = FAMILIES["trs"].parse_list(text, ListRequest(portal.column), portal)
    assert [asked.url for asked in page.next] == [portal.column + name for name in expected]
    assert [asked.number for asked in page.next] == list(range(2, 2 + len(expected)))
    later = FAMILIES["trs"].parse_list(text, ListRequest(portal.column, number=2), portal)
    assert later.next == ()


def test_jiangxi_turns_pages_until_the_total() -> None:
    portal = entry("jiangxi", "http://a.gov.cn/site/2023nb/pc/list.html")
    family = FAMILIES["jiangxi"]
    text = (
        "<base href='/site/'><script>var p={webSiteCode: ['site'],channelCode:['2023nb']}</script>"
    )
    first = family.parse_list(text, ListRequest(portal.column), portal)
    (asked,) = first.next
    assert (asked.url, asked.method) == ("http://a.gov.cn/queryList", "POST")
    assert asked.body.startswith(
        b"current=1&pageSize=15&webSiteCode%5B%5D=site&channelCode%5B%5D=2023nb"
    )
    assert dict(asked.headers)["Referer"] == portal.column
    source = {"title": "年报", "pubDate": "2024-01-02 08:30:00", "urls": '{"pc": "/site/c_1.html"}'}
    answer = json.dumps({"data": {"total": 16, "results": [{"source": source}]}})
    page = family.parse_list(answer, asked, portal)
    assert [(r.url, r.title, r.date) for r in page.rows] == [
        ("http://a.gov.cn/site/c_1.html", "年报", "2024-01-02")
    ]
    (following,) = page.next
    assert following.body.startswith(b"current=2&")
    assert family.parse_list(answer, following, portal).next == ()
    with pytest.raises(ListError, match="webSiteCode"):
        family.parse_list("<p>", ListRequest(portal.column), portal)


@pytest.mark.parametrize(
    ("answer", "missing"),
    [
        ("<html>", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "data"),
        ("{}", "data"),
        ('{"data": null}', "data"),
        ('{"data": [1]}', "data"),
        ('{"data": {"total": 1, "results": 7}}', "results"),
        ('{"data": {"total": 1, "results": [7]}}', "source"),
        ('{"data": {"total": 1, "results": [{"source": []}]}}', "source"),
        ('{"data": {"total": 1, "results": [{"source": {"urls": [1]}}]}}', "urls"),
        ('{"data": {"total": 1, "results": [{"source": {"urls": "[1]"}}]}}', "urls"),
        ('{"data": {"total": 1, "results": [{"source": {"urls": "x"}}]}}', "urls is no JSON"),
        ('{"data": {"total": 1, "results": [{"source": {"urls": {"pc": []}}}]}}', "pc"),
        ('{"data": {"total": 1, "results": [{"source": {"urls": {"pc": "/1"}, "title": {}}}]}}',
         "title"),
        ('{"data": {"results": []}}', "total"),
        ('{"data": {"total": Infinity, "results": []}}', "total"),
        ('{"data": {"total": -1, "results": []}}', "total"),
        ('{"data": {"total": true, "results": []}}', "total"),
    ],
)  # fmt: skip
def test_jiangxi_names_what_an_answer_lacks(answer: str, missing: str) -> None:
    asked = ListRequest("http://a.gov.cn/queryList", (("current", "1"),))
    with pytest.raises(ListError, match=missing):
        FAMILIES["jiangxi"].parse_list(answer, asked, entry("jiangxi"))


def test_jiangxi_rows_without_an_address_are_left_out() -> None:
    asked = ListRequest("http://a.gov.cn/queryList", (("current", "1"),))
    sources: list[dict[str, Any]] = [
        {"urls": None}, {"urls": "{}"}, {"urls": {"pc": "javascript:void(0)"}},
        {"urls": {"pc": "1.html"}, "title": None, "pubDate": 2021},
    ]  # fmt: skip
    answer = {"data": {"total": "4", "results": [{"source": source} for source in sources]}}
    page = FAMILIES["jiangxi"].parse_list(json.dumps(answer), asked, entry("jiangxi"))
    assert [(row.url, row.title, row.date) for row in page.rows] == [
        ("http://a.gov.cn/x/nb/1.html", "", "2021")
    ]
    assert page.total == 4
    nothing = '{"data": {"total": 0, "results": null}}'
    assert FAMILIES["jiangxi"].parse_list(nothing, asked, entry("jiangxi")).rows == ()


@pytest.mark.parametrize("claim", ["1000000000", "9" * 5000])
def test_a_claimed_total_is_capped(claim: str) -> None:
    for script in (f'createPageHTML({claim},{claim},"index","html")', f"countPage = {claim}"):
        text = f"<ul></ul><script>{script}</script>"
        page = FAMILIES["trs"].parse_list(text, ListRequest("http://a.gov.cn/x/nb/"), entry())
        assert [asked.number for asked in page.next] == list(range(2, MOST_LIST_PAGES + 2))
        assert page.total is None, "pages are no rows"


def test_a_broken_base_is_no_base() -> None:
    text = '<base href="http://[x"><ul><li><a href="t1.html">甲</a></li></ul>'
    assert rows_of("trs", text) == [("http://a.gov.cn/x/nb/t1.html", "甲", "")]


def test_national_rows() -> None:
    text = """<div class="scroll_main"><div class="zfxxgk_zdgkc"><ul>
    <li><a href="/2021/01-29/1.html" title="全称">全...</a><b>2021-01-29</b></li>
    <li><a href="/2020/01-29/2.html">乙</a><span>2020-01-29</span></li></ul></div></div>
    <ul><li><a href="/other/">别的</a></li></ul>"""
    assert rows_of("national", text) == [
        ("http://a.gov.cn/2021/01-29/1.html", "全称", "2021-01-29"),
        ("http://a.gov.cn/2020/01-29/2.html", "乙", "2020-01-29"),
    ]
    for classes in ("x zfxxgk_zdgkc", "scroll_main"):
        other = f'<div class="{classes}"><ul><li><a href="/1.html">甲</a></li></ul></div>'
        assert rows_of("national", other) == [("http://a.gov.cn/1.html", "甲", "")]
    assert rows_of("national", text.replace("zfxxgk_zdgkc", "x").replace("scroll_", "s_")) == []


def test_generic_rows_need_a_title_that_says_so() -> None:
    text = """<a href="/about">关于我们</a><a href="http://b.com/1.html">2020年信息公开年度报告</a>
    <tr><td><a href="1.html#top">某局2020年政府信息公开工作年度报告</a></td><td>2021-01-29</td></tr>
    <a href="?page=2">下一页</a>"""
    portal = entry("generic")
    page = FAMILIES["generic"].parse_list(text, ListRequest(portal.column), portal)
    assert [row.url for row in page.rows] == ["http://b.com/1.html", "http://a.gov.cn/x/nb/1.html"]
    assert [(n.url, n.number) for n in page.next] == [("http://a.gov.cn/x/nb/?page=2", 2)]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("示例市财政局2020年政府信息公开工作年度报告", "report"),
        ("2020年度政府信息公开总结", "report"),
        ("信息公开年报", "report"),
        ("信息公开年度工作报告", "report"),
        ("示例区民政局2022年政府信息公开工作年度报...", "report"),
        ("示例区民政局2022年政府...", "candidate"),
        ("高岭镇_2017年_", "candidate"),
        ("2019年", "candidate"),
        ("示例县财政局2021年政府信息公开工作情况报告", "report"),
        ("审计局2020年度政府信息公开年度报告", "report"),
        ("示例市人民政府网站2019年政府信息公开工作年度报告", "report"),
        ("示例区人民政府网站工作年度报表（2020年度）", "other"),
        ("2020年政府网站年报", "other"),
        ("《示例区2022年政府信息公开工作年度报告》解读", "other"),
        ("关于做好2023年政府信息公开工作年度报告编制发布工作的通知", "other"),
        ("2020年政府信息公开统计表", "other"),
        ("示例区政府信息公开指南（2023年版）", "other"),
        ("图解：示例区2023年政府信息公开工作年度报告", "other"),
        ("2020年法治政府建设年度报告", "other"),
        ("2022年政务公开工作要点", "other"),
        ("示例市培训中心2022年政府信息公开工作年度报告", "report"),
    ],
)
def test_titles(title: str, expected: str) -> None:
    assert judge(title) == expected


SHELL = b"<html><head><title>x</title><script>location.replace('/a');</script></head></html>"


@pytest.mark.parametrize(
    ("status", "headers", "body", "expected"),
    [
        (521, {}, b"<script>document.cookie='__jsl_clearance=1'</script>", "wall:jsl"),
        (521, {"set-cookie": "__jsluid_h=1"}, b"", "wall:jsl"),
        (521, {}, b"Web server is down", None),
        (412, {}, b"<script>$_ts={}</script>", "wall:rs"),
        (412, {}, b"Precondition Failed", None),
        (200, {}, b"<script>var arg1='';document.cookie='acw_sc__v2='+x</script>", "wall:acw"),
        (403, {}, b"", "wall:waf"),
        (405, {}, b"", "wall:waf"),
        (418, {}, b"", "wall:waf"),
        (493, {}, b"", "wall:waf"),
        (200, {"content-type": "text/html"}, SHELL, "js_shell"),
        (200, {"content-type": "application/pdf"}, SHELL, None),
        (200, {}, SHELL.replace(b"</html>", "<p>报告</p>".encode()), None),
        (200, {}, SHELL + b"<!-- " + b"x" * 3000 + b"-->", None),
        (200, {}, b"", None),
        (404, {}, b"<p>404</p>", None),
        (503, {}, b"", None),
    ],
)
def test_walls(status: int, headers: dict[str, str], body: bytes, expected: str | None) -> None:
    assert wall(status, headers, body) == expected


def test_attachments_of_a_page() -> None:
    page = """<div class="footer"><a href="/说明.pdf">说明</a></div>
    <nav><a href="/x.doc">x</a></nav>
    <div id="zoom"><a href="./P02.pdf">甲</a> <a href="/down.jsp?id=1&amp;showname=年报.docx">乙</a>
    <a href="/download.jsp?fileid=9">附件：年报.doc</a> <a href="mailto:a@b.pdf">m</a>
    <a href="page.html">丙</a><iframe src="/pdf/v.PDF"></iframe></div>
    <script>var att='<a href="./P03.xls">丁</a>'</script>"""
    found = attached(page.encode(), "http://a.gov.cn/x/t1.html").files
    assert [urlsplit(url).path for url, _ in found] == [
        "/x/P02.pdf", "/down.jsp", "/download.jsp", "/pdf/v.PDF", "/x/P03.xls",
    ]  # fmt: skip
    assert attached(b"<a href='b.html'>.pdfx</a>", "http://a.gov.cn/").files == ()
    assert attached(b"%PDF-1.4 <a href='b.pdf'>", "http://a.gov.cn/").files == ()


def test_the_gate() -> None:
    gate = Gate([entry()])
    gate.check("http://a.gov.cn/1", "any")
    with pytest.raises(Refused, match="off_host"):
        gate.check("http://b.gov.cn/1", "any")
    with pytest.raises(Refused, match="off_host"):
        gate.check("http://b.gov.cn/robots.txt", "any", "robots")
    for _ in range(MOST_FAILURES - 1):
        gate.failed("a.gov.cn", "timeout")
    gate.answered("a.gov.cn")
    gate.failed("a.gov.cn", "timeout")
    gate.check("http://a.gov.cn/1", "any")
    for _ in range(MOST_FAILURES):
        gate.failed("a.gov.cn", "timeout")
    with pytest.raises(Refused, match="timeout: 5 requests in a row"):
        gate.check("http://a.gov.cn/1", "any")


def test_a_dead_link_is_the_sites_loss_and_a_lost_list_the_crawls() -> None:
    course = Course(column="ok", candidates=3)
    course.lose("http_404", "", "article")
    assert decide(course, 3) == ("complete", "")
    assert decide(course, 4) == ("fewer", "3 candidates of 4 expected")
    course.lose("http_404", "", "list")
    course.lose("http_429", "", "article")
    assert decide(course, 3)[0] == "incomplete"
    course.lose("robots_denied", "", "article")
    assert decide(course, 3)[0] == "robots_denied"
    course.lose("wall:waf", "", "article")
    assert decide(course, 3) == ("wall", "wall:waf")
    assert decide(Course(), 0)[0] == "incomplete"


def test_what_keeps_a_portal_from_being_complete_is_said_together() -> None:
    course = Course(column="ok", candidates=4, listed={"1", "2"}, total=2)
    assert decide(course, 4) == ("complete", "")
    for host in ("b.cn", "a.cn", "b.cn"):
        course.lose("off_host", "", "article", host=host)
    assert (course.candidates, decide(course, 4)) == (
        1, ("incomplete", "3 candidates on other hosts: a.cn, b.cn"),
    )  # fmt: skip
    course.lose("off_host", "", "attachment", host="c.cn")
    course.lose("http_202", "", "article")
    course.total = 3
    assert decide(course, 1)[1] == (
        "1 address failed: http_202 × 1; 3 candidates on other hosts: a.cn, b.cn; "
        "the list gave 2 of 3 rows"
    )


GOOD = """name = "any"
fiction = true
contact = "https://nianbao.invalid/"
[portals.one]
agency = "某局"
region = ""
region_name = "某市"
column = "http://a.gov.cn/nb/"
family = "trs"
hosts = ["a.gov.cn"]
"""


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("fiction = true\n", ""), "'fiction' is missing"),
        (('region = ""\n', ""), r"\[portals.one\]: 'region' is missing"),
        (("agency", "agenzy"), r"\[portals.one\]: unknown key 'agenzy'"),
        (("contact", "kontakt"), "unknown key 'kontakt'"),
        (('"trs"', '"tsr"'), "family: 'tsr' is none of trs"),
        (('["a.gov.cn"]', '["b.gov.cn"]'), "column: must be"),
        (('["a.gov.cn"]', "[]"), "hosts: must name"),
        (('hosts = ["a.gov.cn"]', 'hosts = "a.gov.cn"'), "hosts: must be a list"),
        (("true", "1"), "fiction: must be true or false"),
        (("[portals.one]", "[portals.One]"), "a key may hold"),
        (('agency = "某局"', 'agency = "某局"\nexpect_reports = true'), "must be a whole number"),
        (('agency = "某局"', 'agency = "某局"\nsuccessor = "two"'), "there is no 'two'"),
        (('agency = "某局"', 'agency = "某局"\nstatus = "closed"'), "active = false"),
        (("name =", "name"), "line 1"),
    ],
)
def test_registry_errors_name_file_table_and_key(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    path = tmp_path / "r.toml"
    path.write_text(GOOD, "utf-8")
    assert load(path).portals[0].entry()["hosts"] == ["a.gov.cn"]
    path.write_text(GOOD.replace(change[0], change[1], 1), "utf-8")
    with pytest.raises(RegistryError, match=message) as error:
        load(path)
    assert "r.toml" in str(error.value)


def test_the_real_registry_is_sound() -> None:
    registry = load(ROOT / "crawler" / "portals.toml")
    assert (registry.name, registry.fiction, registry.delay) == ("portals", False, 3)
    assert (len(registry.portals), len(registry.chosen())) == (83, 79)
    assert registry.anonymous, "the operator sets the contact"
    for portal in registry.portals:
        assert portal.evidence.startswith("portals.md ")
        assert portal.active == (portal.confidence != "guess")
        assert json.dumps(portal.entry())
    verified = [portal.key for portal in registry.portals if portal.confidence == "verified"]
    assert verified == ["qianjiang-finance"]


def test_the_registry_explains_every_key() -> None:
    head = (ROOT / "crawler" / "portals.toml").read_text("utf-8").split("[portals.")[0]
    keys = [field.name for kind in (registries.Registry, Entry) for field in fields(kind)]
    for key in set(keys) - {"portals", "key"}:
        assert re.search(rf"^#   {key} ", head, re.M), key


def test_the_crawler_knows_little_of_the_other_rooms() -> None:
    allowed = {"archive.store", "archive.root", "archive.errors", "archive.ledger"}
    allowed |= {"archive.parts", "archive.cluster.connecting"}  # shards; a scheduler, if asked for
    allowed |= {"extract.decode", "extract.filetypes", "extract.stand_ins"}
    for path in (ROOT / "crawler").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            for name in names:
                if name.split(".")[0] in ("archive", "extract", "tests"):
                    assert name in allowed, f"{path}: {name}"
