"""The whole line: `make demo`, again, killed and continued; compared with the generator."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from archive.fsck import fsck
from archive.manifest import current_manifest
from archive.root import DataRoot
from archive.warc import locate, read_record, read_records
from tests import crawls
from tests.demo_run import PROJECT, count, hash_of, kill_demo, make, run_demo
from tests.portal.manifest import manifest
from tests.portal.server import Portal


@pytest.fixture
def db(demo: tuple[Path, str]) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(demo[0] / "releases" / "current" / "nianbao.db")
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()


@cache
def served(port: int) -> dict[str, dict[str, Any]]:
    return {report["url"]: report for report in manifest(port)["reports"]}


def test_the_last_line_says_how_to_open_the_site(demo: tuple[Path, str]) -> None:
    data, printed = demo
    assert f"make serve DATA={data}" in printed.splitlines()[-1]
    assert "http://127.0.0.1:" in printed.splitlines()[-1]


def test_the_release_holds_every_report_and_nothing_else(db: sqlite3.Connection, port: int) -> None:
    want = served(port)
    have = {row["url"]: row for row in db.execute("SELECT * FROM reports")}
    assert set(have) == set(want)
    for url, report in want.items():
        row = have[url]
        for key in ("year", "status", "title", "published", "form", "scope"):
            assert row[key] == report[key], (url, key)


def test_every_figure_is_the_generators(db: sqlite3.Connection, port: int) -> None:
    sql = "SELECT url, figures.* FROM reports LEFT JOIN figures USING (version_id)"
    compared = 0
    for row in db.execute(sql):
        want = served(port)[row["url"]]["values"]
        have = {key: row[key] for key in tuple(row.keys()) if key.startswith(("t2_", "t3_", "t4_"))}
        assert {key: value for key, value in have.items() if key in want} == want, row["url"]
        assert not [k for k, v in have.items() if v is not None and k not in want], row["url"]
        compared += len(want)
    assert compared > 20_000


def test_blanks_are_kept_as_they_are_printed(db: sqlite3.Connection, port: int) -> None:
    sql = (
        "SELECT url, figure, printed, figure_notes.status FROM figure_notes "
        "JOIN reports USING (version_id)"
    )
    notes = {(row["url"], row["figure"]): row for row in db.execute(sql)}
    blanks = 0
    for url, report in served(port).items():
        for key, printed in report["cells"].items():
            if report["values"][key] is None:
                note = notes[url, key]
                assert note["printed"] == printed
                assert note["status"] in ("blank", "slash", "dash")
                blanks += 1
    assert blanks > 300


def test_each_planted_error_is_a_finding_and_nothing_else_fails(
    db: sqlite3.Connection, port: int
) -> None:
    sql = (
        'SELECT url, "check", findings.figures, "left", "right" FROM findings '
        'JOIN reports USING (version_id) JOIN checks USING ("check") '
        "WHERE findings.status = 'fail' AND strength = 'must'"
    )
    have = {(r["url"], r["check"], frozenset(json.loads(r["figures"]))) for r in db.execute(sql)}
    want = {
        (url, planted["check"], frozenset(planted["figures"]))
        for url, report in served(port).items()
        for planted in report["planted"]
    }
    assert len(want) >= 8
    assert have == want


def test_regions_and_kinds_are_right(db: sqlite3.Connection, port: int) -> None:
    for row in db.execute("SELECT url, agency, region_code, kind FROM reports"):
        report = served(port)[row["url"]]
        told = (row["agency"], row["region_code"], row["kind"])
        assert told == (report["agency"], report["region_code"], report["kind"])


def test_a_capture_is_what_the_portal_serves_byte_for_byte(
    demo: tuple[Path, str], port: int
) -> None:
    root = DataRoot(demo[0])
    ledger = sqlite3.connect(root.ledger)
    ledger.row_factory = sqlite3.Row
    rows = ledger.execute(
        "SELECT * FROM captures WHERE role = 'article' AND status = 200"
    ).fetchall()
    ledger.close()
    encodings = set()
    with Portal(port=0) as portal:
        for row in rows:
            record = read_record(locate(root.warc, row["warc_file"]), row["warc_offset"])
            host, path = row["url"].split("//")[1].split("/", 1)
            page = portal.page(host.split(":")[0], f"/{path}")
            assert record.decoded() == page.body
            encodings.add(record.header("Content-Encoding"))
            if record.header("Content-Encoding") == "gzip":
                assert record.body[:2] == b"\x1f\x8b"
    assert encodings == {"", "gzip"}


def test_fsck_finds_nothing_wrong_with_it(demo: tuple[Path, str]) -> None:
    verdict = fsck(DataRoot(demo[0]), 1)
    assert [str(finding) for finding in verdict.findings] == []
    assert verdict.captures == 136


def test_a_warc_file_says_what_its_run_asked_with(demo: tuple[Path, str]) -> None:
    records = list(read_records(min(DataRoot(demo[0]).warc.glob("*.warc.gz"))))
    fields = dict(line.split(": ", 1) for line in records[0].body.decode().splitlines())
    request = next(record for record in records if record.kind == "request")
    assert fields["http-header-user-agent"] == request.header("User-Agent")
    assert (fields["robots"], float(fields["delay-seconds"])) == ("obey", 0.0)


def test_warcio_finds_nothing_wrong(demo: tuple[Path, str]) -> None:
    files = [str(path) for path in DataRoot(demo[0]).warc.glob("*.warc.gz")]
    check = [str(Path(sys.executable).with_name("warcio")), "check", *files]
    result = subprocess.run(check, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "")
    assert not list(DataRoot(demo[0]).warc.glob("*.open"))


def test_a_second_demo_stores_nothing_anew(demo: tuple[Path, str], port: int) -> None:
    data, _ = demo
    before, captures = hash_of(data), count(data / "ledger.db", "captures")
    result = run_demo(data, port)
    assert result.returncode == 0, result.stderr
    assert "nothing new" in result.stdout
    assert hash_of(data) == before
    ledger = sqlite3.connect(data / "ledger.db")
    (run_id,) = ledger.execute("SELECT run_id FROM runs ORDER BY started_at DESC").fetchone()
    again = ledger.execute(
        "SELECT role, count(*), sum(revisit_of IS NULL AND status = 200) FROM captures "
        "WHERE run_id = ? GROUP BY role", (run_id,)
    ).fetchall()  # fmt: skip
    ledger.close()
    asked = {role: number for role, number, _ in again}
    assert asked["article"] == 112  # 110 reports, a soft 404, a dead link
    assert asked["list"] > 10
    assert sum(new for _, _, new in again) == 0
    assert count(data / "ledger.db", "captures") > captures


def test_a_demo_killed_midway_ends_equal_when_run_again(
    demo: tuple[Path, str], port: int, tmp_path: Path
) -> None:
    """In the crawl; builds are killed in test_build.py, and `make prove` kills demos in both."""
    data = tmp_path / "broken"
    kill_demo(data, port, "ledger.db", "captures", 40)
    assert hash_of(data) is None
    result = run_demo(data, port)
    assert result.returncode == 0, result.stdout + result.stderr
    assert hash_of(data) == hash_of(demo[0])
    assert "continu" in (result.stdout + result.stderr)
    assert [run["status"] for run in crawls.ledger(data, "SELECT status FROM runs")] == ["complete"]
    rows = crawls.ledger(
        data, "SELECT * FROM captures WHERE status = 200 AND role IN ('article', 'attachment')"
    )
    counts = Counter(row["url"] for row in rows)
    assert served(port).keys() <= counts.keys()
    assert set(counts.values()) == {1}
    assert sum(row["role"] == "attachment" for row in rows) == 2
    assert crawls.ledger(data, "SELECT sum(captured) AS n FROM outcomes") == [{"n": len(rows)}]
    crawls.whole(data)


def test_unreachable_portals_are_named_and_the_old_release_stays(
    demo: tuple[Path, str], tmp_path: Path
) -> None:
    data = demo[0]
    registry = tmp_path / "invalid.toml"
    registry.write_text(
        'name = "demo"\nfiction = true\ncontact = "https://nianbao.invalid/"\ndelay = 0\n'
        "recheck_days = 0\n"
        + "".join(
            f'[portals.gone-{i}]\nagency = "示例市示例局"\nregion = "990100"\n'
            f'region_name = "示例市"\ncolumn = "http://gone-{i}.invalid/zfxxgknb/"\n'
            f'family = "trs"\nhosts = ["gone-{i}.invalid"]\nexpect_reports = 1\n'
            f'outcome = "complete"\nwhy = "no such host"\n'
            for i in range(3)
        ),
        "utf-8",
    )
    before = (hash_of(data), (data / "releases" / "current").resolve())
    result = subprocess.run(
        make("crawl", f"DATA={data}", f"REGISTRY={registry}"),
        cwd=PROJECT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert result.returncode != 0
    for i in range(3):
        assert f"gone-{i}" in result.stdout
    assert len(re.findall(r"^gone-\d +dns ", result.stdout, re.M)) == 3
    assert "crawl status 3" in result.stdout.splitlines()[-1]
    assert (hash_of(data), (data / "releases" / "current").resolve()) == before
    assert current_manifest(DataRoot(data))["counts"]["reports"] == 110


def test_another_registry_is_refused(demo: tuple[Path, str], tmp_path: Path) -> None:
    registry = tmp_path / "other.toml"
    registry.write_text(
        (demo[0] / "demo-portals.toml").read_text("utf-8").replace('name = "demo"', 'name = "x"')
    )
    result = subprocess.run(
        [sys.executable, "-m", "scrapy", "collect", "--registry", str(registry), "--data",
         str(demo[0])],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 1
    assert "demo" in result.stderr
    assert "Traceback" not in result.stderr
