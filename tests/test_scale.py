"""The fictional country is always the same, its release is right, and the rehearsal sees errors."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archive.build import build
from archive.heads import heads_version
from archive.manifest import FILES
from archive.root import DataRoot
from extract.checks import run_checks
from extract.codec import unpack
from extract.version import reader_version
from tests.bench.scale import follows, national, rates
from tests.scale import building, captures, checking, expected, places, writing
from tests.scale.expected import Country, Sums

REPORTS = 110  # among them two that an error was planted for
_OF = {
    "ledger.db": ("captures", "issues", "portals", "outcomes", "runs"),
    "readings.db": ("readings",),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small country with its release."""
    folder = tmp_path_factory.mktemp("scale") / "root"
    writing.write(folder, REPORTS, processes=2, long_texts=1)
    build(DataRoot(folder), 1)
    return folder


@pytest.fixture(scope="module")
def wanted() -> Sums:
    return expected.sums(Country(REPORTS), 1)


def rows(folder: Path) -> list[list[tuple[object, ...]]]:
    found = []
    for name, tables in _OF.items():
        with closing(sqlite3.connect(folder / name)) as db:
            found += [
                db.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall() for table in tables
            ]
    return found


def test_a_root_is_the_same_however_many_processes_make_it(tmp_path: Path) -> None:
    for count in (1, 2):
        writing.write(tmp_path / str(count), 245, count, long_texts=1)
        writing.add(tmp_path / str(count), 9, count)
    one, two = (rows(tmp_path / str(count)) for count in (1, 2))
    assert one == two
    assert len(one[0]) > 245
    assert writing.told(tmp_path / "1") == {
        "reports": 245, "more": [9], "long_every": 245, "reader": reader_version(),
        "heads": heads_version(),
    }  # fmt: skip
    with pytest.raises(ValueError, match="fewer than 3 whole regions"):
        writing.add(tmp_path / "1", 81)


def test_reports_that_are_added_have_long_texts_as_often_as_the_others(tmp_path: Path) -> None:
    lengths = {}
    for every in (None, 1):
        folder = tmp_path / str(every)
        writing.write(folder, 240, 1, long_texts=24)
        writing.add(folder, 40, 1, long_every=every)
        reports = [unpack(row[-1]) for row in rows(folder)[-1][-40:] if row[-1]]
        lengths[every] = sum(sum(map(len, each.chapters.values())) > 2000 for each in reports)
    assert 2 <= lengths[None] <= 4
    assert lengths[1] >= 35


def test_what_other_code_kept_of_readings_is_made_anew(tmp_path: Path) -> None:
    writing.write(tmp_path / "root", 50, 2)
    said = rows(tmp_path / "root")
    note = tmp_path / "root" / writing.NOTE
    note.write_text(note.read_text().replace(heads_version(), "other"))
    with closing(sqlite3.connect(tmp_path / "root" / "readings.db")) as db, db:
        db.execute("UPDATE readings SET reader = 'other', head = 'other' WHERE head NOT NULL")
    assert rows(tmp_path / "root") != said
    assert not writing.is_present(tmp_path / "root")
    writing.renew(tmp_path / "root", 2)
    assert rows(tmp_path / "root") == said
    assert writing.is_present(tmp_path / "root")


def test_readings_are_what_the_reader_would_have_given() -> None:
    packed = [row[-1] for row in captures.of_region(0, 110, long_every=40).readings if row[-1]]
    reports = [unpack(each) for each in packed]
    for report in reports:
        if report.figures:
            assert run_checks(report) == (report.findings, report.passes)
            fact, text = report.facts[0], report.chapters["一"]
            assert text[fact.start : fact.end] == fact.quote
    lengths = [sum(map(len, each.chapters.values())) for each in reports if each.chapters]
    assert max(lengths) > 4000
    assert min(lengths) < 200
    assert {each.kind for each in reports} == {"html", "pdf", "doc"}


def test_names_and_codes_of_regions_are_their_own() -> None:
    every = [places.place(number) for number in range(4200)]
    assert len({each.code for each in every}) == len({each.path for each in every}) == 4200
    assert {each.code[:2] for each in every} == {"99"}
    with pytest.raises(ValueError, match="fictional cities"):
        places.place(9000)


def test_a_release_is_what_it_was_made_of(root: Path, wanted: Sums) -> None:
    assert [*checking.release(root, building.country_of(root), wanted)] == []
    assert len(wanted.failing) == 4


@pytest.fixture
def spoilt(root: Path, tmp_path: Path) -> Iterator[tuple[Path, sqlite3.Connection]]:
    """A copy of the release that somebody may write into."""
    folder = tmp_path / "releases" / "current"
    folder.mkdir(parents=True)
    for name in FILES:
        (folder / name).write_bytes((root / "releases" / "current" / name).read_bytes())
    with closing(sqlite3.connect(folder / FILES[0], isolation_level=None)) as db:
        yield tmp_path, db


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE figures SET t3_granted_total = 987654", "987654"),
        ("UPDATE figures SET t3_received_new_total = 5", "sum of t3_received_new_total"),
        ("DELETE FROM _reports WHERE n = 7", "reports: Cell"),
        ("UPDATE _reports SET status = 'needs_ocr' WHERE n = 7", "read: Cell"),
        ("UPDATE _equations SET status = 'uncertain' WHERE status = 'fail'", "not found"),
        ('UPDATE _frame_seen SET "read" = "read" + 1', "frame: Cell"),
    ],
)
def test_what_a_release_says_otherwise_is_told(
    spoilt: tuple[Path, sqlite3.Connection], wanted: Sums, statement: str, said: str
) -> None:
    folder, db = spoilt
    db.execute(statement)
    assert any(said in each for each in checking.release(folder, Country(REPORTS), wanted))


def test_the_memory_of_a_process_is_that_of_all_below_it() -> None:
    code = (
        "import os\n"
        "if os.fork(): os.wait()\n"
        "else: x = b'x' * 60_000_000; print(1, flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "1\n"
        peak = building.Peak()
        peak.look(process.pid)
        assert peak.bytes > 60_000_000
        most, peak.bytes = peak.bytes, 0
        peak.look(process.pid)  # no more than before is not looked at closely
        assert peak.bytes == 0
        process.communicate("\n")
    ended = building.Peak()
    ended.look(process.pid)
    assert (ended.bytes, most < 10**9) == (0, True)


def test_the_table_of_the_national_bench_is_put_into_its_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = tmp_path / "scale.md"
    document.write_text(
        "a\n<!-- bench scale -->\n<!-- end of bench scale -->\nb\n"
        "<!-- what follows -->\n<!-- end of what follows -->\nc\n"
    )
    national.write(document, [national.SIZE.result(947.5, "0.9 KB a report")])
    size = f"{national.REPORTS:,}"
    row = f"| {size} reports: nianbao.db | 948 MB | ≤ 1,024 MB | met | 0.9 KB a report |"
    assert row in document.read_text("utf-8")
    assert "a county" not in document.read_text("utf-8")
    known = {name: rates.Rate(2.0, "x", "guessed") for name in follows.NEEDED}
    monkeypatch.setattr(rates, "MEASURED", known)
    national.write(document, [])
    assert "| the country |" in document.read_text("utf-8")
