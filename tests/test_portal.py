"""The test portal keeps its own promises: figures, pages, transport, life and death."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from lxml import html

from extract.forms import Form, forms
from tests.portal import Portal, manifest, world
from tests.portal.errors import PLANTS, broken, plant
from tests.portal.families import routes
from tests.portal.figures import APPLICANTS, figures
from tests.portal.render import article_html, tables_html, text_dump
from tests.portal.reports import ZEROS, make_report

ROOT = Path(__file__).parents[1]
FORMS = tuple(forms().values())


@pytest.fixture(scope="module")
def portal() -> Iterator[Portal]:
    with Portal() as running:
        yield running


def fetch(
    url: str, method: str = "GET", body: str | None = None, **headers: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, parts.path, body, named)
    answer = connection.getresponse()
    try:
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def tree(text: str) -> Any:
    """A page's tree; lxml's stubs are too wide to be of use here."""
    return html.fromstring(text)


def decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("gb18030")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.code)
@pytest.mark.parametrize("busy", [True, False])
def test_figures_add_up_and_roll_over(form: Form, busy: bool) -> None:
    before = None
    for year in range(8):
        found = figures(f"any-{year}", form, busy=busy, before=before)
        assert list(found) == [slot.key for slot in form.slots()]
        assert broken(found, form) == ()
        if before is not None:
            assert found["t3_carried_in_legal"] == before["t3_carried_out_legal"]
        before = found


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.code)
def test_busy_figures_are_all_different(form: Form) -> None:
    found = figures("any", form, busy=True)
    assert 0 not in found.values()
    assert len(set(found.values())) == len(found)
    other = figures("other", form, busy=True)
    assert sum(found[key] == other[key] for key in found) < len(found) / 20


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.code)
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("row_sum", [("C02", "t3_processed_total_total"), ("C03", "t3_granted_total")]),
        ("balance", [("C01", "t3_carried_out_natural"), ("C01", "t3_carried_out_total")]),
        ("result_sum", [("C02", f"t3_processed_total_{c}") for c in ("natural", "total")]),
        ("dispute_sum", [("C04", "t4_review_total")]),
        ("not_whole", [("C05", "t2_license_decisions")]),
    ],
)
def test_planted_errors_break_what_they_say(
    form: Form, kind: str, expected: list[tuple[str, str]]
) -> None:
    found = figures("any", form, busy=True)
    spoilt, planted = plant(found, form, kind)
    assert spoilt != found
    assert [(fault.check, fault.keys[-1]) for fault in planted] == expected
    assert all(fault.left != fault.right for fault in planted)


def test_the_world_has_every_planted_error_and_zero() -> None:
    reports = [report for _, _, report in world().reports()]
    checks = {fault.check for report in reports for fault in report.planted}
    assert checks == {"C01", "C02", "C03", "C04", "C05"}
    assert len(PLANTS) == 5
    printed = {text for report in reports for text in report.cells.values()}
    assert set(ZEROS.values()) <= printed
    agencies = {(report.region_code, report.kind) for report in reports}
    assert len(agencies) == 22
    assert len({(*key, r.year) for key in agencies for r in reports}) == 22 * 5
    assert len(reports) == 22 * 5
    odd = [r for r in reports if (r.form == "2019") != (r.year <= 2020)]
    assert len(odd) == 1


def test_years_follow_on_each_other() -> None:
    by_place = {(r.region_code, r.kind, r.year): r.values() for _, _, r in world().reports()}
    for (region, kind, year), values in by_place.items():
        before = by_place.get((region, kind, year - 1))
        if before is None or kind == "government":
            continue  # sums, and what is planted in a member is not in them
        for column in APPLICANTS:
            left = before[f"t3_carried_out_{column}"] or 0
            assert left == (values[f"t3_carried_in_{column}"] or 0)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.code)
@pytest.mark.parametrize("seed", range(12))
def test_tables_print_each_cell_in_its_row(form: Form, seed: int) -> None:
    kind = f"kind{seed}"
    report, _ = make_report("示例市气象局", "990100", kind, 2022, form=form.code, busy=True)
    table = tree(tables_html(report)["三"])
    rows = [[cell.text_content() for cell in row.iter("td", "th")] for row in table.iter("tr")]
    lines = form.table("t3")
    for row, line in zip(rows[3:], lines, strict=True):
        assert row[-7:] == [report.cells[f"t3_{line.code}_{code}"] for code in line.measures]
    assert len(rows[3:]) == len(lines)


@pytest.mark.parametrize("template", ["trs", "jiangxi", "national", "generic"])
def test_articles_have_chrome_around_the_report(template: str) -> None:
    report, _ = make_report("示例市气象局", "990100", "meteorology", 2021)
    page = tree(article_html(report, template))
    assert page.xpath("string(//h1)") == report.title
    assert page.xpath("string(//meta[@name='PubDate']/@content)").startswith(str(report.published))
    assert "版权所有" in page.text_content()


def test_dumps_hold_every_printed_cell() -> None:
    report, _ = make_report("示例市气象局", "990100", "meteorology", 2020, busy=True)
    wide = text_dump(report, "tsv").splitlines()
    assert {line.count("\t") for line in wide} == {0, 9, 14}
    for style in ("tika", "lines", "tsv"):
        tokens = set(re.split(r"[\t\n]+", text_dump(report, style)))
        assert set(report.cells.values()) <= tokens
    blank, _ = make_report("示例市气象局", "990100", "meteorology", 2020, zero="blank")
    assert "\n\n\n" not in text_dump(blank, "lines")


def test_every_report_is_served(portal: Portal) -> None:
    found = manifest(portal.port)
    assert len({report["url"] for report in found["reports"]}) == len(found["reports"])
    for report in found["reports"]:
        status, _, body = fetch(report["article"])
        assert status == 200
        text = decoded(body)
        assert report["title"] in text
        if report["how"] == "pdf":
            status, _, body = fetch(report["url"])
            assert (status, body[:5]) == (200, b"%PDF-")
            continue
        for printed in list(report["cells"].values())[:3]:
            assert printed in text
        if report["how"] == "gb18030":
            assert "镕" in text
            assert "㵲" in text


def test_the_registry_agrees_with_the_world(portal: Portal) -> None:
    entries = tomllib.loads(portal.registry())["portals"]
    columns = {column.key: column for column in world().columns}
    assert entries.keys() == columns.keys()
    for key, entry in entries.items():
        assert entry["column"] == portal.url(key)
        assert entry["expect_reports"] == sum(r.kind == "report" for r in columns[key].rows)
        if entry["agency"] and columns[key].rows:
            assert {row.report.agency for row in columns[key].rows if row.report} == {
                entry["agency"]
            }


@pytest.mark.parametrize("key", ["shili-finance", "shiliqu", "yangben", "shili-statistics"])
def test_static_lists_reach_all_rows(portal: Portal, key: str) -> None:
    column = world().column(key)
    links: list[str] = []
    for name in ["", *(f"index_{n}.html" for n in range(1, 9))]:
        status, _, body = fetch(portal.url(key) + name)
        if status == 404:
            break
        page = tree(body.decode())
        cells = page.xpath("//li[span or b]/a | //td/a")
        links += [urlsplit(urljoin(portal.url(key), str(a.get("href")))).path for a in cells]
    assert links == [row.path for row in column.rows]


def test_query_list_turns_pages(portal: Portal) -> None:
    url = portal.address(2) + "/queryList"
    head = {"Content_Type": "application/x-www-form-urlencoded"}
    ask = {"pageSize": "15", "webSiteCode[]": "slqrmzf", "channelCode[]": "2023nb"}
    assert fetch(url, "POST", urlencode({**ask, "current": "1"}), **head)[0] == 403
    seen: list[str] = []
    for current in range(1, 5):
        form = urlencode({**ask, "current": str(current)})
        status, _, body = fetch(url, "POST", form, X_Requested_With="XMLHttpRequest", **head)
        assert status == 200
        data = json.loads(body)["data"]
        assert data["total"] == 33
        seen += [json.loads(row["source"]["urls"])["pc"] for row in data["results"]]
    assert seen == [row.path for row in world().column("shiliqu-2023nb").rows]


def test_validators_and_gzip(portal: Portal) -> None:
    url = portal.url("shili-finance")
    _, plain, body = fetch(url)
    status, zipped, small = fetch(url, Accept_Encoding="gzip")
    assert (status, gzip.decompress(small)) == (200, body)
    assert zipped["ETag"] != plain["ETag"]
    assert fetch(url, If_None_Match=plain["ETag"])[0] == 304
    assert fetch(url, If_None_Match=zipped["ETag"], Accept_Encoding="gzip")[2] == b""
    assert fetch(url, If_Modified_Since=plain["Last-Modified"])[0] == 304
    assert fetch(url, If_None_Match='"x"', If_Modified_Since=plain["Last-Modified"])[0] == 200
    jiangxi = world().column("jiangxi")
    _, headers, _ = fetch(portal.address(2) + jiangxi.rows[0].path)
    assert headers["Transfer-Encoding"] == "chunked"
    assert not headers["ETag"]


def test_walls_and_dead_ends(portal: Portal) -> None:
    wall = portal.url("shili-transport")
    assert fetch(wall)[0] == 521
    assert b"__jsl_clearance" in fetch(wall)[2]
    assert fetch(urljoin(wall, "/robots.txt"))[0] == 200
    assert b"Disallow: /\n" in fetch(portal.address(5) + "/robots.txt")[2]
    assert fetch(portal.url("shili-health"))[0] == 404
    rows = {row.kind: row for row in world().column("shiliqu").rows}
    assert fetch(portal.address(1) + rows["dead"].path)[0] == 404
    status, _, body = fetch(portal.address(1) + rows["soft404"].path)
    assert (status, "页面不存在" in body.decode()) == (200, True)
    attached = [row for row in world().column("shiliqu").rows if row.how == "attachment"]
    page = portal.address(1) + attached[0].path
    href = tree(fetch(page)[2].decode()).xpath("//a[contains(@href, '.pdf')]/@href")
    assert fetch(urljoin(page, str(href[0])))[2].startswith(b"%PDF-1.4")


def test_pages_can_change_between_crawls() -> None:
    with Portal() as portal:
        url = portal.url("shili-audit")
        path = urlsplit(url).path
        tag = fetch(url)[1]["ETag"]
        portal.replace("127.0.0.1", path, b"changed")
        assert fetch(url, If_None_Match=tag)[2] == b"changed"
        portal.remove("127.0.0.1", path)
        assert fetch(url)[0] == 404
        assert [exchange.status for exchange in portal.requests] == [200, 200, 404]
        exchange = portal.requests[0]
        assert (exchange.host, exchange.method, exchange.path) == ("127.0.0.1", "GET", path)
        assert exchange.started <= exchange.ended


def test_same_bytes_at_every_start() -> None:
    code = (
        "import hashlib; from tests.portal.families import routes; "
        "from tests.portal import world, manifest; found = routes(world()); "
        "pages = sorted((k, v) for k, v in found.items() if not callable(v)); "
        "print(hashlib.sha256(repr((pages, manifest(1))).encode()).hexdigest())"
    )
    sums = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(sums) == 1
    assert len(routes(world())) > 110


def _serving(port: int) -> bool:
    try:
        return fetch(f"http://127.0.0.1:{port}/")[0] == 200
    except OSError:
        return False


def _gone(port: int) -> bool:
    deadline = time.monotonic() + 4
    while _serving(port) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not _serving(port)


def test_ends_when_its_parent_is_killed() -> None:
    code = (
        "import subprocess, sys; child = subprocess.Popen("
        "[sys.executable, '-m', 'tests.portal', '--port', '0'], stdout=subprocess.PIPE);"
        "print(child.stdout.readline().decode(), flush=True); child.wait()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        ready = re.search(r":(\d+)/", parent.stdout.readline())
        assert ready is not None
        port = int(ready[1])
        assert _serving(port)
        parent.send_signal(signal.SIGKILL)
        assert _gone(port)


def test_ends_cleanly_on_sigterm(tmp_path: Path) -> None:
    log = tmp_path / "requests.jsonl"
    command = [sys.executable, "-m", "tests.portal", "--port", "0", "--log", str(log)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = re.search(r":(\d+)/", process.stdout.readline())
        assert ready is not None
        assert _serving(int(ready[1]))
        process.terminate()
        assert process.wait(5) == 0
    assert json.loads(log.read_text("utf-8"))["path"] == "/"
