"""`reindex`: the ledger made again from the WARC files alone, equal to the one that was lost."""

from __future__ import annotations

import gzip
import os
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from archive.__main__ import main
from archive.entering import run_of
from archive.errors import RecordDamaged, RootBusy, RootRefused, WriteFailed
from archive.importing import import_files
from archive.ledger import TABLES, Ledger
from archive.manifest import current_hash
from archive.manifests import manifest_of
from archive.member import Record
from archive.reindex import reindex
from archive.root import DataRoot
from archive.store import Context, Exchange, Store
from archive.walk import Member, members, records
from tests.portal.render import article_html
from tests.stored import DEMO, ENTRY, LISTING, build, report_of

#: Addresses whose host another shard than the first crawls.
OTHER = "http://127.0.0.2"


def page(year: int, words: str = "") -> bytes:
    return article_html(report_of(year), "trs").encode() + words.encode()


def capture(
    store: Store,
    path: str,
    body: bytes = b"",
    status: int = 200,
    *,
    role: str = "article",
    title: str = "",
    portal: str = "shili",
    request: bytes = b"",
) -> dict[str, Any]:
    url = path if "://" in path else f"http://127.0.0.1/{path}"
    headers = [("ETag", f'"{len(body)}"')] if status == 200 else [("Location", "/b")]
    asked = "POST" if request else "GET"
    exchange = Exchange(asked, url, [], request, status, "", headers, body, tls="verified")
    return store.capture(exchange, Context(portal, role, LISTING, title, "2023-01-20"))


def crawled(root: DataRoot) -> None:
    """Runs of every kind: whole, of shards side by side, killed and continued, an import."""
    store = Store(root, DEMO)
    store.portal("shili", ENTRY)
    capture(store, "l/", b"<a>", role="list")
    for year in (2020, 2021):
        capture(store, f"{year}.html", page(year), title=f"示例市财政局{year}年年度报告")
    for path in ("old.html", "older.html"):
        capture(store, path, status=302, title="示例市财政局2022年年度报告")
    capture(store, "2022.html", page(2022), title="示例市财政局2022年年度报告")
    capture(store, "api", b"{}", role="list", request=b"page=1")
    for detail in ("first", "second"):  # the same key: the second replaces the first
        store.issue("shili", "http://127.0.0.1/x", "http_404", detail)
    store.issue("shili", "http://127.0.0.1/y", "timeout", "半")
    store.outcome("shili", "complete", candidates=3)
    store.finish("complete")
    side_by_side(root)
    store = Store(root, DEMO)
    store.portal("shili", ENTRY)
    capture(store, "2021.html", status=304)
    capture(store, "2022.html", page(2022, "<p>改"), title="另一标题")
    store.close()  # killed
    store = Store(root, DEMO)
    assert store.continued
    capture(store, "2020.html", page(2020), title="")
    capture(store, "api", b"{}", role="list", request=b"page=1")
    store.outcome("shili", "fewer", detail="示例")
    store.finish("fewer")
    document = root.path / "附件.html"
    document.write_bytes(page(2019))
    import_files(root, [document], None)
    document.unlink()


def side_by_side(root: DataRoot) -> None:
    """Two shards at once; the first to begin ends last, and has what the second captured."""
    first, second = (Store(root, DEMO, shard=shard) for shard in ("1/2", "2/2"))
    for store in (first, second):
        store.portal("shili", ENTRY)
    for number in range(3):
        capture(first, f"{number}.html", b"%d" % number)
        capture(second, f"{OTHER}/{2020 + number}.html", page(2020 + number), portal="erli")
    second.outcome("erli", "complete")
    second.finish("complete")
    again = capture(first, f"{OTHER}/2021.html", status=304, portal="erli")
    assert again["revisit_of"]
    capture(first, "moved.html", status=301, title="示例")
    first.outcome("shili", "complete")
    first.finish("complete")


def rows(root: DataRoot, table: str) -> list[dict[str, Any]]:
    connection = sqlite3.connect(root.ledger)
    connection.row_factory = sqlite3.Row
    try:
        found = connection.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall()
        return [dict(row) for row in found]
    finally:
        connection.close()


def ledger_of(root: DataRoot) -> dict[str, Any]:
    """All rows: runs in their order, the others in their order within each run."""
    found: dict[str, Any] = {"runs": rows(root, "runs")}
    for table in TABLES[1:]:
        for row in rows(root, table):
            found.setdefault(f"{table} of {row['run_id']}", []).append(row)
    return found


def lose(root: DataRoot) -> None:
    for path in root.path.glob("ledger.db*"):
        path.unlink()


def command(root: DataRoot, *more: str) -> Result:
    return CliRunner().invoke(main, ["reindex", "--data", str(root.path), *more])


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    return DataRoot(tmp_path / "data")


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """A root with all kinds of runs. Tests work on copies."""
    root = DataRoot(tmp_path_factory.mktemp("archived") / "data")
    crawled(root)
    return root


@pytest.fixture
def full(archived: DataRoot, tmp_path: Path) -> DataRoot:
    shutil.copytree(archived.path, tmp_path / "data")
    return DataRoot(tmp_path / "data")


def biggest(root: DataRoot) -> Path:
    return max(root.warc.glob("*.warc.gz"), key=lambda path: path.stat().st_size)


# -- equal ---------------------------------------------------------------------------------


@pytest.mark.parametrize("lost", [True, False])
def test_the_ledger_is_equal_row_by_row(full: DataRoot, lost: bool) -> None:
    before = ledger_of(full)
    assert [run["status"] for run in before["runs"]] == ["complete"] * 3 + ["fewer", "complete"]
    assert [run["shard"] for run in before["runs"]] == ["", "2/2", "1/2", "", ""]
    if lost:
        lose(full)
    done = reindex(full)
    assert (done.wrong, done.foreign, done.replaced) == ([], [], True)
    assert ledger_of(full) == before
    assert done.counts == {table: len(rows(full, table)) for table in TABLES}
    assert done.files == len(list(full.warc.glob("*.warc.gz"))) == 6
    assert not list(full.path.glob("ledger.db?*"))


def test_the_command_says_the_counts(full: DataRoot) -> None:
    lose(full)
    done = command(full)
    assert done.exit_code == 0, done.output
    expected = ", ".join(f"{len(rows(full, table))} {table}" for table in TABLES)
    assert done.stdout == f"{full.ledger} made again from 6 WARC files: {expected}\n"


def test_a_build_finds_nothing_new_and_another_reader_the_same_hash(full: DataRoot) -> None:
    built = build(full)
    assert built.counts["reports"] > 3
    before = current_hash(full)
    lose(full)
    reindex(full)
    assert not build(full).is_new, "the inputs are the same, in the same order"
    shutil.rmtree(full.releases)
    assert build(full).is_new
    assert current_hash(full) == before


def test_runs_of_one_second_are_in_their_order(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their names begin with the second and then at random."""
    for name in ("ffff", "0000", "8888"):
        monkeypatch.setattr("archive.runs.secrets.token_hex", lambda _, name=name: name)
        store = Store(root, DEMO)
        capture(store, "a.html", name.encode())
        store.finish("complete")
    before = rows(root, "captures")
    reindex(root)
    assert rows(root, "captures") == before
    assert [row["run_id"][-4:] for row in before] == ["ffff", "0000", "8888"]


def test_a_run_that_was_killed_is_mended_and_can_be_continued(root: DataRoot) -> None:
    store = Store(root, DEMO)
    capture(store, "a.html", page(2020))
    kept = store.ledger.rows("SELECT * FROM captures")
    before = [dict(row) for row in kept]
    capture(store, "b.html", os.urandom(5000))
    store.close()
    (path,) = root.warc.glob("*.open")
    with path.open("r+b") as handle:
        handle.truncate(path.stat().st_size - 10)
    lose(root)
    assert command(root).exit_code == 0
    assert rows(root, "captures") == before
    assert not list(root.warc.glob("*.open"))
    again = Store(root, DEMO)
    assert again.continued
    assert again.run_id == store.run_id
    again.close()


# -- damaged -------------------------------------------------------------------------------


def flip(root: DataRoot) -> tuple[Path, dict[str, Any]]:
    """Flip a byte within the record of a report; the file and the capture's row."""
    path = biggest(root)
    row = next(
        row
        for row in rows(root, "captures")
        if row["warc_file"] == path.name and row["url"].endswith("/2021.html")
    )
    data = bytearray(path.read_bytes())
    data[row["warc_offset"] + row["warc_length"] // 2] ^= 0xFF
    path.write_bytes(data)
    return path, row


def test_a_damaged_file_is_named_and_the_old_ledger_stays(full: DataRoot) -> None:
    before = ledger_of(full)
    path, lost = flip(full)
    done = command(full)
    assert done.exit_code == 3
    at = f"{lost['warc_length']} bytes from byte {lost['warc_offset']} on cannot be read"
    assert f"{path}: {at}" in done.stdout
    assert f"{path} is not what its manifest says" in done.stdout
    assert "stays as it is" in done.stdout
    assert ledger_of(full) == before
    assert not list(full.path.glob("ledger.db.new*"))


def test_by_force_all_that_can_be_read_is_entered(full: DataRoot) -> None:
    before = {row["record_id"] for row in rows(full, "captures")}
    _, lost = flip(full)
    done = command(full, "--force")
    assert done.exit_code == 3
    assert "made again" in done.stdout
    after = {row["record_id"] for row in rows(full, "captures")}
    gone = before - after
    assert lost["record_id"] in gone
    holders = {row["record_id"] for row in rows(full, "captures")}
    assert all(row["revisit_of"] in {None, *holders} for row in rows(full, "captures"))
    # Besides the record itself only answers of "unchanged" that refer to it.
    assert len(gone) <= 2
    assert Ledger(full.ledger).unfinished_run() is None


def cut(path: Path) -> None:
    """End a closed file between two records: no checksum of a record notices."""
    with path.open("r+b") as handle:
        handle.truncate(last_member(path))


def last_member(path: Path) -> int:
    from archive.warc import read_records

    return [record.offset for record in read_records(path)][-1]


def take(path: Path) -> None:
    path.unlink()


def take_all(path: Path) -> None:
    path.unlink()
    manifest_of(path).unlink()


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (cut, "is not what its manifest says"),
        (take, "is missing, and its manifest is there"),
        (take_all, "rows of captures that no WARC file has"),
    ],
)
def test_what_is_missing_is_noticed(full: DataRoot, harm: Any, said: str) -> None:
    before = ledger_of(full)
    harm(biggest(full))
    done = reindex(full)
    assert not done.replaced
    assert [line for line in done.wrong if said in line]
    assert ledger_of(full) == before


def test_a_closed_file_that_is_torn_is_damaged_though_nothing_else_tells(full: DataRoot) -> None:
    path = biggest(full)
    with path.open("r+b") as handle:
        handle.truncate(path.stat().st_size - 1)
    manifest_of(path).unlink()
    lose(full)
    assert [line for line in reindex(full).wrong if "from byte" in line and path.name in line]


def test_without_an_old_ledger_the_best_there_is_takes_its_place(full: DataRoot) -> None:
    flip(full)
    lose(full)
    done = command(full)
    assert done.exit_code == 3
    assert "made again" in done.stdout
    assert len(rows(full, "runs")) == 5


def test_files_of_other_programs_are_left_alone_and_said(full: DataRoot) -> None:
    before = ledger_of(full)
    shutil.copy(biggest(full), full.warc / "copy of it.warc.gz")
    (full.warc / "other.warc").write_bytes(b"WARC/1.0\r\n")
    done = command(full)
    assert done.exit_code == 0
    said = [line.rpartition("/")[2] for line in done.stdout.splitlines() if "left alone" in line]
    assert said == ["copy of it.warc.gz", "other.warc"]
    assert ledger_of(full) == before


# -- in the old one's place ----------------------------------------------------------------


def leave_a_log(root: DataRoot) -> None:
    """Leave the ledger as a killed process does: a row stands in `ledger.db-wal` alone."""
    kept = root.path / "kept"
    kept.mkdir()
    ledger = Ledger(root.ledger)
    ledger.put("portals", {"run_id": "x", "portal": "y", "entry": "{}"})
    for path in root.path.glob("ledger.db*"):
        shutil.copy(path, kept)
    ledger.close()
    for path in kept.iterdir():
        path.replace(root.path / path.name)
    kept.rmdir()
    assert (root.path / "ledger.db-wal").stat().st_size > 0


@pytest.mark.parametrize("old", ["sound", "damaged", "gone"])
def test_what_the_old_ledger_left_in_its_log_is_not_taken_for_the_new_ones(
    full: DataRoot, old: str
) -> None:
    """SQLite would write it into the new file."""
    before = ledger_of(full)
    leave_a_log(full)
    if old == "damaged":
        full.ledger.write_bytes(b"no database at all" * 1000)
    elif old == "gone":
        full.ledger.unlink()
    done = reindex(full, force=True)
    assert done.replaced
    assert bool(done.wrong) == (old == "sound"), "a row that no WARC file has is told"
    assert not list(full.path.glob("ledger.db?*"))
    assert ledger_of(full) == before


class Killed(BaseException):
    """The process ends here."""


def test_killed_at_the_last_moment_it_leaves_the_old_ledger_whole(
    full: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(full, "portals")
    leave_a_log(full)

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", killed)
        with pytest.raises(Killed):
            reindex(full, force=True)
    assert len(rows(full, "portals")) == len(before) + 1


def test_who_reads_the_old_ledger_is_waited_for(
    full: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.replacing._PATIENCE", 0)
    reader = sqlite3.connect(full.ledger, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM runs").fetchone()
    ledger = Ledger(full.ledger)
    ledger.put("plain", {"sha256": b"", "finder": ""})
    with pytest.raises(RootBusy, match="somebody reads"):
        reindex(full)
    reader.close()
    ledger.close()
    assert reindex(full).replaced


def test_a_disk_that_takes_no_ledger_leaves_the_old_one(
    full: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ledger_of(full)

    def fill(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("archive.reindex._finish", fill)
    with pytest.raises(WriteFailed, match=r"disk is full.*old ledger stays"):
        reindex(full)
    assert ledger_of(full) == before
    assert not list(full.path.glob("ledger.db?*"))


@pytest.mark.parametrize("what", ["crawl", "build"])
def test_it_waits_for_nobody_and_disturbs_nobody(full: DataRoot, what: str) -> None:
    with full.lock(what), pytest.raises(RootBusy, match=what):
        reindex(full)
    done = command(DataRoot(full.path / "none"))
    assert done.exit_code == 1
    assert "is no data root yet" in done.stderr
    with pytest.raises(RootRefused):
        reindex(DataRoot(full.path / "none"))


def test_progress_is_told(full: DataRoot) -> None:
    told: list[tuple[int, int, int]] = []
    done = reindex(full, progress=lambda *said: told.append(said))
    assert [(files, of) for files, of, _ in told] == [(n, 6) for n in range(7)]
    assert told[-1][2] >= sum(done.counts.values())


# -- a run that no record tells of ---------------------------------------------------------


def forget_the_run(path: Path) -> str:
    """Damage each record of a file that tells of its run; the run."""
    data = bytearray(path.read_bytes())
    with path.open("rb") as handle:
        for record in records(handle, path.name):
            assert isinstance(record, Record)
            if record.kind == "metadata" and b'"table":"runs"' in record.body:
                data[record.offset + record.length // 2] ^= 0xFF
    path.write_bytes(data)
    run = run_of(path.name)
    assert run
    return run


@pytest.mark.parametrize("lost", [True, False])
def test_a_run_of_which_no_record_is_left_does_not_stop_the_archive(
    full: DataRoot, lost: bool
) -> None:
    path = biggest(full)
    run = forget_the_run(path)
    before = {row["run_id"]: row for row in rows(full, "runs")}
    if lost:
        lose(full)
        with pytest.raises(RecordDamaged, match="reindex --force"):
            Store(full, DEMO)
        lose(full)
    done = command(full, "--force")
    assert done.exit_code == 3
    assert f"no record tells of run {run}" in done.stdout
    after = {row["run_id"]: row for row in rows(full, "runs")}
    assert after.keys() == before.keys()
    made, was = after[run], before[run]
    assert made["status"] == "stopped"
    assert was["started_at"] <= made["started_at"] <= made["finished_at"] <= was["finished_at"]
    same = ("kind", "registry", "shard")
    assert [made[name] for name in same] == [was[name] for name in same]
    build(full)
    store = Store(full, DEMO)
    assert not store.continued
    store.finish("complete")


def test_recovery_enters_it_too_where_all_else_can_be_read(full: DataRoot) -> None:
    path = biggest(full)
    run = forget_the_run(path)
    with path.open("rb") as handle:
        found = list(members(handle, path.name))
    whole = [each for each in found if isinstance(each, Member)]
    assert len(whole) < len(found)
    path.write_bytes(b"".join(gzip.compress(each.data) for each in whole))
    lose(full)
    Store(full, DEMO).finish("complete")
    (row,) = (row for row in rows(full, "runs") if row["run_id"] == run)
    assert row["status"] == "stopped"


def test_a_run_that_a_crash_cut_off_as_it_began_is_none(root: DataRoot) -> None:
    Store(root, DEMO).close()
    (path,) = root.warc.glob("*.open")
    with path.open("r+b") as handle:
        handle.truncate(path.stat().st_size - 1)
    lose(root)
    assert reindex(root).wrong == []
    assert rows(root, "runs") == []
