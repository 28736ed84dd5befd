"""`archive delete`: a record's bytes are gone, nothing else changed, and everything knows it."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from archive.deletion.deleting import Decision, delete, resume
from archive.deletion.elsewhere import holding
from archive.deletion.log import FILE, entries
from archive.errors import RecordDamaged, RootBusy, RootRefused, SelectionRefused
from archive.keeping.backup import backup
from archive.keeping.restore import restore
from archive.problems import problems
from archive.reindex import reindex
from archive.replay.cdxj import write_index
from archive.replay.wacz import export_portal
from archive.root import DataRoot
from archive.store import Context, Exchange, Store
from archive.warc import read_records
from tests.damage import copy, flip, settle, sign, sql
from tests.deletions import (
    ASKED,
    BY_COURT,
    DECIDED,
    QUERY,
    TWIN,
    WORDS,
    all_rows,
    body_of,
    cli,
    digest_of,
    got,
    make,
    members,
    noted,
    rows,
    wrong,
)
from tests.served import asking
from tests.stored import DEMO, Got, Run, build, db, keep


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    return make(tmp_path_factory.mktemp("deletion") / "root")


@pytest.fixture
def root(made: DataRoot, tmp_path: Path) -> DataRoot:
    return copy(made, tmp_path / "root")


@pytest.fixture(scope="module")
def gone(made: DataRoot, tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """The root after a deletion by the digest of the decoded body; tests only read it."""
    root = copy(made, tmp_path_factory.mktemp("gone") / "root")
    delete(root, BY_COURT, digests=[digest_of(root, "sha256")])
    return root


# -- what is gone, and what stays ---------------------------------------------------------


def test_all_captures_of_a_body_go_and_no_other_byte_changes(
    made: DataRoot, gone: DataRoot
) -> None:
    before, after = members(made), members(gone)
    assert before.keys() == after.keys()
    (told,) = entries(gone.path)
    places = {(file.file, each.offset) for file in told.files for each in file.members}
    assert {place for place in before if before[place] != after[place]} == places
    assert [len(before[place]) for place in places] == [len(after[place]) for place in places]
    asked = rows(made, f"url = '{ASKED}'")
    assert [row["revisit_of"] is None for row in asked].count(True) == 1
    assert len(asked) == 4
    assert {capture.record_id for capture in told.captures} == {row["record_id"] for row in asked}
    # one of metadata, four requests, a response, three revisits, in two files
    assert (len(places), len({name for name, _ in places})) == (9, 2)
    assert rows(gone) == rows(made, f"url <> '{ASKED}'")


def test_tombstones_say_what_happened(made: DataRoot, gone: DataRoot) -> None:
    stones = [
        record
        for path in gone.warc.glob("*.warc.gz")
        for record in read_records(path)
        if record.url == "urn:nianbao:deleted"
    ]
    ids = {member.record_id for file in entries(gone.path)[0].files for member in file.members}
    assert {stone.refers_to for stone in stones if stone.refers_to} <= ids
    (of_body,) = [each for each in stones if each.refers_to == digest_of(made, "record_id")]
    said = json.loads(of_body.body)
    assert (said["deleted"], said["kind"]) == (of_body.refers_to, "response")
    assert (said["reason"], said["decided_by"], said["deletion"]) == ("court", "示例市法院", 1)
    assert of_body.date == said["at"] == entries(gone.path)[0].at
    assert not ids & {stone.record_id for stone in stones}


def test_others_read_the_files_from_end_to_end(made: DataRoot, gone: DataRoot) -> None:
    for path in gone.warc.glob("*.warc.gz"):
        count = len(list(read_records(made.warc / path.name)))
        with path.open("rb") as file:
            slow = [
                (record.rec_headers.get_header("WARC-Record-ID"), record.content_stream().read())
                for record in ArchiveIterator(file, check_digests="raise")
            ]
        with path.open("rb") as file:
            fast = {record.record_id for record in FastIterator(file)}
        with path.open("rb") as file:  # this leaves out records without a digest
            proven = {record.record_id for record in FastIterator(file, verify_digests=True)}
        assert fast == {record_id for record_id, _ in slow}
        assert fast - proven <= {each for each, body in slow if body == b" " * len(body)}
        assert len(slow) == len(fast) == count
        assert gzip.decompress(path.read_bytes())
        assert not any(WORDS.encode() in body for _, body in slow)


def test_nothing_of_it_is_left_but_in_the_releases_that_are_named(
    made: DataRoot, tmp_path: Path
) -> None:
    root = copy(made, tmp_path / "root")
    with sqlite3.connect(root.readings) as readings:
        sha256 = digest_of(root, "sha256")
        ((report,),) = readings.execute("SELECT report FROM readings WHERE sha256 = ?", (sha256,))
    readings.close()
    traces = [WORDS.encode(), QUERY.encode(), report[200:300], sha256.encode()]
    traces += [before[60:120] for before in _deleted_members(root)]
    assert all(_holding(root, trace) for trace in traces[1:])
    for path, table in ((root.ledger, "captures"), (root.readings, "readings")):
        # What SQLite has moved leaves copies in free pages, where it does not wipe them.
        copied = f"CREATE TABLE scrap AS SELECT * FROM {table}"
        sql(path, "PRAGMA secure_delete = OFF", copied, "DROP TABLE scrap")
        sql(path, "PRAGMA journal_mode = WAL")
    left_over = root.releases / f"{root.current.resolve().name[:-8]}00000000.partial"
    left_over.mkdir()  # by a build that was killed, as the other one by a reindex
    root.derived.mkdir(exist_ok=True)  # what a large archive's builds keep for the next one
    for path in (
        left_over / "text.db", root.path / "ledger.db.new", root.derived / "shingles.db"
    ):  # fmt: skip
        path.write_text(WORDS)
    old = root.current.resolve().name
    delete(root, BY_COURT, digests=[sha256])
    build(root)
    ids = {capture.record_id for capture in entries(root.path)[0].captures}
    assert [each.name for each in holding(root, ids)] == [old]
    assert not list(root.derived.iterdir())
    shutil.rmtree(root.releases / old)
    assert not holding(root, ids)
    left = {trace: _holding(root, trace) for trace in traces}
    # The digest stays where it tells of the deletion, the address where ids are kept for ever.
    current = f"releases/{root.current.resolve().name}/nianbao.db"
    assert left.pop(sha256.encode()) == {FILE, "ids.jsonl", current}
    assert left.pop(QUERY.encode()) == {"ids.jsonl"}
    assert not any(left.values())
    assert not wrong(root)


def _deleted_members(root: DataRoot) -> list[bytes]:
    records = {row["record_id"] for row in rows(root, f"url = '{ASKED}'")}
    places = {(row["warc_file"], row["warc_offset"]) for row in rows(root, f"url = '{ASKED}'")}
    assert records
    return [data for place, data in members(root).items() if place in places]


def _holding(root: DataRoot, trace: bytes) -> set[str]:
    """Files with these bytes, packed or not."""
    found = set()
    for path in root.path.rglob("*"):
        if path.is_file() and not path.is_symlink() and "current" not in path.parts:
            data = path.read_bytes()
            packed = gzip.decompress(data) if path.name.endswith(".warc.gz") else b""
            if trace in data or trace in packed:
                found.add(str(path.relative_to(root.path)))
    return found


@pytest.mark.parametrize("column", ["sha256", "payload"])
def test_a_body_is_found_by_either_digest(root: DataRoot, column: str) -> None:
    digest = digest_of(root, column)
    made = delete(root, BY_COURT, digests=[digest])
    assert made.chosen
    assert len(made.chosen.captures) == 4
    again = delete(root, BY_COURT, digests=[digest])
    assert again.deletion is None
    assert len(entries(root.path)) == 1


def test_an_answer_of_unchanged_goes_alone(root: DataRoot) -> None:
    row = rows(root, f"url = '{ASKED}' AND status = 304")[0]
    made = delete(root, BY_COURT, [row["record_id"]])
    assert made.chosen
    assert made.chosen.confirmed == (row["revisit_of"],)
    assert made.chosen.same_body == 3
    assert not wrong(root)
    build(root)
    assert db(root, "SELECT sha256, report_id, is_report FROM withheld") == [(None, None, 0)]
    assert len(db(root, "SELECT 1 FROM reports")) == 2


def test_of_two_pages_with_the_same_bytes_one_may_go_and_the_other_stay(root: DataRoot) -> None:
    keep(root, Run([Got(TWIN, body_of(), "示例市财政局2022年年度报告")]))
    made = delete(
        root, Decision("mistake", "档案", "twice"), [rows(root, f"url = '{TWIN}'")[0]["record_id"]]
    )
    assert made.chosen
    assert made.chosen.same_body == 4
    build(root)
    assert db(root, f"SELECT url FROM sources WHERE url = '{TWIN}'") == []
    assert db(root, f"SELECT url FROM sources WHERE url = '{ASKED}'") == [(ASKED,)]
    with sqlite3.connect(root.readings) as readings:
        sql_ = "SELECT count(*) FROM readings WHERE sha256 = ?"
        assert readings.execute(sql_, (digest_of(root, "sha256"),)).fetchone() == (1,)
    readings.close()


def test_the_request_can_stay(root: DataRoot) -> None:
    made = delete(root, BY_COURT, digests=[digest_of(root, "sha256")], with_request=False)
    assert made.deletion
    kinds = [member.kind for file in made.deletion.files for member in file.members]
    assert sorted(kinds) == ["response", "revisit", "revisit", "revisit"]
    assert not wrong(root)
    before = all_rows(root)
    assert not reindex(root).wrong
    assert all_rows(root) == before


def test_the_smallest_records_have_room_for_a_tombstone(tmp_path: Path) -> None:
    root = DataRoot(tmp_path / "root")
    store = Store(root, DEMO)
    for number in range(3):
        exchange = Exchange("GET", f"http://a/{number}", [], b"", 200, "", [], b"")
        store.capture(exchange, Context("x", "list"))
    store.finish("complete")
    settle(root)
    made = delete(root, BY_COURT, [row["record_id"] for row in rows(root)])
    assert made.deletion
    lengths = [each.length for file in made.deletion.files for each in file.members]
    assert (len(lengths), rows(root), wrong(root)) == (9, [], set())
    assert min(lengths) < 270


# -- what is made from it -----------------------------------------------------------------


def test_the_ledger_made_again_is_the_same(gone: DataRoot, tmp_path: Path) -> None:
    root = copy(gone, tmp_path / "root")
    before = all_rows(root)
    assert not reindex(root).wrong
    assert all_rows(root) == before
    assert not wrong(root)


def test_a_backup_takes_the_changed_file_over_and_gives_it_back(
    root: DataRoot, tmp_path: Path
) -> None:
    to = tmp_path / "to"
    to.mkdir()
    assert not backup(root, to).wrong
    delete(root, BY_COURT, digests=[digest_of(root, "sha256")])
    build(root)
    done = backup(root, to, verify=True)
    assert not done.wrong
    assert backup(root, to, verify=True).copied == 0
    assert not any(WORDS.encode() in gzip.decompress(p.read_bytes()) for p in to.glob("warc/*.gz"))
    back = DataRoot(tmp_path / "back")
    assert not restore(back, to).wrong
    assert (all_rows(back), members(back)) == (all_rows(root), members(root))
    assert (back.path / FILE).read_bytes() == (root.path / FILE).read_bytes()
    assert not wrong(back)


def test_a_file_that_changed_without_a_deletion_never_replaces_the_backup_s(
    root: DataRoot, tmp_path: Path
) -> None:
    to = tmp_path / "to"
    to.mkdir()
    backup(root, to)
    delete(root, BY_COURT, digests=[digest_of(root, "sha256")])
    (path, *_) = [root.warc / file.file for file in entries(root.path)[0].files]
    kept = (to / "warc" / path.name).read_bytes()
    flip(path, 20)
    sign(path)
    assert any("holds other bytes" in line for line in backup(root, to).wrong)
    assert (to / "warc" / path.name).read_bytes() == kept


def test_indexes_and_exports_leave_it_out(made: DataRoot, gone: DataRoot, tmp_path: Path) -> None:
    lines = {}
    for root in (made, gone):
        out = io.BytesIO()
        counts = write_index(root, out)
        assert not counts.damaged
        lines[root] = out.getvalue()
    assert QUERY.encode() in lines[made]
    assert lines[gone] == b"".join(
        line for line in lines[made].splitlines(keepends=True) if QUERY.encode() not in line
    )
    with pytest.raises(SelectionRefused, match="deleted"):  # the release before still names it
        export_portal(gone, "shili", 2022, tmp_path / "a.wacz")
    assert export_portal(gone, "shili", 2021, tmp_path / "b.wacz").captures


def test_the_site_says_deleted_before_the_next_build(gone: DataRoot) -> None:
    (version,) = db(gone, f"SELECT version_id FROM sources WHERE url = '{ASKED}'")[0]
    get = asking(gone.path)
    for path in ("", "/yuanjian", "/yuanjian?xiazai=1"):
        answer = get(f"/cundang/{version}/1{path}")
        assert answer.status_code == 410
        assert "依决定从存档中删除" in answer.text


def test_a_release_has_its_tombstone_and_what_comes_again_is_not_shown(root: DataRoot) -> None:
    sha256, record = digest_of(root, "sha256"), digest_of(root, "record_id")
    delete(root, BY_COURT, digests=[sha256])
    assert any("deleted_published" in line for line in noted(root))
    for _ in range(2):
        build(root)
        assert [line.split()[0] for line in noted(root)] == ["deleted"]
        assert db(root, "SELECT what, reason, report_id, sha256, record_id FROM withheld") == [
            ("deleted", "court", "990100-finance-2022", sha256, record)
        ]
        assert len(db(root, "SELECT 1 FROM reports")) == 1
        # The site still has the page: it is stored anew, and not shown.
        store = Store(root, DEMO)
        got(store, ASKED, body_of())
        store.finish("complete")
        assert {row["sha256"] for row in rows(root, f"url = '{ASKED}'")} == {sha256}
        settle(root)
    delete(root, BY_COURT, digests=[sha256])
    assert [each.number for each in entries(root.path)] == [1, 2]
    assert not wrong(root)


def test_the_entry_that_the_command_prints_is_not_called_idle(root: DataRoot) -> None:
    sha256 = digest_of(root, "sha256")
    delete(root, BY_COURT, digests=[sha256])
    folder = root.path / "curation"
    folder.mkdir()
    told = []
    for digest in (sha256, "0" * 64):
        entry = f'sha256 = "{digest}"\nreason = "court"\ndate = 2026-11-22\ndecided_by = "站长"\n'
        (folder / "withheld.toml").write_text(f"[[capture]]\n{entry}", "utf-8")
        build(root)
        told.append("it withholds nothing" in "\n".join(problems(root)))
    assert told == [False, True]


# -- what is refused ----------------------------------------------------------------------


def test_nothing_is_deleted_beside_a_crawl_or_a_build(root: DataRoot) -> None:
    for what in ("crawl", "build"):
        with root.lock(what), pytest.raises(RootBusy):
            delete(root, BY_COURT, digests=[digest_of(root, "sha256")])
    assert not (root.path / FILE).exists()


def test_what_is_unknown_or_damaged_is_refused_before_a_byte_is_written(root: DataRoot) -> None:
    before, sha256 = members(root), digest_of(root, "sha256")
    with pytest.raises(SelectionRefused, match="no capture"):
        delete(root, BY_COURT, ["<urn:uuid:00000000-0000-0000-0000-000000000000>"])
    with pytest.raises(SelectionRefused, match="SHA-256"):
        delete(root, BY_COURT, digests=[sha256, "0" * 64])
    path = root.warc / rows(root, f"url = '{ASKED}'")[-1]["warc_file"]
    flip(path, 6)
    with pytest.raises(RecordDamaged, match="not the one of its manifest"):
        delete(root, BY_COURT, digests=[sha256])
    flip(path, 6)
    assert (members(root), (root.path / FILE).exists()) == (before, False)


def test_a_dry_run_writes_nothing(root: DataRoot) -> None:
    before = {p: p.read_bytes() for p in root.path.rglob("*") if _is_kept(p)}
    made = cli(root, "--sha256", digest_of(root, "sha256"), *DECIDED, "--dry-run")
    assert (made.exit_code, made.output.split()[:2]) == (0, ["would", "delete"])
    assert {p: p.read_bytes() for p in root.path.rglob("*") if _is_kept(p)} == before


def _is_kept(path: Path) -> bool:
    return path.is_file() and not path.name.endswith((".lock", "-wal", "-shm"))


def test_the_command_says_what_it_did_and_what_is_left(root: DataRoot) -> None:
    sha256, record = digest_of(root, "sha256"), digest_of(root, "record_id")
    made = cli(root, "--record", record, *DECIDED)
    assert made.exit_code == 0, made.output
    first, *lines = made.output.splitlines()
    assert first == "deletion 1: deleted 1 metadata, 4 request, 1 response, 3 revisit in 2 files"
    assert any(record in line and "990100-finance-2022" in line for line in lines)
    assert any(f"release {root.current.resolve().name} (current)" in line for line in lines)
    assert {"[[capture]]", f'sha256 = "{sha256}"', 'reason = "court"'} <= set(lines)
    again = cli(root, "--record", record, *DECIDED)
    assert (again.exit_code, again.output.startswith("all of it was deleted before")) == (0, True)
    assert cli(root).output == "nothing was left to be done\n"


@pytest.mark.parametrize(
    "options",
    [
        ("--sha256", "0" * 64),
        ("--sha256", "0" * 64, "--reason-class", "spite", *DECIDED[2:]),
        ("--sha256", "0" * 64, *DECIDED[:3], "two\nlines", *DECIDED[4:]),
        ("--sha256", "0" * 64, *DECIDED[:5], "\u202e"),
    ],
    ids=["no decision", "no such class", "two lines", "a control character"],
)
def test_a_decision_names_itself(root: DataRoot, options: tuple[str, ...]) -> None:
    assert cli(root, *options).exit_code == 2


# -- what fsck finds ----------------------------------------------------------------------


def test_fsck_notes_a_deletion_and_finds_nothing_wrong(gone: DataRoot) -> None:
    assert wrong(gone) == set()
    (line, published) = noted(gone)
    day = entries(gone.path)[0].date
    what = f"4 captures deleted on {day} by decision of 示例市法院 (court)"
    assert line == f"deleted {FILE} deletion 1: {what}; nothing to do"
    assert published.startswith("deleted_published")


def _other_byte(root: DataRoot) -> None:
    path = root.warc / entries(root.path)[0].files[0].file
    flip(path, 6)  # of a gzip header: no record knows
    sign(path)


def _no_log(root: DataRoot) -> None:
    (root.path / FILE).unlink()


def _cut_log(root: DataRoot) -> None:
    path = root.path / FILE
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])


def _broken_log(root: DataRoot) -> None:
    path = root.path / FILE
    path.write_bytes(path.read_bytes().replace(b'"court"', b'"spite"'))


@pytest.mark.parametrize(
    ("damage", "kinds"),
    [
        (_other_byte, {"file_changed"}),
        (_no_log, {"deletion_unlogged", "source_lost"}),
        (_cut_log, {"deletion_unfinished", "source_lost"}),
        (_broken_log, {"deletions_wrong", "deletion_unlogged", "source_lost"}),
    ],
)
def test_fsck_finds_what_no_deletion_did(
    gone: DataRoot, tmp_path: Path, damage: Any, kinds: set[str]
) -> None:
    root = copy(gone, tmp_path / "root")
    damage(root)
    assert wrong(root) == kinds


@pytest.mark.parametrize("again", [True, False])
def test_a_file_of_an_old_backup_is_found_and_deleted_again(
    made: DataRoot, gone: DataRoot, tmp_path: Path, again: bool
) -> None:
    root = copy(gone, tmp_path / "root")
    (changed,) = [
        file
        for file in entries(root.path)[0].files
        if any(member.kind == "response" for member in file.members)
    ]
    for name in (changed.file, f"{changed.file}.sha256"):
        shutil.copy(made.warc / name, root.warc / name)
    assert wrong(root) == {"deletion_undone", "file_changed", "record_unknown"}
    if again:  # the ledger knows it again, too
        reindex(root, force=True)
    assert [each.number for each in resume(root)] == [1]
    assert (members(root), all_rows(root)) == (members(gone), all_rows(gone))
    assert wrong(root) == set()
    assert resume(root) == []


def test_while_a_deletion_has_not_ended_nothing_else_begins(gone: DataRoot, tmp_path: Path) -> None:
    root = copy(gone, tmp_path / "root")
    _cut_log(root)
    (to := tmp_path / "to").mkdir()
    begun: Iterator[Any] = iter(
        (
            lambda: backup(root, to),
            lambda: build(root),
            lambda: reindex(root),
            lambda: root.lock("crawl", "1/2").__enter__(),
        )
    )
    for begin in begun:
        with pytest.raises(RootRefused, match=r"deletion 1 .* has not ended"):
            begin()
    assert [each.number for each in resume(root)] == [1]
    assert wrong(root) == set()
