"""What the commands refuse, and what a damaged or full file comes to: one line, no traceback."""

from __future__ import annotations

import errno
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from archive.errors import DatabaseDamaged, WriteFailed
from archive.ledger import Ledger
from archive.readings import Readings
from archive.root import DataRoot
from crawler.lint import findings, lint, notes
from crawler.probe.lists import lines
from crawler.registry import RegistryError, load
from tests.crawls import ROOT, collect, ledger, scrapy
from tests.ledgers import Book
from tests.stored import Got, Run, article, build, keep, report_of

HEAD = 'name = "fiction"\nfiction = true\ncontact = ""\n'
TABLE = """
[portals.{key}]
agency = "示例市示例局"
region = "990100"
region_name = "示例省 示例市"
column = "http://{host}:1/nb/"
family = "generic"
hosts = ["{host}"]
outcome = "unreachable"
"""


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    path = tmp_path / "portals.toml"
    path.write_text(HEAD + TABLE.format(key="one", host="127.0.9.1"), "utf-8")
    return path


def one_line(done: subprocess.CompletedProcess[str], *words: str) -> None:
    said = done.stderr.splitlines()
    assert len(said) == 1, done.stderr
    assert all(word in said[0] for word in words), said[0]


# -- nothing to crawl -------------------------------------------------------------------------


def test_a_crawl_of_no_portals_is_an_error(registry: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    text = registry.read_text("utf-8")
    for without in (HEAD, text.replace("outcome", "active = false\noutcome")):
        registry.write_text(without, "utf-8")
        done = collect(registry, data)
        assert done.returncode == 1
        one_line(done, "there is no active portal to crawl")
    assert not (data / "ledger.db").exists()


def test_an_empty_part_says_so_and_is_no_run(registry: Path, tmp_path: Path) -> None:
    ends = {}
    for shard in ("1/2", "2/2"):
        done = collect(registry, tmp_path / "data", "--shard", shard, "-s", "RETRY_TIMES=0")
        ends[shard] = done
        assert done.returncode == 0, done.stderr
    (empty,) = [shard for shard, done in ends.items() if "has no portals" in done.stderr]
    one_line(ends[empty], f"collect: shard {empty} has no portals")
    runs = ledger(tmp_path / "data", "SELECT shard FROM runs")
    assert [run["shard"] for run in runs] == [shard for shard in ends if shard != empty]
    done = collect(registry, tmp_path / "data", "--shard", empty, "--portal", "one")
    assert done.returncode == 1
    one_line(done, f"shard {empty} has none of the portals named (one)")


# -- options ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("watch", "--data", "x", "--days", "-1"), "--days: -1"),
        (("watch", "--data", "x", "--hook", " "), "a hook is empty"),
        (("watch", "--data", "x", "--min-free", "much"), "--min-free"),
        (("collect", "--registry", "x", "--data", "x", "--hook-on", "3,x"), "'x' is no exit"),
        (("probe", "--pages", "-3", "http://www.example.gov.cn/"), "--pages: -3"),
        (("probe", "foo"), "no http(s) address: foo"),  # the contact is the shipped placeholder
    ],
)
def test_what_an_option_cannot_be(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = scrapy(*(str(tmp_path / "x") if word == "x" else word for word in words))
    assert done.returncode == 2
    said_there = done.stdout + done.stderr
    assert said in said_there
    assert "invalid literal" not in said_there
    assert "Traceback" not in said_there


def test_an_hour_that_is_none_is_told(registry: Path, tmp_path: Path) -> None:
    done = collect(registry, tmp_path / "data", "--until", "99", "--hook", f"tee {tmp_path}/told")
    assert done.returncode == 2
    assert '"exit_status": 2' in (tmp_path / "told").read_text("utf-8")


@pytest.mark.parametrize(("status", "builds"), [(0, True), (1, False), (2, False), (4, True)])
def test_make_builds_only_what_was_crawled(status: int, builds: bool, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\necho $2 $3\n[ $2 = archive ] || exit {status}\n", "utf-8")
    python.chmod(0o700)
    order = ["make", "-o", ".venv/.ready", "crawl", f"PY={python}", f"DATA={tmp_path}"]
    done = subprocess.run(order, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == (2 if status else 0)
    assert ("archive build" in done.stdout) is builds
    assert f"crawl status {status} (" in done.stdout


def test_a_test_of_hooks_that_fail_fails(tmp_path: Path) -> None:
    book = Book(tmp_path / "root")
    book.run("2026-01-01", {"a": "complete"})
    book.ledger.close()
    order = ("watch", "--data", str(book.path), "--days", "99999", "--min-free", "1")
    assert scrapy(*order, "--hook", "true", "--test").returncode == 0
    failed = scrapy(*order, "--hook", "true", "--hook", "false", "--test")
    assert (failed.returncode, failed.stderr.splitlines()[-1]) == (
        3, "watch: 1 of 2 hooks failed",
    )  # fmt: skip
    assert scrapy(*order, "--hook", "false").returncode == 0
    assert "no hook to test" in scrapy(*order, "--test").stderr


# -- registries -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("contact", "nobody"),
    [
        ("https://nianbao.invalid/about", True), ("me@crawler.test", True),
        ("http://localhost:8000/", True), ("ops@example.com", True),
        ("https://www.example.org/about", True), ("https://nianbao.example.", True),
        ("https://example.community/", False), ("https://notexample.com/", False),
        ("https://invalid.gov.cn/", False), ("ops@test.gov.cn", False),
    ],
)  # fmt: skip
def test_who_reaches_nobody(contact: str, nobody: bool, tmp_path: Path) -> None:
    path = tmp_path / "portals.toml"
    path.write_text(f'name = "n"\nfiction = false\ncontact = "{contact}"\n', "utf-8")
    assert load(path).anonymous is nobody
    assert bool(notes(path)) is nobody


def test_lint_wants_patience_where_sites_are_real(tmp_path: Path) -> None:
    path = tmp_path / "portals.toml"
    head = 'name = "n"\nfiction = {}\ncontact = "https://nianbao.gov.cn/"\ndelay = {}\n'
    for fiction, delay, wrong in (("false", 0, True), ("false", 1, False), ("true", 0, False)):
        path.write_text(head.format(fiction, delay), "utf-8")
        assert bool(findings(load(path))) is wrong
        assert all(line.startswith(f"{path}: delay: 0 s") for line in lint(path))


def test_the_tables_of_a_probe_are_no_registry(tmp_path: Path) -> None:
    path = tmp_path / "accepted.toml"
    path.write_text(TABLE.format(key="one", host="www.example.gov.cn"), "utf-8")
    with pytest.raises(RegistryError, match="paste the tables of a probe into one"):
        load(path)


def test_a_list_keeps_what_is_no_address_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("url\nnot an address\nwww.example.gov.cn\n", "utf-8")
    wrong, bare = lines(path)
    assert (wrong.url, wrong.fault) == ("not an address", "no http(s) address")
    assert (bare.url, bare.bare) == ("http://www.example.gov.cn", True)


# -- files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["status", "watch"])
def test_a_damaged_ledger_is_one_line(command: str, tmp_path: Path) -> None:
    book = Book(tmp_path / "root")
    book.ledger.close()
    (book.path / "ledger.db").write_text("junk\n" * 500, "utf-8")
    done = scrapy(command, "--data", str(book.path))
    assert done.returncode == 1
    one_line(done, f"{command}: ", "ledger.db", "move it away")


def test_who_looks_at_a_ledger_is_told_what_sqlite_needs(tmp_path: Path) -> None:
    book = Book(tmp_path / "root")
    book.ledger.close()
    # Root may write into any folder; so what SQLite wants to open there is made no file.
    (book.path / "ledger.db-wal").mkdir()
    looking = Ledger(book.path / "ledger.db", read_only=True)
    with pytest.raises(WriteFailed, match="must be able to write into its folder"):
        list(looking.rows("SELECT * FROM runs"))
    looking.close()


def test_readings_that_a_full_disk_does_not_take_are_one_line(tmp_path: Path) -> None:
    """In a process of its own: a limit on the size of files cannot be raised again."""
    code = """if True:
        import signal, sys
        from pathlib import Path
        from archive.errors import WriteFailed
        from archive.readings import Readings
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        readings = Readings(Path(sys.argv[1]))
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        keys = [f"{number:064}" for number in range(4000)]
        try:
            said = (readings.reader, "unreadable", "", "html", None, None)
            readings.keep([(key, *said) for key in keys])
        except WriteFailed as error:
            print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "readings.db")],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "readings.db takes nothing more" in done.stdout
    assert "make room, then build again" in done.stdout


def test_damaged_readings_are_named(tmp_path: Path) -> None:
    path = tmp_path / "readings.db"
    readings = Readings(path)
    readings.keep([("a", readings.reader, "unreadable", "", "html", None, None)])
    readings.close()
    readings = Readings(path)
    readings._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"junk" * 2048)
    with pytest.raises(DatabaseDamaged, match="delete it and build again"):
        readings.get("a")
    readings.close()


@pytest.mark.parametrize(
    "error", [sqlite3.OperationalError("disk I/O error"), OSError(errno.ENOSPC, "no space")]
)
def test_a_release_that_a_full_disk_does_not_take_is_one_line(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = DataRoot(tmp_path)
    keep(root, Run([Got("http://127.0.0.1/a", article())]))
    before = build(root).folder
    keep(root, Run([Got("http://127.0.0.1/b", article(report_of(2021)))]))

    def full(*_: object) -> bool:
        raise error

    if isinstance(error, sqlite3.Error):
        error.sqlite_errorname = "SQLITE_IOERR"  # as SQLite itself says it
    monkeypatch.setattr("archive.release.publish.write_databases", full)
    with pytest.raises(WriteFailed, match=r"releases takes no release .* make room"):
        build(root)
    assert root.current.resolve() == before
    error.errno = errno.ENOENT  # type: ignore[attr-defined]  # a fault, and shown as one
    if isinstance(error, OSError):
        with pytest.raises(OSError, match="no space"):
            build(root)
