"""What goes wrong below HTTP: each fault has its name, and nobody else suffers from it."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.crawls import ROOT, Rows, collect, command, ledger, whole
from tests.portal.faults import FAULTS, Faults

HEALTHY = ("healthy-one", "healthy-two")
LARGEST = 8 << 20


@dataclass(frozen=True)
class Crawl:
    status: int
    out: str
    err: str
    memory: int
    outcomes: dict[str, str]
    issues: Rows


@dataclass(frozen=True)
class Found:
    faults: Faults
    data: Path
    calm: Crawl
    rough: Crawl
    releases: tuple[str, str]


OPTIONS = [
    word
    for setting in ("DOWNLOAD_TIMEOUT=2", f"DOWNLOAD_MAXSIZE={LARGEST}", "RETRY_TIMES=1")
    for word in ("-s", setting)
]


#: A process bears the size of the one that started it: so a small one must start the crawl.
_MEASURE = (
    "import resource, subprocess, sys\n"
    "status = subprocess.call(sys.argv[2:])\n"
    "size = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10\n"
    "open(sys.argv[1], 'w').write(str(size))\n"
    "sys.exit(status)\n"
)


def measured(registry: Path, data: Path) -> tuple[int, str, str, int]:
    """Crawl in a process of its own: exit status, output, errors, bytes of memory."""
    size = registry.with_suffix(".size")
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(size), *command(registry, data, *OPTIONS)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr, int(size.read_text())


def crawled(data: Path, status: int, out: str, err: str, memory: int = 0) -> Crawl:
    """What the last run left behind."""
    run = ledger(data, "SELECT run_id FROM runs ORDER BY started_at DESC LIMIT 1")[0]["run_id"]
    rows = ledger(data, "SELECT portal, outcome FROM outcomes WHERE run_id = ?", run)
    issues = ledger(data, "SELECT * FROM issues WHERE run_id = ?", run)
    outcomes = {row["portal"]: row["outcome"] for row in rows}
    return Crawl(status, out, err, memory, outcomes, issues)


def build(data: Path) -> str:
    """Build a release; its name."""
    done = subprocess.run(
        [sys.executable, "-m", "archive", "build", "--data", str(data)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return (data / "releases" / "current").resolve().name


def reports(release: Path) -> set[tuple[str, str]]:
    """Each report of a release, and its current version."""
    with contextlib.closing(sqlite3.connect(release / "nianbao.db")) as database:
        return set(database.execute("SELECT report_id, version_id FROM reports"))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    folder = tmp_path_factory.mktemp("faults")
    registry, data = folder / "r.toml", folder / "data"
    with Faults((*FAULTS, *HEALTHY)) as faults, Faults(("goes-away",), first=90) as other:
        gone = other.registry().partition("[portals")[2]
        registry.write_text(f"{faults.registry()}\n[portals{gone}", "utf-8")
        first = collect(registry, data, *OPTIONS)
        calm = crawled(data, first.returncode, first.stdout, first.stderr)
        before = build(data)
        faults.calm = False
        other.close()
        rough = crawled(data, *measured(registry, data))
        after = build(data)
        yield Found(faults, data, calm, rough, (before, after))


def test_everything_is_well_before(found: Found) -> None:
    assert found.calm.status == 0, found.calm.out + found.calm.err
    assert set(found.calm.outcomes.values()) == {"complete"}
    assert len(found.calm.outcomes) == len(FAULTS) + 3


def test_each_fault_ends_in_its_outcome(found: Found) -> None:
    assert found.rough.status == 3, found.rough.err
    expected = {name: outcome for name, (_, outcome) in FAULTS.items()}
    expected |= dict.fromkeys(HEALTHY, "complete") | {"goes-away": "unreachable"}
    assert found.rough.outcomes == expected
    for name, outcome in expected.items():
        said = [line for line in found.rough.out.splitlines() if line.startswith(f"{name}: ")]
        assert len(said) == (outcome != "complete"), name
        assert all(line.startswith(f"{name}: {outcome} (") for line in said)


def test_each_failure_is_an_issue_of_a_known_kind(found: Found) -> None:
    kinds = {row["portal"]: row["kind"] for row in found.rough.issues}
    assert kinds == {
        "hangs": "timeout", "hangs-midway": "timeout", "drips": "timeout",
        "resets": "connection_lost", "promises-more": "data_loss", "circles": "redirect_loop",
        "floods": "too_large", "floods-as-told": "too_large", "bombs": "too_large",
        "heads": "too_large", "long-header": "connection_lost", "torn-chunks": "data_loss",
        "no-http": "connection_lost", "picture": "wrong_type", "goes-away": "refused",
        "loses-reports": "unlisted",
    }  # fmt: skip


def test_no_report_is_lost_from_the_release(found: Found) -> None:
    before, after = (reports(found.data / "releases" / name) for name in found.releases)
    assert len(before) == 2 * (len(FAULTS) + len(HEALTHY) + 1)
    assert before == after


def test_no_traceback_and_little_memory(found: Found) -> None:
    assert "Traceback" not in found.rough.err
    assert "Unhandled" not in found.rough.err
    assert "WARNING" not in found.rough.err, "expected failures are in the summary"
    # Python and Scrapy alone are 170 MB; gigabytes were sent.
    assert found.rough.memory < 300 << 20
    whole(found.data)
