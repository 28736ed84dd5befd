"""`archive fsck`: whatever is changed, cut, lost or swapped is found and named, and no more."""

from __future__ import annotations

import json
import random
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.__main__ import main
from archive.fsck import NOTED, WRONG, check, fsck, places
from archive.fsck.release import examine_release
from archive.fsck.rows import Source
from archive.records import sha1
from archive.release.sums import UNLISTED, differences, write_sums
from archive.root import DataRoot
from archive.store import Context, Exchange, Store
from archive.warc import read_records
from tests.damage import (
    copy,
    flip,
    found,
    manifest,
    members,
    remade,
    sign,
    small_archive,
    sql,
    warcs,
    wrong,
)
from tests.stored import DEMO, LISTING, SITE, db

DOCS = Path(__file__).resolve().parent.parent / "docs"
#: Bytes of a gzip header that say nothing of what follows: flags that nobody heeds, time, system.
_IDLE = range(3, 10)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    return small_archive(tmp_path_factory.mktemp("sound") / "root")


@pytest.fixture
def root(sound: DataRoot, tmp_path: Path) -> DataRoot:
    return copy(sound, tmp_path / "root")


@pytest.fixture
def bare(root: DataRoot) -> DataRoot:
    """Without a release, which takes most of the time."""
    shutil.rmtree(root.releases)
    (root.path / "ids.jsonl").unlink()  # as if it had never been built
    return root


def run(root: DataRoot, *options: str) -> Result:
    return CliRunner().invoke(main, ["fsck", "--data", str(root.path), *options])


def state(root: DataRoot) -> dict[str, tuple[int, int]]:
    """Every file with size and time, but for what SQLite keeps beside a database that it reads."""
    return {
        str(path.relative_to(root.path)): (path.lstat().st_size, path.lstat().st_mtime_ns)
        for path in root.path.rglob("*")
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }


# -- what it says -------------------------------------------------------------------------


def test_a_sound_archive_has_nothing_wrong_and_is_not_touched(root: DataRoot) -> None:
    before = state(root)
    result = run(root)
    assert result.exit_code == 0, result.stdout
    lines = result.stdout.splitlines()
    assert not [line for line in lines if line.split(" ")[0] in WRONG]
    assert re.fullmatch(
        r"4 files, 44 records, 11 captures, 4 versions, 0\.000 GB: nothing wrong", lines[-1]
    )
    assert state(root) == before


def test_what_is_wrong_is_a_line_each_with_status_3(root: DataRoot) -> None:
    path = warcs(root)[0]
    flip(path, len(members(path)[0]) + 40)
    result = run(root)
    assert result.exit_code == 3
    lines = result.stdout.splitlines()
    assert any(re.fullmatch(rf"file_changed warc/{path.name}: .*; restore .*", e) for e in lines)
    assert any(re.match(rf"record_damaged warc/{path.name} byte \d+: ", line) for line in lines)
    said = re.search(r"(\d+) wrong$", lines[-1])
    assert said is not None
    assert int(said[1]) == sum(line.split(" ")[0] in WRONG for line in lines)


def test_no_root_is_an_error_in_one_line(tmp_path: Path) -> None:
    result = run(DataRoot(tmp_path / "nowhere"))
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "is no data root yet" in result.stderr
    assert not (tmp_path / "nowhere").exists()


def test_many_lines_of_one_kind_are_counted_unless_all_are_asked_for(bare: DataRoot) -> None:
    with sqlite3.connect(bare.ledger) as ledger:
        (run_id,) = ledger.execute("SELECT min(run_id) FROM runs").fetchone()
        rows = [(run_id, str(n)) for n in range(30)]
        ledger.executemany("INSERT INTO issues VALUES (?, 'x', ?, 'dns', '', '')", rows)
    ledger.close()
    short, whole = run(bare).stdout.splitlines(), run(bare, "--all").stdout.splitlines()
    assert sum("no record keeps the row" in line for line in short) == 20
    assert any("10 more of this kind" in line for line in short)
    assert sum("no record keeps the row" in line for line in whole) == 30
    assert short[-1] == whole[-1]


def test_every_kind_is_explained() -> None:
    text = (DOCS / "fsck.md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z_]+)` \|.*\| (act|ignore)[^|]*\|$", text, re.M)
    assert [kind for kind, _ in rows] == [*WRONG, *NOTED]
    assert {kind for kind, do in rows if do == "ignore"} <= set(NOTED)


# -- bytes of the files -------------------------------------------------------------------


def positions(paths: list[Path], number: int) -> Iterator[tuple[Path, int]]:
    """Bytes at random, each file as often as its size wants it, and each at least once."""
    dice = random.Random(5)
    sizes = [path.stat().st_size for path in paths]
    for path in [*paths, *dice.choices(paths, sizes, k=number - len(paths))]:
        yield path, dice.randrange(path.stat().st_size)


def test_a_flipped_byte_anywhere_is_found(bare: DataRoot) -> None:
    paths = [*warcs(bare), *map(manifest, warcs(bare))]
    for path, position in positions(paths, 28):
        bits = 1 << position % 8
        flip(path, position, bits)
        names = {each.file.removesuffix(".sha256") for each in found(bare) if each.is_wrong}
        assert f"warc/{path.name.removesuffix('.sha256')}" in names, (path.name, position, bits)
        flip(path, position, bits)
    assert not wrong(bare)


def test_a_byte_that_no_checksum_covers_is_found_by_the_manifest(bare: DataRoot) -> None:
    path = warcs(bare)[0]
    for position in _IDLE:
        flip(path, position, 0x01)
        assert "file_changed" in wrong(bare), position
        flip(path, position, 0x01)


def test_a_flip_is_found_though_the_manifest_was_made_to_match(bare: DataRoot) -> None:
    path = warcs(bare)[0]
    whole, idle = path.read_bytes(), set()
    at = 0
    for each in members(path):
        idle |= {at + place for place in _IDLE}
        at += len(each)
    dice = random.Random(6)
    for position in dice.sample(sorted(set(range(len(whole))) - idle), 12):
        flip(path, position)
        sign(path)
        assert wrong(bare) & {"record_damaged", "record_wrong"}, position
        path.write_bytes(whole)


@pytest.mark.parametrize("left", [0, 1, 700, -9, -1])
def test_a_file_that_was_cut_is_found(bare: DataRoot, left: int) -> None:
    path = warcs(bare)[0]
    path.write_bytes(path.read_bytes()[: left or 0])
    assert "file_changed" in wrong(bare)
    sign(path)
    kinds = wrong(bare)
    assert "row_lost" in kinds or "record_unknown" in kinds or left in (-9, -1)
    assert kinds & {"record_damaged", "record_wrong"}


def test_bytes_between_and_behind_members_are_found(bare: DataRoot) -> None:
    path = warcs(bare)[0]
    made = members(path)
    path.write_bytes(b"".join(made) + b"\0")
    sign(path)
    (only,) = [each for each in found(bare) if each.is_wrong]
    assert (only.kind, only.place) == ("record_damaged", f"byte {sum(map(len, made))}")
    path.write_bytes(made[0] + b"\0\0" + b"".join(made[1:]))
    sign(path)
    kinds = [each.kind for each in found(bare) if each.is_wrong]
    assert kinds.count("record_damaged") == 1
    assert "row_wrong" in kinds  # its records do not stand where the ledger says


def test_records_behind_a_damaged_one_are_read(bare: DataRoot) -> None:
    path = warcs(bare)[0]
    made = members(path)
    flip(path, len(made[0]) + 40)
    damaged = [each for each in found(bare) if each.kind == "record_damaged"]
    assert [each.place for each in damaged] == [f"byte {len(made[0])}"]
    assert f"the next one begins at byte {len(made[0]) + len(made[1])}" in damaged[0].what


def test_what_a_damaged_record_held_is_named(root: DataRoot) -> None:
    """The page itself, the answers of "unchanged" that refer to it, and its version."""
    ((name, offset, url),) = db(
        root, "SELECT warc_file, warc_offset, url FROM sources WHERE url LIKE '%/a/2022.html'"
    )
    flip(root.warc / name, offset + 300)
    told = [each for each in found(root) if each.is_wrong]
    assert {each.kind for each in told} == {
        "file_changed", "record_damaged", "row_lost", "source_lost", "holder_lost",
    }  # fmt: skip
    (row,) = [each for each in told if each.kind == "row_lost"]
    assert url in row.what
    (source,) = [each for each in told if each.kind == "source_lost"]
    assert "990100-finance-2022.v1" in source.what
    assert sum(each.kind == "holder_lost" for each in told) == 3


# -- files --------------------------------------------------------------------------------


def test_two_files_that_were_swapped_are_found(bare: DataRoot) -> None:
    one, two = warcs(bare)[:2]
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    assert "file_changed" in wrong(bare)
    sign(one)
    sign(two)
    told = [each.what for each in found(bare) if each.kind == "record_wrong"]
    assert f"the file was written as {two.name}" in told
    assert {"row_wrong", "row_lost"} & wrong(bare)


def test_a_file_that_was_doubled_is_found(bare: DataRoot) -> None:
    path = warcs(bare)[0]
    for name in ("copy.warc.gz", path.name.replace("-00001.", "-00002.")):
        twin = path.with_name(name)
        shutil.copy(path, twin)
        told = {(each.kind, each.file) for each in found(bare)}
        assert {("file_doubled", f"warc/{each.name}") for each in (path, twin)} & told
        twin.unlink()


def altered(record: bytes) -> bytes:
    """A page with another word in it."""
    return record.replace("办理结果".encode(), "办理結果".encode())


def altered_with_digests(record: bytes) -> bytes:
    """The same, its digests made to match."""
    head, _, block = altered(record).partition(b"\r\n\r\n")
    if b"WARC-Type: response" not in head:
        return record
    block = block.removesuffix(b"\r\n\r\n")
    for name, data in (("Block", block), ("Payload", block.partition(b"\r\n\r\n")[2])):
        head = re.sub(rb"(%s-Digest: )[^\r]*" % name.encode(), rb"\1" + sha1(data).encode(), head)
    return b"\r\n\r\n".join((head, block, b""))


def test_a_file_replaced_with_its_manifest_is_found(bare: DataRoot) -> None:
    path = warcs(bare)[0]
    whole = path.read_bytes()
    remade(path, altered)
    told = {each.what.partition(": ")[2] for each in found(bare) if each.kind == "record_wrong"}
    assert any(what.startswith(("its block", "its payload")) for what in told)
    path.write_bytes(whole)
    remade(path, altered_with_digests)
    told = {each.what for each in found(bare) if each.kind == "record_wrong"}
    assert any(what.endswith("its metadata record differ in payload, sha256") for what in told)
    assert not any("Digest" in what for what in told if "refers" not in what)
    assert "file_changed" not in wrong(bare)


def test_a_record_that_was_left_out_is_missed(bare: DataRoot) -> None:
    path = warcs(bare)[0]
    remade(path, lambda record: None if b"WARC-Type: response" in record else record)
    assert {"row_lost", "holder_lost"} <= wrong(bare)


def test_a_record_that_stands_twice_is_found(bare: DataRoot) -> None:
    path = warcs(bare)[0]
    path.write_bytes(path.read_bytes() + members(path)[-1])
    sign(path)
    told = [each for each in found(bare) if each.is_wrong]
    assert [each.kind for each in told] == ["record_doubled"]
    assert "the same file" in told[0].what


def test_records_are_compared_in_parts_as_they_are_at_once(
    bare: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, other = warcs(bare)[:2]
    remade(path, lambda record: None if b"WARC-Type: response" in record else record)
    other.write_bytes(other.read_bytes() + b"".join(members(warcs(bare)[2])[1:4]))
    sign(other)
    whole = found(bare)
    assert {"holder_lost", "record_doubled"} <= {each.kind for each in whole}
    monkeypatch.setattr(places, "_MOST", 9)
    lost = [{str(e) for e in told if e.kind == "holder_lost"} for told in (whole, found(bare))]
    assert lost[0] == lost[1]
    doubled = [each for each in found(bare) if each.kind == "record_doubled"]
    assert sum(int(each.what.split(" ")[0]) for each in doubled) == 3


def test_a_revisit_with_the_digest_of_another_payload_is_found(bare: DataRoot) -> None:
    path = next(e for e in warcs(bare) if any(r.kind == "revisit" for r in read_records(e)))

    def altered(record: bytes) -> bytes:
        if b"WARC-Type: revisit" not in record:
            return record
        return re.sub(rb"(Payload-Digest: sha1:)\w{4}", rb"\1AAAA", record)

    remade(path, altered)
    told = [each.what for each in found(bare) if each.kind == "record_wrong"]
    assert "its WARC-Payload-Digest is not that of the record that it refers to" in told


def test_a_lost_file_is_one_line_that_counts_what_it_held(root: DataRoot) -> None:
    path = warcs(root)[0]
    for gone in (path, manifest(path)):
        gone.unlink()
        (lost,) = [each for each in found(root) if each.kind == "file_lost"]
        assert lost.file == f"warc/{path.name}"
        assert "the ledger has 3 captures in it, the release 3 sources" in lost.what


def test_manifests_are_missed_and_read(bare: DataRoot) -> None:
    one, two = map(manifest, warcs(bare)[:2])
    line = one.read_text()
    one.unlink()
    assert wrong(bare) == {"manifest_missing"}
    for text in (line.upper(), line.strip(), line.replace("  ", " "), line + line, "", "\udcff"):
        one.write_bytes(text.encode("utf-8", "surrogateescape"))
        assert wrong(bare) == {"manifest_wrong"}, text
    one.write_text(two.read_text())
    assert wrong(bare) == {"manifest_wrong"}


def test_strange_files_are_named_and_no_damage(bare: DataRoot) -> None:
    (bare.warc / "notes.txt").write_text("x")
    (bare.warc / "folder").mkdir()
    told = {each.file for each in found(bare) if each.kind == "file_foreign"}
    assert told == {"warc/notes.txt", "warc/folder"}
    assert not wrong(bare)


# -- beside a crawl, and after one that was killed -----------------------------------------


def captured(store: Store, name: str) -> None:
    made = Exchange("GET", f"{SITE}/{name}.html", [], b"", 200, "OK", [], name.encode() * 99)
    store.capture(made, Context("shili", "article", LISTING, name))


def test_beside_a_crawl_what_is_not_entered_yet_is_not_wrong(bare: DataRoot) -> None:
    with bare.lock("crawl"):
        store = Store(bare, DEMO)
        try:
            captured(store, "one")
            captured(store, "two")
            (path,) = bare.warc.glob("*.open")
            with path.open("ab") as handle:
                handle.write(members(warcs(bare)[0])[0][:50])  # a record that is being written
            verdict = fsck(bare)
            assert [each.kind for each in verdict.findings if each.kind != "no_digests"] == []
            assert verdict.files == 5
        finally:
            store.close()


def test_what_a_killed_crawl_left_is_named_and_no_damage(bare: DataRoot) -> None:
    store = Store(bare, DEMO)
    captured(store, "one")
    store.ledger.rows("SELECT 1")
    captured(store, "two")
    store.close()
    (path,) = bare.warc.glob("*.open")
    with path.open("ab") as handle:
        handle.write(members(warcs(bare)[0])[0][:50])
    told = [each for each in found(bare) if each.kind != "no_digests"]
    assert [(each.kind, each.file) for each in told] == [("file_unfinished", f"warc/{path.name}")]
    # What the ledger has was on the disk: to miss it is damage, in an open file, too.
    path.write_bytes(path.read_bytes()[:600])
    assert "row_lost" in wrong(bare)


# -- the ledger ----------------------------------------------------------------------------

_CAPTURES = (
    "record_id", "run_id", "portal", "role", "request_key", "url", "fetched_at", "status",
    "content_type", "encoding", "etag", "last_modified", "payload", "sha256", "bytes",
    "revisit_of", "listing", "list_title", "list_date", "parent", "warc_file", "warc_offset",
    "warc_length", "tls",
)  # fmt: skip


def test_a_row_that_was_altered_is_found_whatever_its_column(bare: DataRoot) -> None:
    """Of a new page and of an answer of "unchanged" alike."""
    whole = bare.ledger.read_bytes()
    for column in _CAPTURES:
        for kind in ("NULL", "NOT NULL"):
            value = 7 if column in ("status", "bytes", "warc_offset", "warc_length") else "'x'"
            sql(
                bare.ledger,
                f"UPDATE captures SET {column} = {value} WHERE rowid = "
                f"(SELECT max(rowid) FROM captures WHERE revisit_of IS {kind})",
            )
            assert wrong(bare) & {"row_wrong", "row_lost", "record_unknown"}, (column, kind)
            bare.ledger.write_bytes(whole)


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("DELETE FROM captures WHERE status = 302", "record_unknown"),
        ("UPDATE runs SET status = 'failed'", "row_wrong"),
        ("UPDATE outcomes SET candidates = candidates + 1", "row_wrong"),
        ("UPDATE portals SET entry = '{}'", "row_wrong"),
        ("UPDATE issues SET detail = 'x'", "row_wrong"),
        ("DELETE FROM issues", "record_unknown"),
        ("DELETE FROM runs WHERE kind = 'import'", "run_unknown"),
        ("UPDATE issues SET url = 'x'", "row_lost"),
        ("DROP TABLE issues", "ledger_damaged"),
    ],
)
def test_rows_and_records_miss_each_other(bare: DataRoot, statement: str, kind: str) -> None:
    sql(bare.ledger, statement)
    assert kind in wrong(bare)


def test_a_ledger_that_is_lost_or_damaged_is_named_and_the_files_are_read(bare: DataRoot) -> None:
    data = bytearray(bare.ledger.read_bytes())
    bare.ledger.unlink()
    verdict = fsck(bare, 1)
    assert [each.kind for each in verdict.findings if each.is_wrong] == ["ledger_lost"]
    assert verdict.captures == 11
    for broken in (b"no database at all" * 99, data[: len(data) // 2]):
        bare.ledger.write_bytes(broken)
        assert wrong(bare) == {"ledger_damaged"}


# -- the release ---------------------------------------------------------------------------


def test_a_release_that_was_changed_is_found(root: DataRoot) -> None:
    folder = root.current.resolve()
    file = folder / "nianbao.db"
    whole = file.read_bytes()
    sql(file, "UPDATE lines SET label = 'x' WHERE position = 1")
    assert wrong(root) == {"release_changed"}
    write_sums(folder)  # the content hash still tells
    told = [each.what for each in found(root) if each.is_wrong]
    assert told == ["its content hash is not the one of its manifest"]
    file.write_bytes(whole[:4096])
    assert wrong(root) == {"release_changed"}
    file.write_bytes(whole)
    manifest_file = folder / "manifest.json"
    said = manifest_file.read_text()
    for text in (said.replace('"demo"', '"other"'), "{", said.replace(folder.name, "x")):
        manifest_file.write_text(text)
        write_sums(folder)
        assert wrong(root) == {"release_changed"}, text
    manifest_file.unlink()
    assert wrong(root) == {"release_incomplete"}
    shutil.rmtree(folder)
    assert wrong(root) == {"release_incomplete"}


@pytest.mark.parametrize("spoil", [shutil.rmtree, lambda path: clear(path)], ids=["gone", "empty"])
def test_a_root_that_lost_all_its_releases_is_not_sound(
    root: DataRoot, spoil: Callable[[Path], None]
) -> None:
    spoil(root.releases)
    (told,) = [str(each) for each in found(root) if each.is_wrong]
    assert told.startswith("release_incomplete releases/current: ids.jsonl tells of releases")
    assert "from a backup, or" in told
    assert "make build" in told
    ids = root.path / "ids.jsonl"
    for text in ("", ids.read_text("utf-8")[:20]):  # as a first build that was killed leaves it
        ids.write_text(text, "utf-8")
        assert not wrong(root)
    ids.unlink()  # never built
    assert not wrong(root)


def clear(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def test_sums_of_a_release_are_checked(root: DataRoot) -> None:
    folder = root.current.resolve()
    (folder / "more.csv").write_text("x")
    assert wrong(root) == {"release_changed"}  # nothing vouches for it
    write_sums(folder)
    assert not wrong(root)
    (folder / "more.csv").write_text("y")
    assert wrong(root) == {"release_changed"}
    (folder / "more.csv").unlink()
    assert wrong(root) == {"release_incomplete"}
    (folder / "SHA256SUMS").unlink()
    assert wrong(root) == {"release_incomplete"}


def test_releases_that_are_kept_are_checked_too(root: DataRoot) -> None:
    folder = root.current.resolve()
    kept = folder.with_name("20200101-000000-kept")
    shutil.copytree(folder, kept)
    assert not wrong(root)
    flip(kept / "text.db", 5000)
    told = [(each.kind, each.file) for each in found(root) if each.is_wrong]
    assert told == [("release_changed", f"releases/{kept.name}/text.db")]


def test_sources_that_lead_elsewhere_are_found(root: DataRoot) -> None:
    ledger = sqlite3.connect(root.ledger)
    _, other = (row[0] for row in ledger.execute("SELECT warc_offset FROM captures LIMIT 2"))
    ledger.close()

    release = examine_release(root, None)
    (name,) = [name for name, places in release.sources.items() if len(places) == 3]
    places = release.sources[name]
    offset = min(places)
    (source,) = places[offset]
    for altered in (
        {offset: [Source(source.version, source.record_id, "0" * 64)]},
        {offset: [Source(source.version, "<urn:uuid:x>", source.sha256)]},
        {offset + 1: [source]},
        {other: [source]},
    ):
        release.sources[name] = altered
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(check, "examine_release", lambda *_: release)
            assert wrong(root) == {"source_lost"}, altered


# -- the rest ------------------------------------------------------------------------------


def test_the_mark_is_looked_at(bare: DataRoot) -> None:
    mark = bare.path / "root.json"
    text = mark.read_text()
    mark.write_text(text[:-5])
    assert wrong(bare) == {"mark_wrong"}
    mark.unlink()
    assert wrong(bare) == {"mark_wrong"}
    mark.write_text(text)


def test_the_register_is_looked_at(root: DataRoot) -> None:
    register = root.path / "ids.jsonl"
    text = register.read_text()
    first = text.splitlines(keepends=True)[0]
    register.write_text(text + first[:20] + "\n" + first)  # what a killed build leaves
    assert not wrong(root)
    assert "register_torn" in {each.kind for each in found(root)}
    body = re.sub('"sha256": "..', '"sha256": "zz', first)
    for bad in (text + body, text + first.replace(":", ";"), text.partition("\n")[2]):
        register.write_text(bad)
        assert wrong(root) == {"register_wrong"}
    register.unlink()
    assert wrong(root) == {"register_wrong"}


@pytest.mark.parametrize("odd", ["\u2028", "\x85", "\x0c", "\r"])
def test_what_others_take_for_two_lines_is_one(root: DataRoot, odd: str) -> None:
    """In an address that the register holds, and in the name of a release's file."""
    register = root.path / "ids.jsonl"
    lines = register.read_text("utf-8").split("\n")
    given = json.loads(lines[0]) | {"number": 9, "url": f"{SITE}/a{odd}b"}
    first = json.dumps(given, ensure_ascii=False)  # which escapes some of them
    register.write_bytes("\n".join([first, *lines]).encode())
    folder = root.current.resolve()
    (folder / f"a{odd}b.csv").write_text("x", "utf-8")
    write_sums(folder)
    assert [each.kind for each in found(root)] == [], [str(each) for each in found(root)]
    (folder / f"a{odd}b.csv").write_text("y", "utf-8")
    assert len([each for each in found(root) if each.is_wrong]) == 1


def test_a_list_of_a_release_that_was_emptied_is_no_file_of_it(root: DataRoot) -> None:
    folder = root.current.resolve()
    (folder / "SHA256SUMS").write_bytes(b"")
    assert {what for _, what in differences(folder)} == {UNLISTED}


def test_two_processes_find_what_one_finds(bare: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "START", "fork")  # `make prove` begins them as they are meant to
    path = warcs(bare)[1]
    flip(path, len(members(path)[0]) + 40)
    one, two = fsck(bare, 1), fsck(bare, 2)
    assert one == two
    assert one.wrong > 1
